#include "index/analysis/component_factories.h"
#include "index/analysis/filters/ascii_folding_filter.h"
#include "index/analysis/filters/english_possessive_filter.h"
#include "index/analysis/filters/german_stem_filter.h"
#include "index/analysis/filters/kstem_filter.h"
#include "index/analysis/filters/language_filters.h"
#include "index/analysis/filters/light_stem_filter.h"
#include "index/analysis/filters/lowercase_filter.h"
#include "index/analysis/filters/ngram_filter.h"
#include "index/analysis/filters/pattern_replace_filter.h"
#include "index/analysis/filters/porter_stemmer.h"
#include "index/analysis/filters/romanian_stem_filter.h"
#include "index/analysis/filters/shingle_filter.h"
#include "index/analysis/filters/snowball_filter.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/filters/term_filters.h"
#include "index/analysis/language_analyzers.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

template <class Filter, class... Args>
TokenFilterPtr share(Args&&... args) {
  return std::make_shared<Filter>(std::forward<Args>(args)...);
}

/// Stemmers that Elasticsearch takes from Snowball under the same name; the other languages have algorithms of their own in Lucene.
constexpr std::string_view kSnowballLanguages[] = {
    "armenian", "basque",    "catalan", "danish",  "dutch",      "estonian",  "finnish",    "french",
    "german",   "hungarian", "irish",   "italian", "lithuanian", "norwegian", "portuguese", "romanian",
    "russian",  "serbian",   "spanish", "swedish", "turkish",    "yiddish",
};

Result<TokenFilterPtr> make_grams(const ComponentSettings& settings, int32_t default_max, std::string_view limited,
                                  NgramFilter::Edges edges) {
  ASSIGN_OR_RETURN(const GramSizes sizes, gram_sizes(settings, default_max, limited));
  ASSIGN_OR_RETURN(const bool preserve_original, settings.boolean("preserve_original", false));
  return share<NgramFilter>(sizes.min, sizes.max, preserve_original, edges);
}

Result<WordSet> case_words(const ComponentSettings& settings, std::string_view key, std::string_view fallback,
                           std::string_view case_key, bool ignore_case_fallback) {
  ASSIGN_OR_RETURN(std::vector<std::string> words, settings.words(key, fallback));
  ASSIGN_OR_RETURN(const bool ignore_case, settings.boolean(case_key, ignore_case_fallback));
  return WordSet(std::move(words), ignore_case);
}

/// Whether the settings define it: a filter used by its name alone has other defaults in places.
bool is_defined(const ComponentSettings& settings) { return settings.has("type"); }

/// Of a language that libstemmer has. German takes in what was another stemmer once, german2.
TokenFilterPtr snowball(std::string_view language) {
  if (language == "german" || language == "german2") return share<GermanStemFilter>();
  if (language == "romanian") return share<RomanianStemFilter>();
  return share<SnowballFilter>(language);
}

std::string lower_name(std::string name) { return to_lower(name); }

}  // namespace

Result<TokenFilterPtr> make_lowercase_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const std::string language, settings.text("language", ""));
  if (language == "greek") return share<NormalizationFilter>(&lower_greek);
  if (language == "irish") return share<IrishLowercaseFilter>();
  if (language == "turkish") return share<TurkishLowercaseFilter>();
  if (!language.empty()) return Error(ErrorCode::kIllegalArgument, "language [{}] not support for lower case", language);
  return share<LowercaseFilter>();
}
Result<TokenFilterPtr> make_uppercase_filter(const ComponentSettings&) { return share<UppercaseFilter>(); }
Result<TokenFilterPtr> make_trim_filter(const ComponentSettings&) { return share<TrimFilter>(); }
Result<TokenFilterPtr> make_reverse_filter(const ComponentSettings&) { return share<ReverseFilter>(); }
Result<TokenFilterPtr> make_porter_stem_filter(const ComponentSettings&) { return share<PorterStemFilter>(); }
Result<TokenFilterPtr> make_kstem_filter(const ComponentSettings&) { return share<KStemFilter>(); }

Result<TokenFilterPtr> make_stop_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(WordSet words, case_words(settings, "stopwords", "_english_", "ignore_case", false));
  ASSIGN_OR_RETURN(const bool remove_trailing, settings.boolean("remove_trailing", true));
  return share<StopFilter>(std::move(words), remove_trailing);
}

