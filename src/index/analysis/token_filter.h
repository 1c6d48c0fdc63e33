#pragma once

#include "index/analysis/analyzer.h"

namespace selene::index {

/// Changes, drops or adds tokens. A dropped token leaves its position empty, so later ones keep theirs. Immutable, thread-safe.
class TokenFilter {
 public:
  virtual ~TokenFilter() = default;
  virtual void apply(TokenBuffer& tokens) const = 0;
  /// Whether it works character by character, so that parts of words may go through it (Lucene's Analyzer.normalize).
  virtual bool normalizes() const { return false; }
  /// Whether it reads TokenBuffer::text_end, which costs a walk over the text.
  virtual bool reads_text_end() const { return false; }
};

}  // namespace selene::index
