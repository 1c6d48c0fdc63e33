#include "index/analysis/built_in_analyzers.h"

#include <array>

#include "index/analysis/chain_analyzer.h"
#include "index/analysis/filters/english_possessive_filter.h"
#include "index/analysis/filters/lowercase_filter.h"
#include "index/analysis/filters/porter_stemmer.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/filters/term_filters.h"
#include "index/analysis/language_analyzers.h"
#include "index/analysis/tokenizers/pattern_tokenizer.h"
#include "index/analysis/tokenizers/simple_tokenizers.h"
#include "index/analysis/tokenizers/standard_tokenizer.h"

namespace selene::index {
namespace {

using base::Result;
using AnalyzerPtr = std::shared_ptr<const Analyzer>;
using Parts = ChainAnalyzer::Parts;

AnalyzerPtr chain(const ComponentSettings& settings, Parts parts) {
  return std::make_shared<ChainAnalyzer>(std::string(settings.name()), std::move(parts));
}

/// Adds a stop filter for the words of `key`, unless there are none.
base::Status add_stop(const ComponentSettings& settings, std::string_view fallback, Parts& parts) {
  ASSIGN_OR_RETURN(std::vector<std::string> words, settings.words("stopwords", fallback));
  if (!words.empty()) parts.token_filters.push_back(std::make_shared<StopFilter>(WordSet(std::move(words))));
  return {};
}

Result<AnalyzerPtr> make_standard(const ComponentSettings& settings) {
  Parts parts;
  ASSIGN_OR_RETURN(parts.tokenizer, make_tokenizer("standard", settings));
  parts.token_filters.push_back(std::make_shared<LowercaseFilter>());
  RETURN_IF_ERROR(add_stop(settings, "_none_", parts));
  return chain(settings, std::move(parts));
}

Result<AnalyzerPtr> make_simple(const ComponentSettings& settings) {
  return chain(settings, {{}, std::make_shared<LetterTokenizer>(), {std::make_shared<LowercaseFilter>()}});
}

Result<AnalyzerPtr> make_whitespace(const ComponentSettings& settings) {
  return chain(settings, {{}, std::make_shared<WhitespaceTokenizer>(), {}});
}

Result<AnalyzerPtr> make_keyword(const ComponentSettings& settings) {
  return chain(settings, {{}, std::make_shared<KeywordTokenizer>(), {}});
}

Result<AnalyzerPtr> make_stop(const ComponentSettings& settings) {
  Parts parts{{}, std::make_shared<LetterTokenizer>(), {std::make_shared<LowercaseFilter>()}};
  RETURN_IF_ERROR(add_stop(settings, "_english_", parts));
  return chain(settings, std::move(parts));
}

Result<AnalyzerPtr> make_english(const ComponentSettings& settings) {
  Parts parts{{},
              std::make_shared<StandardTokenizer>(),
              {std::make_shared<EnglishPossessiveFilter>(), std::make_shared<LowercaseFilter>()}};
  RETURN_IF_ERROR(add_stop(settings, "_english_", parts));
  if (settings.has("stem_exclusion")) {
    ASSIGN_OR_RETURN(std::vector<std::string> words, settings.words("stem_exclusion", "_none_"));
    parts.token_filters.push_back(std::make_shared<KeywordMarkerFilter>(WordSet(std::move(words))));
  }
  parts.token_filters.push_back(std::make_shared<PorterStemFilter>());
  return chain(settings, std::move(parts));
}

/// The text is cut where `pattern` matches.
Result<AnalyzerPtr> make_pattern(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const std::string pattern, settings.text("pattern", "\\W+"));
  ASSIGN_OR_RETURN(const std::string flags, settings.text("flags", ""));
  ASSIGN_OR_RETURN(const bool lowercase, settings.boolean("lowercase", true));
  ASSIGN_OR_RETURN(const auto regex, base::Regex::compile(pattern, flags));
  Parts parts{{}, std::make_shared<PatternTokenizer>(regex, -1), {}};
  if (lowercase) parts.token_filters.push_back(std::make_shared<LowercaseFilter>());
  RETURN_IF_ERROR(add_stop(settings, "_none_", parts));
  return chain(settings, std::move(parts));
}

struct Entry {
  std::string_view type;
  Result<AnalyzerPtr> (*make)(const ComponentSettings&);
};
constexpr Entry kAnalyzers[] = {
    {"english", &make_english},   {"keyword", &make_keyword}, {"pattern", &make_pattern},       {"simple", &make_simple},
    {"standard", &make_standard}, {"stop", &make_stop},       {"whitespace", &make_whitespace},
};

}  // namespace

Result<AnalyzerPtr> make_built_in_analyzer(std::string_view type, const ComponentSettings& settings) {
  for (const Entry& entry : kAnalyzers) {
    if (entry.type == type) return entry.make(settings);
  }
  return make_language_analyzer(type, settings);
}

std::span<const std::string_view> built_in_analyzer_types() {
  static constexpr auto kTypes = [] {
    std::array<std::string_view, std::size(kAnalyzers)> types{};
    for (size_t i = 0; i < types.size(); ++i) types[i] = kAnalyzers[i].type;
    return types;
  }();
  return kTypes;
}

}  // namespace selene::index
