#include "search/highlight/highlight_request.h"

#include <algorithm>
#include <iterator>

#include "base/format.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

constexpr int32_t kMaxFragments = 10'000;

/// What JSON an option takes.
enum class Takes : uint8_t { kNumber, kText, kTexts, kFlag, kObject };
/// Whether an option belongs to one field only.
enum class Scope : uint8_t { kAny, kField };

struct Option {
  std::string_view name;
  Takes takes;
  Scope scope = Scope::kAny;
};

/// All of them; some only matter to other highlighters, or are hints: these are checked and have no effect.
constexpr Option kOptions[] = {{"boundary_chars", Takes::kText},
                               {"boundary_max_scan", Takes::kNumber},
                               {"boundary_scanner", Takes::kText},
                               {"boundary_scanner_locale", Takes::kText},
                               {"encoder", Takes::kText},
                               {"force_source", Takes::kFlag},
                               {"fragment_offset", Takes::kNumber, Scope::kField},
                               {"fragment_size", Takes::kNumber},
                               {"fragmenter", Takes::kText},
                               {"highlight_filter", Takes::kFlag},
                               {"highlight_query", Takes::kObject},
                               {"matched_fields", Takes::kTexts, Scope::kField},
                               {"max_analyzed_offset", Takes::kNumber},
                               {"no_match_size", Takes::kNumber},
                               {"number_of_fragments", Takes::kNumber},
                               {"options", Takes::kObject},
                               {"order", Takes::kText},
                               {"phrase_limit", Takes::kNumber},
                               {"post_tags", Takes::kTexts},
                               {"pre_tags", Takes::kTexts},
                               {"require_field_match", Takes::kFlag},
                               {"tags_schema", Takes::kText},
                               {"type", Takes::kText}};

bool fits(Takes takes, JsonValue value) {
  switch (takes) {
    case Takes::kNumber: return value.is_number() || value.is_string();
    case Takes::kText: return value.is_string();
    case Takes::kTexts: return value.is_array() || value.is_string();
    case Takes::kFlag: return value.is_bool() || value.is_string();
    case Takes::kObject: break;
  }
  return value.is_object();
}

/// The first text of a list, or the text itself.
std::string first_text(JsonValue value) {
  if (value.is_string()) return std::string(value.as_string());
  return value.as_array().empty() ? "" : scalar_text(*value.as_array().begin());
}

base::Status read_number(std::string_view name, JsonValue value, HighlightField& field) {
  const Result<int32_t> number = read_int(value, name);
  if (!number.has_value()) return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", scalar_text(value));
  if (name == "fragment_size") field.passages.fragment_size = std::max(*number, 0);
  if (name == "no_match_size") field.passages.no_match_size = std::max(*number, 0);
  if (name == "number_of_fragments") {
    if (*number < 0 || *number > kMaxFragments)
      return Error(ErrorCode::kIllegalArgument, "[number_of_fragments] must be between [0] and [{}]", kMaxFragments);
    field.passages.number_of_fragments = *number;
  }
  if (name == "max_analyzed_offset") {
    if (*number <= 0) return Error(ErrorCode::kIllegalArgument, "[max_analyzed_offset] must be a positive integer");
    field.max_analyzed_offset = *number;
  }
  return {};
}

base::Status read_boundary(std::string_view text, HighlightField& field) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  if (upper != "SENTENCE" && upper != "WORD" && upper != "CHARS") {
    return Error(ErrorCode::kIllegalArgument,
                 "No enum constant org.elasticsearch.search.fetch.subphase.highlight.HighlightBuilder.BoundaryScannerType.{}",
                 upper);
  }
  field.passages.boundary = upper == "WORD" ? PassageOptions::Boundary::kWord : PassageOptions::Boundary::kSentence;
  field.scans_chars = upper == "CHARS";
  return {};
}

base::Status read_text(std::string_view name, std::string_view text, HighlightField& field) {
  PassageOptions& passages = field.passages;
  if (name == "boundary_scanner") return read_boundary(text, field);
  if (name == "encoder") passages.escapes_html = text == "html";
  if (name == "fragmenter") field.fragmenter = std::string(text);
  if (name == "type") field.type = std::string(text);
  if (name == "order") passages.order = text == "score" ? PassageOptions::Order::kScore : PassageOptions::Order::kText;
  if (name == "tags_schema") {
    if (text != "styled" && text != "default") return Error(ErrorCode::kIllegalArgument, "Unknown tag schema [{}]", text);
    passages.pre_tag = text == "styled" ? "<em class=\"hlt1\">" : "<em>";
    passages.post_tag = "</em>";
  }
  return {};
}

