#pragma once

#include "index/analysis/analyzer.h"

namespace selene::index {

/// Changes, drops or adds tokens. A dropped token leaves its position empty, so later ones keep theirs. Immutable, thread-safe.
class TokenFilter {
 public:
  virtual ~TokenFilter() = default;
  virtual void apply(TokenBuffer& tokens) const = 0;
};

}  // namespace selene::index
