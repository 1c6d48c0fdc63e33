#include "index/analysis/custom_analyzers.h"

#include "index/analysis/built_in_analyzers.h"
#include "index/analysis/chain_analyzer.h"
#include "index/analysis/filters/lowercase_filter.h"
#include "index/analysis/tokenizers/simple_tokenizers.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using AnalyzerPtr = std::shared_ptr<const Analyzer>;

/// One kind of part: the section of the settings that defines it, which is also its name in messages, and how it is made.
template <class PartPtr>
struct Kind {
  std::string_view section;
  Result<PartPtr> (*make)(std::string_view type, const ComponentSettings& settings);
};
constexpr Kind<TokenizerPtr> kTokenizer{"tokenizer", &make_tokenizer};
constexpr Kind<TokenFilterPtr> kFilter{"filter", &make_token_filter};
constexpr Kind<CharFilterPtr> kCharFilter{"char_filter", &make_char_filter};

/// Refuses lists in files of the node.
base::Status check_no_files(JsonValue definition) {
  constexpr std::string_view kPath = "_path";
  for (const base::JsonMember member : members(definition)) {
    if (!member.key.ends_with(kPath)) continue;
    const std::string_view list = member.key.substr(0, member.key.size() - kPath.size());
    return Error(ErrorCode::kIllegalArgument, "IOException while reading {}: files of the node are not read, give the list in [{}]",
                 member.key, list);
  }
  return {};
}

/// The part that `definition` (an object with `type`) describes.
template <class PartPtr>
Result<PartPtr> make_defined(const Kind<PartPtr>& kind, std::string_view name, JsonValue definition, const AnalysisLimits& limits,
                             const Analyzer* chain_before = nullptr) {
  const JsonValue type = definition["type"];
  if (!type.is_string()) return Error(ErrorCode::kIllegalArgument, "{} [{}] must specify a [type]", kind.section, name);
  RETURN_IF_ERROR(check_no_files(definition));
  ComponentSettings settings(name, definition, limits);
  settings.set_chain_before(chain_before);
  ASSIGN_OR_RETURN(PartPtr part, kind.make(type.as_string(), settings));
  if (part == nullptr)
    return Error(ErrorCode::kIllegalArgument, "Unknown {} type [{}] for [{}]", kind.section, type.as_string(), name);
  return part;
}

/// A part by name: one of the settings, else a built-in type without settings.
template <class PartPtr>
Result<PartPtr> make_named(const Kind<PartPtr>& kind, std::string_view name, std::string_view owner,
                           const AnalysisDefinitions& definitions, const Analyzer* chain_before = nullptr) {
  const JsonValue definition = definitions.json[kind.section][name];
  if (definition.exists()) return make_defined(kind, name, definition, definitions.limits, chain_before);
  ASSIGN_OR_RETURN(PartPtr part, kind.make(name, ComponentSettings(name, {}, definitions.limits)));
  if (part == nullptr) {
    return Error(ErrorCode::kIllegalArgument, "Custom Analyzer [{}] failed to find {} under name [{}]", owner, kind.section, name);
  }
  return part;
}

/// The parts listed under `key`: an array of names and objects, or names in one text.
template <class PartPtr>
Result<std::vector<PartPtr>> make_all(const Kind<PartPtr>& kind, const ComponentSettings& settings,
                                      const AnalysisDefinitions& definitions) {
  std::vector<PartPtr> parts;
  const JsonValue list = settings.get(kind.section);
  if (list.is_array()) {
    for (const JsonValue item : list.as_array()) {
      if (!item.is_object() && !item.is_string())
        return Error(ErrorCode::kIllegalArgument, "[{}] should be a list of names or objects", kind.section);
      ASSIGN_OR_RETURN(PartPtr part, item.is_object() ? make_defined(kind, "_anonymous", item, definitions.limits)
                                                      : make_named(kind, item.as_string(), settings.name(), definitions));
      parts.push_back(std::move(part));
    }
    return parts;
  }
  ASSIGN_OR_RETURN(const auto names, settings.list(kind.section));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(PartPtr part, make_named(kind, name, settings.name(), definitions));
    parts.push_back(std::move(part));
  }
  return parts;
}

/// Token filters in order; each knows the chain in front of it.
base::Status add_filters(const ComponentSettings& settings, const AnalysisDefinitions& definitions, ChainAnalyzer::Parts& parts) {
  const JsonValue list = settings.get(kFilter.section);
  std::vector<std::string> names;
  if (!list.is_array()) {
    ASSIGN_OR_RETURN(names, settings.list(kFilter.section));
  }
  const auto add_one = [&](JsonValue definition, std::string_view name) -> base::Status {
    const ChainAnalyzer before("", parts);
    ASSIGN_OR_RETURN(TokenFilterPtr filter, definition.is_object()
                                                ? make_defined(kFilter, "_anonymous", definition, definitions.limits, &before)
                                                : make_named(kFilter, name, settings.name(), definitions, &before));
    parts.token_filters.push_back(std::move(filter));
    return {};
  };
  for (const std::string& name : names) RETURN_IF_ERROR(add_one({}, name));
  if (!list.is_array()) return {};
  for (const JsonValue item : list.as_array()) {
    if (!item.is_object() && !item.is_string())
      return Error(ErrorCode::kIllegalArgument, "[{}] should be a list of names or objects", kFilter.section);
    RETURN_IF_ERROR(add_one(item, item.is_string() ? item.as_string() : std::string_view()));
  }
  return {};
}

