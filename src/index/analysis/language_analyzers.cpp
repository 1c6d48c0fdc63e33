#include "index/analysis/language_analyzers.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "index/analysis/chain_analyzer.h"
#include "index/analysis/filters/light_stem_filter.h"
#include "index/analysis/filters/lowercase_filter.h"
#include "index/analysis/filters/snowball_filter.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/filters/term_filters.h"
#include "index/analysis/stop_words.h"
#include "index/analysis/tokenizers/standard_tokenizer.h"

namespace selene::index {
namespace {

using base::Result;

struct Language {
  std::string_view name;
  LightStemmer light = nullptr;    ///< null: the Snowball stemmer of the name
  std::string_view articles = {};  ///< cut before an apostrophe; separated by blanks
  bool german_normalization = false;
  bool dutch_exceptions = false;
};
constexpr Language kLanguages[] = {
    {"armenian"},
    {"basque"},
    {"catalan", nullptr, "d l m n s t"},
    {"danish"},
    {"dutch", nullptr, {}, false, true},
    {"finnish"},
    {"french", &stem_french_light, "l m t qu n s j d c jusqu quoiqu lorsqu puisqu"},
    {"german", &stem_german_light, {}, true},
    {"hungarian"},
    {"italian", &stem_italian_light, "c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d"},
    {"norwegian"},
    {"portuguese", &stem_portuguese_light},
    {"russian"},
    {"spanish", &stem_spanish_light},
    {"swedish"},
};

std::vector<std::string> split_at_blanks(std::string_view text) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// Words that the Snowball stemmer gets wrong, as Lucene's DutchAnalyzer has them.
std::map<std::string, std::string, std::less<>> dutch_exceptions() {
  return {{"fiets", "fiets"}, {"bromfiets", "bromfiets"}, {"ei", "eier"}, {"kind", "kinder"}};
}

Result<ChainAnalyzer::Parts> parts_of(const Language& language, const ComponentSettings& settings) {
  ChainAnalyzer::Parts parts{{}, std::make_shared<StandardTokenizer>(), {}};
  auto& filters = parts.token_filters;
  if (!language.articles.empty())
    filters.push_back(std::make_shared<ElisionFilter>(WordSet(split_at_blanks(language.articles), true)));
  filters.push_back(std::make_shared<LowercaseFilter>());
  ASSIGN_OR_RETURN(std::vector<std::string> stops, settings.words("stopwords", "_" + std::string(language.name) + "_"));
  if (!stops.empty()) filters.push_back(std::make_shared<StopFilter>(WordSet(std::move(stops))));
  if (settings.has("stem_exclusion")) {
    ASSIGN_OR_RETURN(std::vector<std::string> words, settings.words("stem_exclusion", "_none_"));
    filters.push_back(std::make_shared<KeywordMarkerFilter>(WordSet(std::move(words))));
  }
  if (language.german_normalization) filters.push_back(std::make_shared<GermanNormalizationFilter>());
  if (language.dutch_exceptions) filters.push_back(std::make_shared<StemmerOverrideFilter>(dutch_exceptions()));
  if (language.light != nullptr) {
    filters.push_back(std::make_shared<LightStemFilter>(language.light));
  } else {
    filters.push_back(std::make_shared<SnowballFilter>(language.name));
  }
  return parts;
}

}  // namespace

Result<std::shared_ptr<const Analyzer>> make_language_analyzer(std::string_view type, const ComponentSettings& settings) {
  for (const Language& language : kLanguages) {
    if (language.name != type) continue;
    ASSIGN_OR_RETURN(ChainAnalyzer::Parts parts, parts_of(language, settings));
    return std::make_shared<ChainAnalyzer>(std::string(settings.name()), std::move(parts));
  }
  return std::shared_ptr<const Analyzer>();
}

std::span<const std::string_view> language_analyzer_types() {
  static constexpr auto kNames = [] {
    std::array<std::string_view, std::size(kLanguages)> names{};
    for (size_t i = 0; i < names.size(); ++i) names[i] = kLanguages[i].name;
    return names;
  }();
  return kNames;
}

}  // namespace selene::index
