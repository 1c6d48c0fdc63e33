#pragma once

#include "index/analysis/component_registry.h"

namespace selene::index {

// One function a type: reads the settings and makes the part. component_registry.cpp lists them.
base::Result<TokenizerPtr> make_char_group_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_edge_ngram_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_keyword_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_letter_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_lowercase_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_ngram_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_path_hierarchy_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_pattern_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_standard_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_uax_url_email_tokenizer(const ComponentSettings& settings);
base::Result<TokenizerPtr> make_whitespace_tokenizer(const ComponentSettings& settings);

base::Result<TokenFilterPtr> make_apostrophe_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_arabic_normalization_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_asciifolding_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_bengali_normalization_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_cjk_width_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_decimal_digit_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_edge_ngram_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_elision_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_german_normalization_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_hindi_normalization_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_indic_normalization_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_keyword_marker_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_kstem_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_length_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_lowercase_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_ngram_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_pattern_replace_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_persian_normalization_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_porter_stem_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_reverse_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_serbian_normalization_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_shingle_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_snowball_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_sorani_normalization_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_stemmer_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_stop_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_synonym_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_synonym_graph_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_trim_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_truncate_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_unique_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_uppercase_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_word_delimiter_filter(const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_word_delimiter_graph_filter(const ComponentSettings& settings);

base::Result<CharFilterPtr> make_html_strip_char_filter(const ComponentSettings& settings);
base::Result<CharFilterPtr> make_mapping_char_filter(const ComponentSettings& settings);
base::Result<CharFilterPtr> make_pattern_replace_char_filter(const ComponentSettings& settings);

/// A text of rules with \n, \t, \r, \b, \f and \uXXXX as the characters they mean; any other character behind a backslash is
/// itself.
std::string unescape_rule(std::string_view text);

}  // namespace selene::index
