#pragma once

#include <string>
#include <string_view>

#include "index/analysis/token_filter.h"

namespace selene::index {

/// Latin letters, digits and punctuation beyond ASCII as their ASCII look-alikes (é -> e, ß -> ss, ① -> 1, ” -> ").
/// `preserve_original` keeps a changed token's first form behind the folded one, at the same position.
class AsciiFoldingFilter final : public TokenFilter {
 public:
  explicit AsciiFoldingFilter(bool preserve_original) : preserve_original_(preserve_original) {}
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }

 private:
  bool preserve_original_;
};

/// One text folded.
std::string fold_to_ascii(std::string_view text);

}  // namespace selene::index