base::Status apply_option(const base::JsonDocument* document, const Option& option, JsonValue value, HighlightField& field) {
  switch (option.takes) {
    case Takes::kNumber: return read_number(option.name, value, field);
    case Takes::kText: return read_text(option.name, value.as_string(), field);
    case Takes::kTexts:
      if (option.name == "pre_tags") field.passages.pre_tag = first_text(value);
      if (option.name == "post_tags") field.passages.post_tag = first_text(value);
      if (option.name == "matched_fields") {
        if (value.is_string()) field.matched_fields.emplace_back(value.as_string());
        if (value.is_array()) {
          for (const JsonValue name : value.as_array()) field.matched_fields.push_back(scalar_text(name));
        }
      }
      return {};
    case Takes::kFlag: {
      ASSIGN_OR_RETURN(const bool flag, read_bool(value, option.name));
      if (option.name == "require_field_match") field.require_field_match = flag;
      return {};
    }
    case Takes::kObject: break;
  }
  if (option.name != "highlight_query") return {};
  QueryParser parser{document, 0};
  RETURN_IF_ERROR(parse_query(parser, value));
  field.highlight_query = value;
  return {};
}

/// Reads one key of `[highlight]` or `[highlight_field]`. Errors: kXContentParse, in whose cause it says why.
base::Status read_option(const base::JsonDocument* document, std::string_view parser, JsonMember member, HighlightField& field) {
  const auto [key, value] = member;
  const auto* const option =
      std::find_if(std::begin(kOptions), std::end(kOptions), [&, &name = key](const Option& known) { return known.name == name; });
  if (option == std::end(kOptions) || (option->scope == Scope::kField && parser == "highlight")) {
    return x_content_error(document, value, base::format("[{}] unknown field [{}]", parser, key));
  }
  if (!fits(option->takes, value)) {
    return x_content_error(document, value,
                           base::format("[{}] {} doesn't support values of type: {}", parser, key, token_name(value)));
  }
  base::Status status = apply_option(document, *option, value, field);
  if (status.has_value()) return {};
  return x_content_error(document, value, base::format("[{}] failed to parse field [{}]", parser, key))
      .with_cause(std::move(status).error());
}

base::Status check_tags(const base::JsonDocument* document, JsonValue options) {
  if (!options["pre_tags"].exists() || options["post_tags"].exists()) return {};
  return parsing_error({document, 0}, options, "pre_tags are set but post_tags are not set");
}

base::Status read_field_options(const base::JsonDocument* document, JsonMember member, HighlightField& field) {
  if (!member.value.is_object())
    return x_content_error(document, member.value, base::format("[fields] failed to parse field [{}]", member.key));
  const auto wrapped = [&](base::Status status) -> base::Status {
    if (status.has_value()) return {};
    return x_content_error(document, member.value, base::format("[fields] failed to parse field [{}]", member.key))
        .with_cause(std::move(status).error());
  };
  for (const JsonMember option : member.value.as_object())
    RETURN_IF_ERROR(wrapped(read_option(document, "highlight_field", option, field)));
  return wrapped(check_tags(document, member.value));
}

base::Status read_field(const base::JsonDocument* document, JsonMember member, const HighlightField& whole,
                        HighlightRequest& request) {
  HighlightField field = whole;
  field.pattern = std::string(member.key);
  base::Status status = read_field_options(document, member, field);
  if (!status.has_value()) {
    return x_content_error(document, member.value, "[highlight] failed to parse field [fields]")
        .with_cause(std::move(status).error());
  }
  request.fields.push_back(std::move(field));
  return {};
}

}  // namespace

Result<HighlightRequest> parse_highlight(const base::JsonDocument* document, JsonValue value) {
  if (!value.is_object()) {
    return parsing_error({document, 0}, value, base::format("Unknown key for a {} in [highlight].", token_name(value)));
  }
  HighlightField whole;
  whole.type = "unified";
  for (const JsonMember member : value.as_object()) {
    if (member.key != "fields") RETURN_IF_ERROR(read_option(document, "highlight", member, whole));
  }
  RETURN_IF_ERROR(check_tags(document, value));
  HighlightRequest request;
  const JsonValue fields = value["fields"];
  std::vector<JsonValue> objects;
  if (fields.is_object()) objects.push_back(fields);
  if (fields.is_array()) {
    for (const JsonValue object : fields.as_array()) objects.push_back(object);
  }
  for (const JsonValue object : objects) {
    if (!object.is_object()) return x_content_error(document, object, "[highlight] failed to parse field [fields]");
    for (const JsonMember member : object.as_object()) RETURN_IF_ERROR(read_field(document, member, whole, request));
  }
  return request;
}

}  // namespace selene::search
