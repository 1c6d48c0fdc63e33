#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "index/analysis/token_filter.h"

namespace selene::index {

/// Stems a lower-case word in place and gives its new length (never more than `length`).
/// Source: M. Porter, "An algorithm for suffix stripping", 1980, with the author's later changes: bli -> ble for abli -> able,
/// logi -> log, words of one or two letters stay. That is what Lucene's PorterStemFilter does; Snowball's "porter" lacks them.
size_t porter_stem(char* word, size_t length);
size_t porter_stem(char16_t* word, size_t length);

class PorterStemFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
};

}  // namespace selene::index
