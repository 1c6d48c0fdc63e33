#include "search/fetch/script_fields.h"

#include "search/query/parse_support.h"
#include "search/script/script_runner.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

Result<ScriptField> parse_field(const QueryParser& parser, JsonMember member) {
  ScriptField field;
  field.name = std::string(member.key);
  if (!member.value.is_object()) {
    return parsing_error(parser, member.value,
                         base::format("Expected [START_OBJECT] in [{}] but found [{}]", member.key, token_name(member.value)));
  }
  for (const auto [key, value] : member.value.as_object()) {
    if (key == "script") {
      ASSIGN_OR_RETURN(field.script, Script::parse(value));
    } else if (key == "ignore_failure" && value.is_bool()) {
      field.ignore_failure = value.as_bool();
    } else {
      return parsing_error(parser, value, base::format("Unknown key for a {} in [{}].", token_name(value), key));
    }
  }
  if (field.script == nullptr) return parsing_error(parser, member.value, base::format("[{}] needs a [script]", member.key));
  if (uses_score(*field.script)) {
    return script_error(*field.script, "compile error", field.script->source().find("_score"),
                        Error(ErrorCode::kIllegalArgument, "cannot resolve symbol [_score]"));
  }
  return field;
}

void write_value(const ScriptValue& value, base::JsonWriter& out) {
  if (const auto* whole = std::get_if<int64_t>(&value)) {
    out.value(*whole);
  } else if (const auto* real = std::get_if<double>(&value)) {
    out.value(*real);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out.value(*flag);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.value(*text);
  } else if (const auto* json = std::get_if<JsonValue>(&value)) {
    out.value(*json);
  } else {
    out.null();
  }
}

}  // namespace

Result<std::vector<ScriptField>> parse_script_fields(const base::JsonDocument* document, JsonValue value) {
  const QueryParser parser{document, 0};
  std::vector<ScriptField> fields;
  if (!value.is_object())
    return parsing_error(parser, value, base::format("Unknown key for a {} in [script_fields].", token_name(value)));
  for (const JsonMember member : value.as_object()) {
    ASSIGN_OR_RETURN(ScriptField field, parse_field(parser, member));
    fields.push_back(std::move(field));
  }
  return fields;
}

base::Status write_script_fields(const std::vector<ScriptField>& fields, const index::Snapshot& snapshot,
                                 const SegmentContext& segment, DocId doc, base::JsonWriter& out) {
  for (const ScriptField& field : fields) {
    ScriptRunner runner(*field.script, snapshot.mapping(), segment.reader(), snapshot.index_name());
    Result<ScriptValue> value = runner.run(doc, 0);
    if (!value.has_value()) {
      if (field.ignore_failure) continue;
      return std::move(value).error();
    }
    out.key(field.name);
    const auto* json = std::get_if<JsonValue>(&*value);
    if (json != nullptr && json->is_array()) {
      out.value(*json);
    } else {
      out.begin_array();
      write_value(*value, out);
      out.end_array();
    }
  }
  return {};
}

}  // namespace selene::search