Result<TokenFilterPtr> make_asciifolding_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const bool preserve_original, settings.boolean("preserve_original", false));
  return share<AsciiFoldingFilter>(preserve_original);
}

Result<TokenFilterPtr> make_ngram_filter(const ComponentSettings& settings) {
  return make_grams(settings, 2, "NGram Tokenizer", NgramFilter::Edges::kAll);
}
Result<TokenFilterPtr> make_edge_ngram_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const std::string side, settings.text("side", "front"));
  if (side != "front" && side != "back") return Error(ErrorCode::kIllegalArgument, "invalid side: {}", side);
  const auto edges = side == "front" ? NgramFilter::Edges::kFrontOnly : NgramFilter::Edges::kBackOnly;
  return make_grams(settings, is_defined(settings) ? 2 : 1, "", edges);
}

Result<TokenFilterPtr> make_length_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const int32_t min, settings.integer("min", 0));
  ASSIGN_OR_RETURN(const int32_t max, settings.integer("max", INT32_MAX));
  if (min < 0) return Error(ErrorCode::kIllegalArgument, "minimum length must be greater than or equal to zero");
  if (min > max) return Error(ErrorCode::kIllegalArgument, "maximum length must not be greater than minimum length");
  return share<LengthFilter>(min, max);
}

Result<TokenFilterPtr> make_truncate_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const int32_t length, settings.integer("length", is_defined(settings) ? -1 : 10));
  if (length <= 0) return Error(ErrorCode::kIllegalArgument, "length parameter must be provided");
  return share<TruncateFilter>(length);
}

Result<TokenFilterPtr> make_unique_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const bool only_on_same_position, settings.boolean("only_on_same_position", false));
  return share<UniqueFilter>(only_on_same_position);
}

Result<TokenFilterPtr> make_keyword_marker_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const std::string pattern, settings.text("keywords_pattern", ""));
  if (!pattern.empty()) {
    if (settings.has("keywords"))
      return Error(ErrorCode::kIllegalArgument, "cannot specify both `keywords_pattern` and `keywords` or `keywords_path`");
    ASSIGN_OR_RETURN(const auto regex, base::Regex::compile("\\A(?:" + pattern + ")\\z", ""));
    return share<PatternKeywordMarkerFilter>(regex);
  }
  if (!settings.has("keywords")) {
    return Error(ErrorCode::kIllegalArgument,
                 "keyword filter requires either `keywords`, `keywords_path`, or `keywords_pattern` to be configured");
  }
  ASSIGN_OR_RETURN(WordSet words, case_words(settings, "keywords", "_none_", "ignore_case", false));
  return share<KeywordMarkerFilter>(std::move(words));
}

Result<TokenFilterPtr> make_german_normalization_filter(const ComponentSettings&) { return share<GermanNormalizationFilter>(); }
Result<TokenFilterPtr> make_arabic_normalization_filter(const ComponentSettings&) { return share<ArabicNormalizationFilter>(); }
Result<TokenFilterPtr> make_persian_normalization_filter(const ComponentSettings&) { return share<PersianNormalizationFilter>(); }
Result<TokenFilterPtr> make_bengali_normalization_filter(const ComponentSettings&) {
  return share<NormalizationFilter>(&normalize_bengali);
}
Result<TokenFilterPtr> make_hindi_normalization_filter(const ComponentSettings&) {
  return share<NormalizationFilter>(&normalize_hindi);
}
Result<TokenFilterPtr> make_indic_normalization_filter(const ComponentSettings&) {
  return share<NormalizationFilter>(&normalize_indic);
}
Result<TokenFilterPtr> make_serbian_normalization_filter(const ComponentSettings&) {
  return share<NormalizationFilter>(&normalize_serbian);
}
Result<TokenFilterPtr> make_sorani_normalization_filter(const ComponentSettings&) {
  return share<NormalizationFilter>(&normalize_sorani);
}
Result<TokenFilterPtr> make_decimal_digit_filter(const ComponentSettings&) { return share<DecimalDigitFilter>(); }
Result<TokenFilterPtr> make_apostrophe_filter(const ComponentSettings&) { return share<ApostropheFilter>(); }
Result<TokenFilterPtr> make_cjk_width_filter(const ComponentSettings&) { return share<CjkWidthFilter>(); }

