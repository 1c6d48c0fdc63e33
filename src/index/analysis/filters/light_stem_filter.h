#pragma once

#include "index/analysis/stemmers/light_stemmers.h"
#include "index/analysis/stemmers/normalizers.h"
#include "index/analysis/token_filter.h"

namespace selene::index {

/// One of the light or minimal stemmers; words that are marked as keywords stay.
class LightStemFilter final : public TokenFilter {
 public:
  /// REQUIRES: stem != nullptr.
  explicit LightStemFilter(LightStemmer stem) : stem_(stem) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  LightStemmer stem_;
};

/// Spellings of one word made one, keywords too.
class NormalizationFilter final : public TokenFilter {
 public:
  /// REQUIRES: normalize != nullptr.
  explicit NormalizationFilter(Normalizer normalize) : normalize_(normalize) {}
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }

 private:
  Normalizer normalize_;
};

/// German spellings made one: ae, oe, ue as a, o, u (but not the ue of "bauen" or "Quelle"), umlauts as their vowels, ß as ss.
/// Source: Lucene's GermanNormalizationFilter, after the German2 variant of Snowball.
class GermanNormalizationFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

}  // namespace selene::index
