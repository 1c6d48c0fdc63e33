#pragma once

#include "index/analysis/filters/snowball_filter.h"
#include "index/analysis/token_filter.h"

namespace selene::index {

/// Snowball's Romanian stemmer as Lucene 10 has it: ș and ț may be written with a comma or a cedilla, and come out with a comma.
/// That of libstemmer knows the cedilla only.
class RomanianStemFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;

 private:
  SnowballFilter snowball_ = SnowballFilter("romanian");
};

}  // namespace selene::index