Result<AnalyzerPtr> make_custom(const ComponentSettings& settings, const AnalysisDefinitions& definitions) {
  ChainAnalyzer::Parts parts;
  const JsonValue tokenizer = settings.get("tokenizer");
  if (tokenizer.is_object()) {
    ASSIGN_OR_RETURN(parts.tokenizer, make_defined(kTokenizer, "_anonymous", tokenizer, definitions.limits));
  } else {
    ASSIGN_OR_RETURN(const std::string name, settings.text("tokenizer", ""));
    if (name.empty())
      return Error(ErrorCode::kIllegalArgument, "Custom Analyzer [{}] must be configured with a tokenizer", settings.name());
    ASSIGN_OR_RETURN(parts.tokenizer, make_named(kTokenizer, name, settings.name(), definitions));
  }
  ASSIGN_OR_RETURN(parts.char_filters, make_all(kCharFilter, settings, definitions));
  RETURN_IF_ERROR(add_filters(settings, definitions, parts));
  return AnalyzerPtr(std::make_shared<ChainAnalyzer>(std::string(settings.name()), std::move(parts)));
}

/// Refuses parts that need a tokenizer's work.
base::Status check_normalizing(const ComponentSettings& settings, std::string_view section,
                               bool (*is_normalizing)(std::string_view), const AnalysisDefinitions& definitions) {
  ASSIGN_OR_RETURN(const auto names, settings.list(section));
  for (const std::string& name : names) {
    const JsonValue type = definitions.json[section][name]["type"];
    if (is_normalizing(type.is_string() ? type.as_string() : std::string_view(name))) continue;
    const std::string_view words = section == "filter" ? "filter" : "char filter";
    return Error(ErrorCode::kIllegalArgument, "Custom normalizer [{}] may not use {} [{}]", settings.name(), words, name);
  }
  return {};
}

}  // namespace

std::vector<base::JsonMember> members(JsonValue object) {
  std::vector<base::JsonMember> result;
  if (!object.is_object()) return result;
  for (const base::JsonMember member : object.as_object()) result.push_back(member);
  return result;
}

Result<AnalyzerPtr> make_analyzer(std::string_view name, JsonValue definition, const AnalysisDefinitions& definitions) {
  RETURN_IF_ERROR(check_no_files(definition));
  const ComponentSettings settings(name, definition, definitions.limits);
  ASSIGN_OR_RETURN(const std::string type, settings.text("type", settings.has("tokenizer") ? "custom" : ""));
  if (type.empty())
    return Error(ErrorCode::kIllegalArgument, "analyzer [{}] must specify either an analyzer type, or a tokenizer", name);
  if (type == "custom") return make_custom(settings, definitions);
  ASSIGN_OR_RETURN(AnalyzerPtr analyzer, make_built_in_analyzer(type, settings));
  if (analyzer == nullptr) return Error(ErrorCode::kIllegalArgument, "Unknown analyzer type [{}] for [{}]", type, name);
  return analyzer;
}

Result<AnalyzerPtr> make_normalizer(std::string_view name, JsonValue definition, const AnalysisDefinitions& definitions) {
  const ComponentSettings settings(name, definition, definitions.limits);
  ASSIGN_OR_RETURN(const std::string type, settings.text("type", "custom"));
  ChainAnalyzer::Parts parts;
  parts.tokenizer = std::make_shared<KeywordTokenizer>();
  if (type == "lowercase") {
    parts.token_filters.push_back(std::make_shared<LowercaseFilter>());
  } else if (type != "custom") {
    return Error(ErrorCode::kIllegalArgument, "Unknown normalizer type [{}] for [{}]", type, name);
  } else if (settings.has("tokenizer")) {
    return Error(ErrorCode::kIllegalArgument, "Custom normalizer [{}] cannot configure a tokenizer", name);
  } else {
    RETURN_IF_ERROR(check_normalizing(settings, "char_filter", &is_normalizing_char_filter, definitions));
    RETURN_IF_ERROR(check_normalizing(settings, "filter", &is_normalizing_filter, definitions));
    ASSIGN_OR_RETURN(parts.char_filters, make_all(kCharFilter, settings, definitions));
    ASSIGN_OR_RETURN(parts.token_filters, make_all(kFilter, settings, definitions));
  }
  return AnalyzerPtr(std::make_shared<ChainAnalyzer>(std::string(name), std::move(parts)));
}

}  // namespace selene::index
