#include "search/highlight/highlight_request.h"

#include "base/format.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

/// The first text of a list, or the text itself.
std::string first_text(JsonValue value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_array() && !value.as_array().empty()) return scalar_text(*value.as_array().begin());
  return "";
}

/// Keys that only give numbers and words to passages. True if it was one.
Result<bool> read_passage_option(const base::JsonDocument* document, JsonMember member, PassageOptions& passages) {
  const auto [key, value] = member;
  if (key == "fragment_size" || key == "number_of_fragments" || key == "no_match_size") {
    ASSIGN_OR_RETURN(const int32_t number, read_int(value, key));
    if (number < 0) return Error(ErrorCode::kIllegalArgument, "[{}] must not be negative but was [{}]", key, number);
    (key == "fragment_size"   ? passages.fragment_size
     : key == "no_match_size" ? passages.no_match_size
                              : passages.number_of_fragments) = number;
  } else if (key == "pre_tags") {
    passages.pre_tag = first_text(value);
  } else if (key == "post_tags") {
    passages.post_tag = first_text(value);
  } else if (key == "order") {
    const std::string text = scalar_text(value);
    passages.order = text == "score" ? PassageOptions::Order::kScore : PassageOptions::Order::kText;
  } else if (key == "boundary_scanner") {
    const std::string text = scalar_text(value);
    if (text != "sentence" && text != "word" && text != "chars" && text != "SENTENCE" && text != "WORD" && text != "CHARS") {
      return x_content_error(document, value, "[highlight_field] failed to parse field [boundary_scanner]")
          .with_cause(Error(ErrorCode::kIllegalArgument, "No enum constant BoundaryScannerType.{}", text));
    }
    passages.boundary = text == "word" || text == "WORD" ? PassageOptions::Boundary::kWord : PassageOptions::Boundary::kSentence;
  } else {
    return false;
  }
  return true;
}

/// Keys that a field and the whole have in common. True if it was one.
Result<bool> read_common(const base::JsonDocument* document, JsonMember member, HighlightField& field) {
  const auto [key, value] = member;
  ASSIGN_OR_RETURN(const bool passage, read_passage_option(document, member, field.passages));
  if (passage) return true;
  if (key == "require_field_match") {
    ASSIGN_OR_RETURN(field.require_field_match, read_bool(value, key));
  } else if (key == "highlight_query" && value.is_object()) {
    QueryParser parser{document, 0};
    RETURN_IF_ERROR(parse_query(parser, value));
    field.highlight_query = value;
  } else if (key == "type" && value.is_string()) {
    field.type = std::string(value.as_string());
  } else if (key == "max_analyzed_offset") {
    ASSIGN_OR_RETURN(field.max_analyzed_offset, read_int(value, key));
  } else {
    // Of the other highlighters, or only hints: taken, without effect.
    return key == "fragmenter" || key == "boundary_max_scan" || key == "boundary_chars" || key == "boundary_scanner_locale" ||
           key == "phrase_limit" || key == "options" || key == "fragment_offset" || key == "force_source";
  }
  return true;
}

base::Status read_field(const base::JsonDocument* document, JsonMember member, const HighlightField& whole,
                        HighlightRequest& request) {
  HighlightField field = whole;
  field.pattern = std::string(member.key);
  if (!member.value.is_object())
    return x_content_error(document, member.value, base::format("[fields] failed to parse field [{}]", member.key));
  for (const JsonMember option : member.value.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(document, option, field));
    if (known) continue;
    if (option.key == "matched_fields" && option.value.is_array()) {
      for (const JsonValue name : option.value.as_array()) field.matched_fields.push_back(scalar_text(name));
      continue;
    }
    Error unknown = x_content_error(document, option.value, base::format("[highlight_field] unknown field [{}]", option.key));
    Error inner = x_content_error(document, member.value, base::format("[fields] failed to parse field [{}]", member.key));
    return x_content_error(document, member.value, "[highlight] failed to parse field [fields]")
        .with_cause(std::move(inner).with_cause(std::move(unknown)));
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
    ASSIGN_OR_RETURN(const bool known, read_common(document, member, whole));
    if (known || member.key == "fields") continue;
    if (member.key == "encoder") {
      whole.passages.escapes_html = scalar_text(member.value) == "html";
    } else if (member.key == "tags_schema") {
      if (scalar_text(member.value) == "styled") {
        whole.passages.pre_tag = "<em class=\"hlt1\">";
        whole.passages.post_tag = "</em>";
      } else if (scalar_text(member.value) != "default") {
        return x_content_error(document, member.value, "[highlight] failed to parse field [tags_schema]")
            .with_cause(Error(ErrorCode::kIllegalArgument, "Unknown tag schema [{}]", scalar_text(member.value)));
      }
    } else {
      return x_content_error(document, member.value, base::format("[highlight] unknown field [{}]", member.key));
    }
  }
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
