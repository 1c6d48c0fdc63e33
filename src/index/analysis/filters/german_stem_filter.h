#pragma once

#include "index/analysis/filters/snowball_filter.h"
#include "index/analysis/token_filter.h"

namespace selene::index {

/// Snowball's German stemmer as Lucene 10 has it: ae, oe and ue are umlauts, and "system" keeps its ending. That of libstemmer is
/// the one before that.
class GermanStemFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;

 private:
  SnowballFilter snowball_ = SnowballFilter("german");
};

}  // namespace selene::index
