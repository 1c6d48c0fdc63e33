#pragma once

#include "index/analysis/token_filter.h"

namespace selene::index {

/// Simple lower case of each code point (Java's Character.toLowerCase).
class LowercaseFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

/// Simple upper case of each code point.
class UppercaseFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

}  // namespace selene::index
