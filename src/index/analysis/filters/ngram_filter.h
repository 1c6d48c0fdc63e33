#pragma once

#include <cstdint>

#include "index/analysis/token_filter.h"

namespace selene::index {

/// Grams of min to max code points of each term, all at the term's position and offsets.
class NgramFilter final : public TokenFilter {
 public:
  enum class Edges : uint8_t { kAll, kFrontOnly, kBackOnly };
  NgramFilter(int32_t min_gram, int32_t max_gram, bool preserve_original, Edges edges)
      : min_gram_(min_gram), max_gram_(max_gram), preserve_original_(preserve_original), edges_(edges) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  int32_t min_gram_;
  int32_t max_gram_;
  bool preserve_original_;
  Edges edges_;
};

}  // namespace selene::index
