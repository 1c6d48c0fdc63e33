#include "index/analysis/custom_analyzers.h"

#include "index/analysis/built_in_analyzers.h"
#include "index/analysis/chain_analyzer.h"
#include "index/analysis/tokenizers/simple_tokenizers.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using AnalyzerPtr = std::shared_ptr<const Analyzer>;

/// One kind of part: where the settings define it, how messages name it, how it is made.
template <class PartPtr>
struct Kind {
  std::string_view section;
  std::string_view words;
  Result<PartPtr> (*make)(std::string_view type, const ComponentSettings& settings);
};
constexpr Kind<TokenizerPtr> kTokenizer{"tokenizer", "tokenizer", &make_tokenizer};
constexpr Kind<TokenFilterPtr> kFilter{"filter", "filter", &make_token_filter};
constexpr Kind<CharFilterPtr> kCharFilter{"char_filter", "char_filter", &make_char_filter};

/// The part that `definition` (an object with `type`) describes.
template <class PartPtr>
Result<PartPtr> make_defined(const Kind<PartPtr>& kind, std::string_view name, JsonValue definition) {
  const JsonValue type = definition["type"];
  if (!type.is_string())
    return Error(ErrorCode::kIllegalArgument, "{} [{}] must specify either an analyzer type, or a tokenizer", kind.words, name);
  ASSIGN_OR_RETURN(PartPtr part, kind.make(type.as_string(), ComponentSettings(name, definition)));
  if (part == nullptr)
    return Error(ErrorCode::kIllegalArgument, "Unknown {} type [{}] for [{}]", kind.words, type.as_string(), name);
  return part;
}

/// A part by name: one of the settings, else a built-in type without settings. Null if there is neither.
template <class PartPtr>
Result<PartPtr> make_named(const Kind<PartPtr>& kind, std::string_view name, JsonValue analysis) {
  const JsonValue definition = analysis[kind.section][name];
  if (definition.exists()) return make_defined(kind, name, definition);
  return kind.make(name, ComponentSettings(name, {}));
}

