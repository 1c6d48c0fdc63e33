#include "index/mapping/dynamic_templates.h"

#include <algorithm>
#include <array>

#include "base/json/json_writer.h"
#include "base/regex.h"
#include "base/wildcard.h"
#include "index/mapping/mapping_values.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

struct TypeNames {
  std::string_view name;
  std::string_view default_mapping;
};
constexpr std::array<TypeNames, 7> kTypes = {{{"object", "object"},
                                              {"string", "text"},
                                              {"long", "long"},
                                              {"double", "float"},
                                              {"boolean", "boolean"},
                                              {"date", "date"},
                                              {"binary", "binary"}}};

const TypeNames& names_of(DynamicType type) { return kTypes[static_cast<size_t>(type)]; }

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end() || std::ranges::find(list, "*") != list.end();
}

bool matches_regex(const std::string& pattern, std::string_view text) {
  const auto regex = base::Regex::compile(pattern, "");
  if (!regex) return false;
  bool whole = false;
  (*regex)->for_each(text, [&](const std::vector<base::Regex::Span>& groups) {
    whole = whole || (groups.front().begin == 0 && groups.front().end == text.size());
  });
  return whole;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

Status check_types(const std::vector<std::string>& types) {
  for (const std::string& type : types) {
    if (type == "*" || std::ranges::any_of(kTypes, [&](const TypeNames& t) { return t.name == type; })) continue;
    return Error(ErrorCode::kIllegalArgument,
                 "No field type matched on [{}], possible values are [object, string, long, double, boolean, date, binary]", type);
  }
  return {};
}

Status check_regexes(const DynamicTemplate& entry) {
  for (const auto* list : {&entry.match, &entry.unmatch}) {
    for (const std::string& pattern : *list) {
      auto compiled = base::Regex::compile(pattern, "");
      if (compiled) continue;
      return Error(ErrorCode::kMapperParsing, "Pattern [{}] of type [regex] is invalid. Cannot create dynamic template [{}].",
                   pattern, entry.name)
          .with_cause(std::move(compiled).error());
    }
  }
  return {};
}

Result<DynamicTemplate> parse_template(std::string_view name, JsonValue body) {
  DynamicTemplate entry;
  entry.name = name;
  if (!body.is_object()) {
    return Error(ErrorCode::kMapperParsing, "Dynamic template syntax error. An array of named objects is expected.");
  }
  for (const auto& [key, value] : body.as_object()) {
    std::vector<std::string>* list = key == "match"                  ? &entry.match
                                     : key == "unmatch"              ? &entry.unmatch
                                     : key == "path_match"           ? &entry.path_match
                                     : key == "path_unmatch"         ? &entry.path_unmatch
                                     : key == "match_mapping_type"   ? &entry.match_mapping_type
                                     : key == "unmatch_mapping_type" ? &entry.unmatch_mapping_type
                                                                     : nullptr;
    if (list != nullptr) {
      ASSIGN_OR_RETURN(*list, text_list(value));
    } else if (key == "match_pattern") {
      const std::string pattern = java_text(value);
      if (pattern != "simple" && pattern != "regex")
        return Error(ErrorCode::kIllegalArgument, "No matching pattern matched on [{}]", pattern);
      entry.regex = pattern == "regex";
    } else if (key == "mapping" && value.is_object()) {
      base::JsonWriter out;
      out.value(value);
      entry.mapping = out.take();
    } else if (key == "runtime") {
      return Error(ErrorCode::kMapperParsing, "Dynamic template [{}]: [runtime] fields are not supported, use [mapping]", name);
    } else {
      return Error(ErrorCode::kIllegalArgument, "Illegal dynamic template parameter: [{}]", key);
    }
  }
  if (entry.mapping.empty()) return Error(ErrorCode::kMapperParsing, "template [{}] must have either mapping or runtime set", name);
  RETURN_IF_ERROR(check_types(entry.match_mapping_type));
  RETURN_IF_ERROR(check_types(entry.unmatch_mapping_type));
  if (entry.regex) RETURN_IF_ERROR(check_regexes(entry));
  return entry;
}

}  // namespace

std::string_view dynamic_type_name(DynamicType type) { return names_of(type).name; }

bool DynamicTemplate::matches(std::string_view path, std::string_view field_name, DynamicType type) const {
  const std::string_view type_name = dynamic_type_name(type);
  if (!match_mapping_type.empty() && !contains(match_mapping_type, type_name)) return false;
  if (contains(unmatch_mapping_type, type_name)) return false;
  const auto any = [](const std::vector<std::string>& patterns, std::string_view text, bool as_regex) {
    return std::ranges::any_of(
        patterns, [&](const std::string& p) { return as_regex ? matches_regex(p, text) : base::matches_wildcard(p, text); });
  };
  if (!path_match.empty() && !any(path_match, path, false)) return false;
  if (!match.empty() && !any(match, field_name, regex)) return false;
  return !any(path_unmatch, path, false) && !any(unmatch, field_name, regex);
}

std::string DynamicTemplate::definition(std::string_view field_name, DynamicType type) const {
  std::string text = mapping;
  std::string quoted = base::quote(field_name);
  replace_all(text, "{name}", std::string_view(quoted).substr(1, quoted.size() - 2));
  replace_all(text, "{dynamic_type}", names_of(type).name == "double" ? "double" : names_of(type).default_mapping);
  replace_all(text, "{dynamicType}", names_of(type).name == "double" ? "double" : names_of(type).default_mapping);
  const auto json = base::JsonDocument::parse(text);
  if (!json || json->root()["type"].exists() || json->root()["properties"].exists()) return text;
  const std::string rest = text == "{}" ? "}" : "," + text.substr(1);
  return base::format("{{\"type\":\"{}\"{}", names_of(type).default_mapping, rest);
}

Result<std::vector<DynamicTemplate>> parse_dynamic_templates(JsonValue value) {
  if (!value.is_array())
    return Error(ErrorCode::kMapperParsing, "Dynamic template syntax error. An array of named objects is expected.");
  std::vector<DynamicTemplate> templates;
  for (const JsonValue entry : value.as_array()) {
    if (!entry.is_object() || entry.as_object().size() != 1)
      return Error(ErrorCode::kMapperParsing, "A dynamic template must be defined with a name");
    const base::JsonMember member = *entry.as_object().begin();
    ASSIGN_OR_RETURN(DynamicTemplate parsed, parse_template(member.key, member.value));
    templates.push_back(std::move(parsed));
  }
  return templates;
}

}  // namespace selene::index
