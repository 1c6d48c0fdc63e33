#include "ingest/pipelines/value_template.h"

#include "ingest/scripts/script_values.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<TextTemplate> TextTemplate::compile(std::string_view text) {
  TextTemplate made;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    if (open > 0) made.parts_.push_back({std::string(text.substr(0, open)), false, false});
    if (open == std::string_view::npos) break;
    const bool raw = text.substr(open).starts_with("{{{");
    const std::string_view close = raw ? "}}}" : "}}";
    const size_t begin = open + close.size();
    const size_t end = text.find(close, begin);
    if (end == std::string_view::npos)
      return Error(ErrorCode::kIllegalArgument, "Improperly closed variable in template [{}]", text);
    std::string_view path = trimmed(text.substr(begin, end - begin));
    const bool ampersand = path.starts_with('&');
    if (ampersand) path = trimmed(path.substr(1));
    if (path.empty() || std::string_view("#/^!>=").find(path[0]) != std::string_view::npos)
      return Error(ErrorCode::kIllegalArgument, "[{}] in a template is not supported: {{{{path}}}} and {{{{{{path}}}}}} are", path);
    made.parts_.push_back({std::string(path), true, !raw && !ampersand});
    text.remove_prefix(end + close.size());
  }
  return made;
}

std::string TextTemplate::render(const IngestDocument& document) const {
  std::string out;
  for (const Part& part : parts_) {
    if (!part.is_path) {
      out += part.text;
      continue;
    }
    const auto value = document.get(part.text);
    if (!value || (*value)->is_null()) continue;
    const std::string text = java_text(**value);
    if (part.escaped) {
      const std::string quoted = base::quote(text);
      out.append(quoted, 1, quoted.size() - 2);
    } else {
      out += text;
    }
  }
  return out;
}

Result<ValueTemplate> ValueTemplate::compile(JsonTree value) {
  const auto check = [](auto&& self, const JsonTree& node) -> base::Status {
    if (node.is_string()) RETURN_IF_ERROR(TextTemplate::compile(node.as_string()));
    if (node.is_array()) {
      for (const JsonTree& element : node.as_array()) RETURN_IF_ERROR(self(self, element));
    }
    if (node.is_object()) {
      for (const JsonTree::Member& member : node.as_object()) RETURN_IF_ERROR(self(self, member.value));
    }
    return {};
  };
  RETURN_IF_ERROR(check(check, value));
  ValueTemplate made;
  made.value_ = std::move(value);
  return made;
}

JsonTree ValueTemplate::render(const JsonTree& value, const IngestDocument& document) {
  if (value.is_string()) {
    if (value.as_string().find("{{") == std::string::npos) return value;
    const auto compiled = TextTemplate::compile(value.as_string());
    return JsonTree(compiled ? compiled->render(document) : value.as_string());
  }
  if (value.is_array()) {
    JsonTree made = JsonTree::array();
    for (const JsonTree& element : value.as_array()) made.as_array().push_back(render(element, document));
    return made;
  }
  if (value.is_object()) {
    JsonTree made = JsonTree::object();
    for (const JsonTree::Member& member : value.as_object()) made.set(member.key, render(member.value, document));
    return made;
  }
  return value;
}

}  // namespace selene::ingest
