#pragma once

#include <memory>

#include "base/regex.h"
#include "index/analysis/tokenizer.h"

namespace selene::index {

/// Cuts at the matches of a pattern (group -1), or takes the matches of one of its groups. Empty tokens are left out.
class PatternTokenizer final : public Tokenizer {
 public:
  PatternTokenizer(std::shared_ptr<const base::Regex> pattern, int32_t group) : pattern_(std::move(pattern)), group_(group) {}
  void tokenize(std::string_view text, TokenBuffer& tokens) const override;

 private:
  std::shared_ptr<const base::Regex> pattern_;
  int32_t group_;
};

}  // namespace selene::index
