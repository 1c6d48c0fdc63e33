#include "search/query/field_patterns.h"

#include <algorithm>
#include <charconv>

namespace selene::search {
namespace {

const std::vector<std::string>& all_fields() {
  static const std::vector<std::string> kAll = {"*"};
  return kAll;
}

}  // namespace

base::Result<BoostedField> parse_boosted_field(std::string_view text) {
  BoostedField field;
  const size_t caret = text.find('^');
  field.name = std::string(text.substr(0, caret));
  if (caret == std::string_view::npos) return field;
  const std::string_view number = text.substr(caret + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), field.boost);
  if (error != std::errc() || end != number.data() + number.size() || number.empty()) {
    return base::Error(base::ErrorCode::kIllegalArgument, "Invalid boost [{}] of field [{}]", number, field.name);
  }
  return field;
}

base::Result<std::vector<BoostedField>> resolve_fields(const BindContext& context, const std::vector<std::string>& fields) {
  const std::vector<std::string>& defaults = context.default_fields == nullptr ? all_fields() : *context.default_fields;
  std::vector<BoostedField> resolved;
  const auto add = [&resolved](BoostedField field) {
    const auto same =
        std::find_if(resolved.begin(), resolved.end(), [&](const BoostedField& other) { return other.name == field.name; });
    if (same == resolved.end()) {
      resolved.push_back(std::move(field));
    } else {
      same->boost *= field.boost;
    }
  };
  for (const std::string& text : fields.empty() ? defaults : fields) {
    ASSIGN_OR_RETURN(BoostedField field, parse_boosted_field(text));
    if (field.name.find('*') == std::string::npos) {
      add(std::move(field));
      continue;
    }
    for (const index::MappedField* mapped : context.mapping().match(field.name)) {
      if (mapped->index) add({mapped->name, field.boost, true});
    }
  }
  return resolved;
}

}  // namespace selene::search
