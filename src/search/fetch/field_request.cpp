#include "search/fetch/field_request.h"

#include "base/format.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<std::vector<FieldRequest>> parse_field_requests(const base::JsonDocument* document, std::string_view key,
                                                             base::JsonValue value) {
  std::vector<FieldRequest> requests;
  if (!value.is_array()) {
    return parsing_error({document, 0}, value,
                         base::format("[{}] must be an array of strings or objects, found [{}]", key, token_name(value)));
  }
  for (const base::JsonValue element : value.as_array()) {
    FieldRequest request;
    if (element.is_string()) {
      request.pattern = std::string(element.as_string());
      requests.push_back(std::move(request));
      continue;
    }
    if (!element.is_object()) {
      return parsing_error({document, 0}, element,
                           base::format("[{}] must be an array of strings or objects, found [{}]", key, token_name(element)));
    }
    for (const auto [name, member] : element.as_object()) {
      if (name == "field" && member.is_string()) {
        request.pattern = std::string(member.as_string());
      } else if (name == "format" && (member.is_string() || member.is_null())) {
        request.format = member.is_null() ? "" : std::string(member.as_string());
      } else if (name == "include_unmapped") {
        ASSIGN_OR_RETURN(request.include_unmapped, read_bool(member, name));
      } else {
        return x_content_error(document, member, base::format("[{}] unknown field [{}]", key, name));
      }
    }
    if (request.pattern.empty()) return base::Error(base::ErrorCode::kIllegalArgument, "Required [field]");
    requests.push_back(std::move(request));
  }
  return requests;
}

}  // namespace selene::search
