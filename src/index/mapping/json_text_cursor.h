#pragma once

#include <cstdint>
#include <string_view>

#include "base/json/json_document.h"

namespace selene::index {

/// Finds the bytes of values asked for in document order, in one pass over the text for all of them
/// (JsonDocument::text_of starts anew each time). A step back starts anew as well. One thread.
class JsonTextCursor {
 public:
  explicit JsonTextCursor(const base::JsonDocument& json) : json_(json) {}
  /// The bytes of a number, `true` or `false`.  REQUIRES: `value` is such a value of the document.
  std::string_view text_of(base::JsonValue value);

 private:
  void restart();

  const base::JsonDocument& json_;
  std::string_view text_;
  size_t pos_ = 0;      ///< where the token of `index_` starts, or blanks and separators before it
  uint32_t index_ = 0;  ///< tape index of the next token
};

}  // namespace selene::index