Result<TokenFilterPtr> make_elision_filter(const ComponentSettings& settings) {
  if (!is_defined(settings)) return share<ElisionFilter>(WordSet(french_articles(), true));
  if (!settings.has("articles"))
    return Error(ErrorCode::kIllegalArgument, "elision filter requires [articles] or [articles_path] setting");
  ASSIGN_OR_RETURN(WordSet articles, case_words(settings, "articles", "_none_", "articles_case", false));
  return share<ElisionFilter>(std::move(articles));
}

Result<TokenFilterPtr> make_shingle_filter(const ComponentSettings& settings) {
  ShingleFilter::Options options;
  ASSIGN_OR_RETURN(options.min_shingle_size, settings.integer("min_shingle_size", 2));
  ASSIGN_OR_RETURN(options.max_shingle_size, settings.integer("max_shingle_size", 2));
  ASSIGN_OR_RETURN(options.output_unigrams, settings.boolean("output_unigrams", true));
  ASSIGN_OR_RETURN(options.output_unigrams_if_no_shingles, settings.boolean("output_unigrams_if_no_shingles", false));
  ASSIGN_OR_RETURN(options.token_separator, settings.text("token_separator", " "));
  ASSIGN_OR_RETURN(options.filler_token, settings.text("filler_token", "_"));
  if (options.min_shingle_size < 2) return Error(ErrorCode::kIllegalArgument, "Min shingle size must be >= 2");
  if (options.max_shingle_size < options.min_shingle_size)
    return Error(ErrorCode::kIllegalArgument, "Min shingle size must be <= max shingle size");
  const int32_t difference = options.max_shingle_size - options.min_shingle_size + (options.output_unigrams ? 1 : 0);
  const int32_t limit = settings.limits().max_shingle_diff;
  if (difference > limit) {
    return Error(ErrorCode::kIllegalArgument,
                 "In Shingle TokenFilter the difference between max_shingle_size and min_shingle_size (and +1 if outputting "
                 "unigrams) must be less than or "
                 "equal to: [{}] but was [{}]. This limit can be set by changing the [index.max_shingle_diff] index level setting.",
                 limit, difference);
  }
  return share<ShingleFilter>(std::move(options));
}

Result<TokenFilterPtr> make_snowball_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const std::string language, settings.text("language", settings.text("name", "English").value_or("English")));
  const std::string name = lower_name(language);
  if (name == "german2") return snowball(name);
  if (name == "estonian") return share<LightStemFilter>(&stem_estonian);
  if (!SnowballFilter::exists(name)) return Error(ErrorCode::kIllegalArgument, "Invalid stemmer class specified: {}", language);
  return snowball(name);
}

Result<TokenFilterPtr> make_stemmer_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const std::string fallback, settings.text("name", "porter"));
  ASSIGN_OR_RETURN(const std::string language, settings.text("language", fallback));
  const std::string name = lower_name(language);
  if (name == "english" || name == "porter") return share<PorterStemFilter>();
  if (name == "light_english" || name == "lightenglish") return share<KStemFilter>();
  if (name == "porter2") return share<SnowballFilter>("english");
  if (name == "german2") return snowball(name);
  if (name == "possessive_english" || name == "possessiveenglish") return share<EnglishPossessiveFilter>();
  if (const LightStemmer stem = find_light_stemmer(name); stem != nullptr) return share<LightStemFilter>(stem);
  for (const std::string_view known : kSnowballLanguages) {
    if (known == name && SnowballFilter::exists(name)) return snowball(name);
  }
  return Error(ErrorCode::kIllegalArgument, "Invalid stemmer class specified: {}", language);
}

Result<TokenFilterPtr> make_pattern_replace_filter(const ComponentSettings& settings) {
  if (!settings.has("pattern")) {
    return Error(ErrorCode::kIllegalArgument, "pattern is missing for [{}] token filter of type 'pattern_replace'",
                 settings.name());
  }
  ASSIGN_OR_RETURN(const std::string pattern, settings.text("pattern", ""));
  ASSIGN_OR_RETURN(const std::string flags, settings.text("flags", ""));
  ASSIGN_OR_RETURN(std::string replacement, settings.text("replacement", ""));
  ASSIGN_OR_RETURN(const bool all, settings.boolean("all", true));
  ASSIGN_OR_RETURN(const auto regex, base::Regex::compile(pattern, flags));
  return share<PatternReplaceFilter>(regex, std::move(replacement), all);
}

}  // namespace selene::index
