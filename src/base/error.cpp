#include "base/error.h"

#include "base/json/json_writer.h"

namespace selene::base {

Error&& Error::with(std::string key, std::string_view text) && {
  metadata_.emplace_back(std::move(key), quote(text));
  return std::move(*this);
}

Error&& Error::with_number(std::string key, int64_t value) && {
  metadata_.emplace_back(std::move(key), std::to_string(value));
  return std::move(*this);
}

}  // namespace selene::base
