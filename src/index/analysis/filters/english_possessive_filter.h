#pragma once

#include "index/analysis/token_filter.h"

namespace selene::index {

/// Cuts a final 's (with ', U+2019 or U+FF07 before the s).
class EnglishPossessiveFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
};

}  // namespace selene::index
