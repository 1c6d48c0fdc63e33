#include <algorithm>
#include <charconv>

#include "base/json/json_writer.h"
#include "rest/rest_handler.h"
#include "rest/time_value.h"

namespace selene::rest {

namespace {

std::optional<std::string_view> find(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view RestRequest::path_param(std::string_view name) const {
  return find(path_params_, name).value_or(std::string_view());
}

std::optional<std::string_view> RestRequest::param(std::string_view name) const { return find(params_, name); }

base::Result<bool> RestRequest::bool_param(std::string_view name, bool fallback) const {
  const auto text = param(name);
  if (!text) return fallback;
  if (text->empty() || *text == "true") return true;
  if (*text == "false") return false;
  return base::Error(base::ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.", *text);
}

base::Result<int64_t> RestRequest::int_param(std::string_view name, int64_t fallback) const {
  return whole_number(name, "int", fallback);
}

base::Result<int64_t> RestRequest::long_param(std::string_view name, int64_t fallback) const {
  return whole_number(name, "long", fallback);
}

base::Result<int64_t> RestRequest::whole_number(std::string_view name, std::string_view kind, int64_t fallback) const {
  const auto text = param(name);
  if (!text) return fallback;
  int64_t value = 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (fault == std::errc() && end == text->data() + text->size()) return value;
  return base::Error(base::ErrorCode::kIllegalArgument, "Failed to parse {} parameter [{}] with value [{}]", kind, name, *text)
      .with_cause(base::Error(base::ErrorCode::kNumberFormat, "For input string: \"{}\"", *text));
}

base::Result<std::chrono::milliseconds> RestRequest::time_param(std::string_view name, std::chrono::milliseconds fallback) const {
  const auto text = param(name);
  if (!text) return fallback;
  return parse_time_value(*text, name);
}

}  // namespace selene::rest