template <class PartPtr>
Result<std::vector<PartPtr>> make_all(const Kind<PartPtr>& kind, const std::vector<std::string>& names, std::string_view owner,
                                      JsonValue analysis) {
  std::vector<PartPtr> parts;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(PartPtr part, make_named(kind, name, analysis));
    if (part == nullptr) {
      return Error(ErrorCode::kIllegalArgument, "Custom Analyzer [{}] failed to find {} under name [{}]", owner, kind.words, name);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<AnalyzerPtr> make_custom(const ComponentSettings& settings, JsonValue analysis) {
  ChainAnalyzer::Parts parts;
  ASSIGN_OR_RETURN(const std::string tokenizer, settings.text("tokenizer", ""));
  if (tokenizer.empty()) {
    return Error(ErrorCode::kIllegalArgument, "Custom Analyzer [{}] must be configured with a tokenizer", settings.name());
  }
  ASSIGN_OR_RETURN(parts.tokenizer, make_named(kTokenizer, tokenizer, analysis));
  if (parts.tokenizer == nullptr) {
    return Error(ErrorCode::kIllegalArgument, "Custom Analyzer [{}] failed to find tokenizer under name [{}]", settings.name(),
                 tokenizer);
  }
  ASSIGN_OR_RETURN(const auto char_filters, settings.list("char_filter"));
  ASSIGN_OR_RETURN(parts.char_filters, make_all(kCharFilter, char_filters, settings.name(), analysis));
  ASSIGN_OR_RETURN(const auto filters, settings.list("filter"));
  ASSIGN_OR_RETURN(parts.token_filters, make_all(kFilter, filters, settings.name(), analysis));
  return AnalyzerPtr(std::make_shared<ChainAnalyzer>(std::string(settings.name()), std::move(parts)));
}

/// The type of the part `name`, for the question whether a normalizer may hold it.
std::string type_of(std::string_view section, std::string_view name, JsonValue analysis) {
  const JsonValue type = analysis[section][name]["type"];
  return std::string(type.is_string() ? type.as_string() : name);
}

/// The parts of one list of `_analyze`: a name or an object each.
template <class PartPtr>
Result<std::vector<PartPtr>> make_inline(const Kind<PartPtr>& kind, JsonValue list, JsonValue analysis) {
  std::vector<PartPtr> parts;
  std::vector<JsonValue> items;
  if (list.is_array()) {
    for (const JsonValue item : list.as_array()) items.push_back(item);
  } else if (list.exists() && !list.is_null()) {
    items.push_back(list);
  }
  for (const JsonValue item : items) {
    if (!item.is_string() && !item.is_object())
      return Error(ErrorCode::kIllegalArgument, "{} should be a name or an object", kind.words);
    ASSIGN_OR_RETURN(PartPtr part,
                     item.is_string() ? make_named(kind, item.as_string(), analysis) : make_defined(kind, "_anonymous", item));
    if (part == nullptr)
      return Error(ErrorCode::kIllegalArgument, "failed to find global {} under [{}]", kind.words, item.as_string());
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

std::vector<base::JsonMember> members(JsonValue object) {
  std::vector<base::JsonMember> result;
  if (!object.is_object()) return result;
  for (const base::JsonMember member : object.as_object()) result.push_back(member);
  return result;
}

Result<AnalyzerPtr> make_analyzer(std::string_view name, JsonValue definition, JsonValue analysis) {
  const ComponentSettings settings(name, definition);
  ASSIGN_OR_RETURN(const std::string type, settings.text("type", settings.has("tokenizer") ? "custom" : ""));
  if (type.empty()) {
    return Error(ErrorCode::kIllegalArgument, "analyzer [{}] must specify either an analyzer type, or a tokenizer", name);
  }
  if (type == "custom") return make_custom(settings, analysis);
  ASSIGN_OR_RETURN(AnalyzerPtr analyzer, make_built_in_analyzer(type, settings));
  if (analyzer == nullptr) return Error(ErrorCode::kIllegalArgument, "Unknown analyzer type [{}] for [{}]", type, name);
  return analyzer;
}

Result<AnalyzerPtr> make_custom_normalizer(std::string_view name, JsonValue definition, JsonValue analysis) {
  const ComponentSettings settings(name, definition);
  ASSIGN_OR_RETURN(const std::string type, settings.text("type", "custom"));
  if (type == "lowercase") return make_normalizer(name, {}, {"lowercase"}, analysis);
  if (type != "custom") return Error(ErrorCode::kIllegalArgument, "Unknown normalizer type [{}] for [{}]", type, name);
  if (settings.has("tokenizer")) {
    return Error(ErrorCode::kIllegalArgument, "Custom normalizer [{}] cannot configure a tokenizer", name);
  }
  ASSIGN_OR_RETURN(const auto char_filters, settings.list("char_filter"));
  ASSIGN_OR_RETURN(const auto filters, settings.list("filter"));
  return make_normalizer(name, char_filters, filters, analysis);
}

Result<AnalyzerPtr> make_normalizer(std::string_view name, const std::vector<std::string>& char_filters,
                                    const std::vector<std::string>& filters, JsonValue analysis) {
  for (const std::string& filter : char_filters) {
    if (is_normalizing_char_filter(type_of("char_filter", filter, analysis))) continue;
    return Error(ErrorCode::kIllegalArgument, "Custom normalizer [{}] may not use char filter [{}]", name, filter);
  }
  for (const std::string& filter : filters) {
    if (is_normalizing_filter(type_of("filter", filter, analysis))) continue;
    return Error(ErrorCode::kIllegalArgument, "Custom normalizer [{}] may not use filter [{}]", name, filter);
  }
  ChainAnalyzer::Parts parts;
  parts.tokenizer = std::make_shared<KeywordTokenizer>();
  ASSIGN_OR_RETURN(parts.char_filters, make_all(kCharFilter, char_filters, name, analysis));
  ASSIGN_OR_RETURN(parts.token_filters, make_all(kFilter, filters, name, analysis));
  return AnalyzerPtr(std::make_shared<ChainAnalyzer>(std::string(name), std::move(parts)));
}

Result<AnalyzerPtr> make_chain(JsonValue char_filters, JsonValue tokenizer, JsonValue filters, JsonValue analysis) {
  ChainAnalyzer::Parts parts;
  ASSIGN_OR_RETURN(parts.char_filters, make_inline(kCharFilter, char_filters, analysis));
  ASSIGN_OR_RETURN(auto tokenizers, make_inline(kTokenizer, tokenizer, analysis));
  parts.tokenizer = tokenizers.empty() ? std::make_shared<KeywordTokenizer>() : tokenizers.front();
  ASSIGN_OR_RETURN(parts.token_filters, make_inline(kFilter, filters, analysis));
  return AnalyzerPtr(std::make_shared<ChainAnalyzer>("_anonymous", std::move(parts)));
}

}  // namespace selene::index
