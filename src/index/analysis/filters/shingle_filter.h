#pragma once

#include <cstdint>
#include <string>

#include "index/analysis/token_filter.h"

namespace selene::index {

/// Runs of neighbouring terms joined to one. An empty position counts as the filler token.
class ShingleFilter final : public TokenFilter {
 public:
  struct Options {
    int32_t min_shingle_size = 2;
    int32_t max_shingle_size = 2;
    bool output_unigrams = true;
    bool output_unigrams_if_no_shingles = false;
    std::string token_separator = " ";
    std::string filler_token = "_";
  };
  explicit ShingleFilter(Options options) : options_(std::move(options)) {}
  void apply(TokenBuffer& tokens) const override;
  bool reads_text_end() const override { return true; }

 private:
  Options options_;
};

}  // namespace selene::index
