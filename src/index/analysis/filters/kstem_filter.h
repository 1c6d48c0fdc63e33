#pragma once

#include "index/analysis/token_filter.h"

namespace selene::index {

/// Krovetz's stemmer; words that are marked as keywords stay.
class KStemFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
};

}  // namespace selene::index
