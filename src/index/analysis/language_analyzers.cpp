#include "index/analysis/language_analyzers.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "index/analysis/chain_analyzer.h"
#include "index/analysis/filters/language_filters.h"
#include "index/analysis/filters/light_stem_filter.h"
#include "index/analysis/filters/lowercase_filter.h"
#include "index/analysis/filters/romanian_stem_filter.h"
#include "index/analysis/filters/snowball_filter.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/filters/term_filters.h"
#include "index/analysis/stop_words.h"
#include "index/analysis/tokenizers/standard_tokenizer.h"

namespace selene::index {
namespace {

using base::Result;

enum class Step : uint8_t {
  kNone,
  kArabicNormalization,
  kApostrophe,
  kBengaliNormalization,
  kCjkBigram,
  kCjkWidth,
  kDecimalDigit,
  kDutchExceptions,
  kElision,  ///< of `articles`
  kGermanNormalization,
  kGreekLowercase,
  kHindiNormalization,
  kIndicNormalization,
  kIrishHyphens,  ///< drops what the tokenizer cuts from t-athair
  kIrishLowercase,
  kKeywords,  ///< marks `stem_exclusion`
  kLowercase,
  kPersianNormalization,
  kRomanianNormalization,
  kSerbianNormalization,
  kSoraniNormalization,
  kStem,  ///< `light`, else the Snowball stemmer of the language's name
  kStop,
  kTurkishLowercase,
};
using enum Step;

struct Language {
  std::string_view name;
  std::array<Step, 7> steps = {kLowercase, kStop, kKeywords, kStem};
  LightStemmer light = nullptr;
  std::string_view articles = {};  ///< cut before an apostrophe; separated by blanks
};
constexpr std::string_view kFrenchArticles = "l m t qu n s j d c jusqu quoiqu lorsqu puisqu";
constexpr std::array<Step, 7> kWithElision = {kElision, kLowercase, kStop, kKeywords, kStem};
constexpr std::array<Step, 7> kUsual = {kLowercase, kStop, kKeywords, kStem};

constexpr Language kLanguages[] = {
    {"arabic", {kLowercase, kDecimalDigit, kStop, kArabicNormalization, kKeywords, kStem}, &stem_arabic},
    {"armenian"},
    {"basque"},
    {"bengali", {kLowercase, kDecimalDigit, kKeywords, kIndicNormalization, kBengaliNormalization, kStop, kStem}, &stem_bengali},
    {"brazilian", kUsual, &stem_brazilian},
    {"bulgarian", kUsual, &stem_bulgarian},
    {"catalan", kWithElision, nullptr, "d l m n s t"},
    {"cjk", {kCjkWidth, kLowercase, kCjkBigram, kStop}},
    {"czech", kUsual, &stem_czech},
    {"danish"},
    {"dutch", {kLowercase, kStop, kKeywords, kDutchExceptions, kStem}},
    {"estonian", kUsual, &stem_estonian},
    {"finnish"},
    {"french", kWithElision, &stem_french_light, kFrenchArticles},
    {"galician", kUsual, &stem_galician},
    {"german", {kLowercase, kStop, kKeywords, kGermanNormalization, kStem}, &stem_german_light},
    {"greek", {kGreekLowercase, kStop, kStem}, &stem_greek},
    {"hindi", {kLowercase, kDecimalDigit, kKeywords, kIndicNormalization, kHindiNormalization, kStop, kStem}, &stem_hindi},
    {"hungarian"},
    {"indonesian", kUsual, &stem_indonesian},
    {"irish", {kIrishHyphens, kElision, kIrishLowercase, kStop, kKeywords, kStem}, nullptr, "d m b"},
    {"italian", kWithElision, &stem_italian_light, "c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d"},
    {"latvian", kUsual, &stem_latvian},
    {"lithuanian"},
    {"norwegian"},
    {"persian", {kLowercase, kDecimalDigit, kArabicNormalization, kPersianNormalization, kStop, kKeywords, kStem}, &stem_persian},
    {"portuguese", kUsual, &stem_portuguese_light},
    {"romanian", {kLowercase, kStop, kRomanianNormalization, kKeywords, kStem}},
    {"russian"},
    {"serbian", {kLowercase, kStop, kKeywords, kStem, kSerbianNormalization}},
    {"sorani", {kSoraniNormalization, kLowercase, kDecimalDigit, kStop, kKeywords, kStem}, &stem_sorani},
    {"spanish", kUsual, &stem_spanish_light},
    {"swedish"},
    {"turkish", {kApostrophe, kTurkishLowercase, kStop, kKeywords, kStem}},
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

/// Persian joins endings by a zero-width non-joiner, which parts words here.
class PersianCharFilter final : public CharFilter {
 public:
  FilteredText apply(std::string_view text) const override {
    constexpr std::string_view kNonJoiner = "\u200C";
    FilteredTextBuilder out;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find(kNonJoiner, begin), text.size());
      out.copy(text.substr(begin, end - begin));
      if (end < text.size()) out.replace(kNonJoiner, " ");
      begin = end + kNonJoiner.size();
    }
    return out.take();
  }
};

TokenFilterPtr stemmer_of(const Language& language) {
  if (language.light != nullptr) return std::make_shared<LightStemFilter>(language.light);
  if (language.name == "romanian") return std::make_shared<RomanianStemFilter>();
  return std::make_shared<SnowballFilter>(language.name);
}

/// The filter of one step; null where the settings leave it out.
Result<TokenFilterPtr> make_step(Step step, const Language& language, const ComponentSettings& settings) {
  const auto listed = [&](std::string_view key, std::string_view fallback) -> Result<WordSet> {
    ASSIGN_OR_RETURN(std::vector<std::string> words, settings.words(key, fallback));
    return WordSet(std::move(words));
  };
  switch (step) {
    case kNone: return TokenFilterPtr();
    case kArabicNormalization: return TokenFilterPtr(std::make_shared<ArabicNormalizationFilter>());
    case kApostrophe: return TokenFilterPtr(std::make_shared<ApostropheFilter>());
    case kBengaliNormalization: return TokenFilterPtr(std::make_shared<NormalizationFilter>(&normalize_bengali));
    case kCjkBigram: return TokenFilterPtr(std::make_shared<CjkBigramFilter>());
    case kCjkWidth: return TokenFilterPtr(std::make_shared<CjkWidthFilter>());
    case kDecimalDigit: return TokenFilterPtr(std::make_shared<DecimalDigitFilter>());
    case kDutchExceptions: return TokenFilterPtr(std::make_shared<StemmerOverrideFilter>(dutch_exceptions()));
    case kElision: return TokenFilterPtr(std::make_shared<ElisionFilter>(WordSet(split_at_blanks(language.articles), true)));
    case kGermanNormalization: return TokenFilterPtr(std::make_shared<GermanNormalizationFilter>());
    case kGreekLowercase: return TokenFilterPtr(std::make_shared<NormalizationFilter>(&lower_greek));
    case kHindiNormalization: return TokenFilterPtr(std::make_shared<NormalizationFilter>(&normalize_hindi));
    case kIndicNormalization: return TokenFilterPtr(std::make_shared<NormalizationFilter>(&normalize_indic));
    case kIrishHyphens: return TokenFilterPtr(std::make_shared<StopFilter>(WordSet({"h", "n", "t"}, true)));
    case kIrishLowercase: return TokenFilterPtr(std::make_shared<IrishLowercaseFilter>());
    case kLowercase: return TokenFilterPtr(std::make_shared<LowercaseFilter>());
    case kPersianNormalization: return TokenFilterPtr(std::make_shared<PersianNormalizationFilter>());
    case kRomanianNormalization: return TokenFilterPtr(std::make_shared<NormalizationFilter>(&normalize_romanian));
    case kSerbianNormalization: return TokenFilterPtr(std::make_shared<NormalizationFilter>(&normalize_serbian));
    case kSoraniNormalization: return TokenFilterPtr(std::make_shared<NormalizationFilter>(&normalize_sorani));
    case kStem: return stemmer_of(language);
    case kTurkishLowercase: return TokenFilterPtr(std::make_shared<TurkishLowercaseFilter>());
    case kKeywords: {
      ASSIGN_OR_RETURN(WordSet words, listed("stem_exclusion", "_none_"));
      return words.empty() ? TokenFilterPtr() : TokenFilterPtr(std::make_shared<KeywordMarkerFilter>(std::move(words)));
    }
    case kStop: {
      ASSIGN_OR_RETURN(WordSet words, listed("stopwords", "_" + std::string(language.name) + "_"));
      return words.empty() ? TokenFilterPtr() : TokenFilterPtr(std::make_shared<StopFilter>(std::move(words)));
    }
  }
  return TokenFilterPtr();
}

Result<ChainAnalyzer::Parts> parts_of(const Language& language, const ComponentSettings& settings) {
  ChainAnalyzer::Parts parts{{}, std::make_shared<StandardTokenizer>(), {}};
  if (language.name == "persian") parts.char_filters.push_back(std::make_shared<PersianCharFilter>());
  for (const Step step : language.steps) {
    ASSIGN_OR_RETURN(TokenFilterPtr filter, make_step(step, language, settings));
    if (filter != nullptr) parts.token_filters.push_back(std::move(filter));
  }
  return parts;
}

}  // namespace

Result<std::shared_ptr<const Analyzer>> make_language_analyzer(std::string_view type, const ComponentSettings& settings) {
  if (type == "thai") {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "[thai] needs the dictionary by which Java parts Thai words, which is not part of this node");
  }
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

std::vector<std::string> french_articles() { return split_at_blanks(kFrenchArticles); }

}  // namespace selene::index
