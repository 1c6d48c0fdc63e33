#pragma once

#include <cstdint>

#include "index/analysis/tokenizer.h"

namespace selene::index {

/// /a/b/c -> /a, /a/b, /a/b/c; reversed: a/b/c, b/c, c. `skip` parts are left out at the front (reversed: at the end).
class PathHierarchyTokenizer final : public Tokenizer {
 public:
  enum class Direction : uint8_t { kForward, kReverse };
  /// `delimiter`, `replacement`: one character each, UTF-8.
  PathHierarchyTokenizer(std::string delimiter, std::string replacement, int32_t skip, Direction direction)
      : delimiter_(std::move(delimiter)), replacement_(std::move(replacement)), skip_(skip), direction_(direction) {}
  void tokenize(std::string_view text, TokenBuffer& tokens) const override;

 private:
  std::string replaced(std::string_view text) const;

  std::string delimiter_;
  std::string replacement_;
  int32_t skip_;
  Direction direction_;
};

}  // namespace selene::index
