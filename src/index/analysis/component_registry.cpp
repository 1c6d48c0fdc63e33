#include "index/analysis/component_registry.h"

#include "index/analysis/component_factories.h"

namespace selene::index {
namespace {

using base::Result;

template <class Part>
struct Entry {
  std::string_view type;
  Result<std::shared_ptr<const Part>> (*make)(const ComponentSettings&);
  bool normalizing = false;
};

// Each table is sorted by type.
constexpr Entry<Tokenizer> kTokenizers[] = {
    {"char_group", &make_char_group_tokenizer},
    {"edge_ngram", &make_edge_ngram_tokenizer},
    {"keyword", &make_keyword_tokenizer},
    {"letter", &make_letter_tokenizer},
    {"lowercase", &make_lowercase_tokenizer},
    {"ngram", &make_ngram_tokenizer},
    {"path_hierarchy", &make_path_hierarchy_tokenizer},
    {"pattern", &make_pattern_tokenizer},
    {"standard", &make_standard_tokenizer},
    {"uax_url_email", &make_uax_url_email_tokenizer},
    {"whitespace", &make_whitespace_tokenizer},
};

constexpr Entry<TokenFilter> kTokenFilters[] = {
    {"apostrophe", &make_apostrophe_filter},
    {"arabic_normalization", &make_arabic_normalization_filter, true},
    {"asciifolding", &make_asciifolding_filter, true},
    {"bengali_normalization", &make_bengali_normalization_filter, true},
    {"cjk_width", &make_cjk_width_filter, true},
    {"decimal_digit", &make_decimal_digit_filter, true},
    {"edge_ngram", &make_edge_ngram_filter},
    {"elision", &make_elision_filter, true},
    {"german_normalization", &make_german_normalization_filter, true},
    {"hindi_normalization", &make_hindi_normalization_filter, true},
    {"indic_normalization", &make_indic_normalization_filter, true},
    {"keyword_marker", &make_keyword_marker_filter},
    {"kstem", &make_kstem_filter},
    {"length", &make_length_filter},
    {"lowercase", &make_lowercase_filter, true},
    {"ngram", &make_ngram_filter},
    {"pattern_replace", &make_pattern_replace_filter, true},
    {"persian_normalization", &make_persian_normalization_filter, true},
    {"porter_stem", &make_porter_stem_filter},
    {"reverse", &make_reverse_filter},
    {"serbian_normalization", &make_serbian_normalization_filter, true},
    {"shingle", &make_shingle_filter},
    {"snowball", &make_snowball_filter},
    {"sorani_normalization", &make_sorani_normalization_filter, true},
    {"stemmer", &make_stemmer_filter},
    {"stop", &make_stop_filter},
    {"synonym", &make_synonym_filter},
    {"synonym_graph", &make_synonym_graph_filter},
    {"trim", &make_trim_filter, true},
    {"truncate", &make_truncate_filter},
    {"unique", &make_unique_filter},
    {"uppercase", &make_uppercase_filter, true},
    {"word_delimiter", &make_word_delimiter_filter},
    {"word_delimiter_graph", &make_word_delimiter_graph_filter},
};

constexpr Entry<CharFilter> kCharFilters[] = {
    {"html_strip", &make_html_strip_char_filter},
    {"mapping", &make_mapping_char_filter, true},
    {"pattern_replace", &make_pattern_replace_char_filter, true},
};

template <class Part, size_t kSize>
const Entry<Part>* find(const Entry<Part> (&table)[kSize], std::string_view type) {
  for (const Entry<Part>& entry : table) {
    if (entry.type == type) return &entry;
  }
  return nullptr;
}

}  // namespace

Result<TokenizerPtr> make_tokenizer(std::string_view type, const ComponentSettings& settings) {
  const auto* entry = find(kTokenizers, type);
  return entry == nullptr ? TokenizerPtr() : entry->make(settings);
}

Result<TokenFilterPtr> make_token_filter(std::string_view type, const ComponentSettings& settings) {
  const auto* entry = find(kTokenFilters, type);
  return entry == nullptr ? TokenFilterPtr() : entry->make(settings);
}

Result<CharFilterPtr> make_char_filter(std::string_view type, const ComponentSettings& settings) {
  const auto* entry = find(kCharFilters, type);
  return entry == nullptr ? CharFilterPtr() : entry->make(settings);
}

bool is_normalizing_filter(std::string_view type) {
  const auto* entry = find(kTokenFilters, type);
  return entry != nullptr && entry->normalizing;
}

bool is_normalizing_char_filter(std::string_view type) {
  const auto* entry = find(kCharFilters, type);
  return entry != nullptr && entry->normalizing;
}

}  // namespace selene::index
