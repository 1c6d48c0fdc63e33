#pragma once

#include <memory>
#include <string>

#include "base/regex.h"
#include "index/analysis/token_filter.h"

namespace selene::index {

/// Replaces the matches of a pattern in each term, all of them or the first.
class PatternReplaceFilter final : public TokenFilter {
 public:
  PatternReplaceFilter(std::shared_ptr<const base::Regex> pattern, std::string replacement, bool all)
      : pattern_(std::move(pattern)), replacement_(std::move(replacement)), all_(all) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  std::shared_ptr<const base::Regex> pattern_;
  std::string replacement_;
  bool all_;
};

}  // namespace selene::index
