#include "index/mapping/value_sink.h"

namespace selene::index {

std::string_view ValueSink::text(base::JsonValue value) {
  if (value.is_string()) return value.as_string();
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  return cursor_.text_of(value);
}

}  // namespace selene::index
