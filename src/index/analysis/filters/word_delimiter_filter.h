#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/token_filter.h"

namespace selene::index {

/// Cuts terms at punctuation, changes of case and between letters and digits, and joins the parts again as asked: `Wi-Fi500` ->
/// Wi, Fi, 500. Source: Lucene's WordDelimiterFilter and WordDelimiterGraphFilter.
class WordDelimiterFilter final : public TokenFilter {
 public:
  struct Options {
    bool generate_word_parts = true;
    bool generate_number_parts = true;
    bool catenate_words = false;
    bool catenate_numbers = false;
    bool catenate_all = false;
    bool split_on_case_change = true;
    bool preserve_original = false;
    bool split_on_numerics = true;
    bool stem_english_possessive = true;
    bool adjust_offsets = true;    ///< graph only
    bool graph = false;            ///< joined parts span the positions of their parts
    bool ignore_keywords = false;  ///< keywords stay as they are; graph only
    WordSet protected_words;
    std::map<char32_t, uint8_t> types;  ///< type_table: kLower, ... of single characters
  };
  static constexpr uint8_t kLower = 1;
  static constexpr uint8_t kUpper = 2;
  static constexpr uint8_t kDigit = 4;
  static constexpr uint8_t kDelimiter = 8;
  static constexpr uint8_t kAlpha = 3;
  static constexpr uint8_t kAlphanum = 7;

  explicit WordDelimiterFilter(Options options) : options_(std::move(options)) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  Options options_;
};

}  // namespace selene::index
