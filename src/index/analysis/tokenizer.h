#pragma once

#include <string_view>

#include "index/analysis/analyzer.h"

namespace selene::index {

/// Cuts a text into tokens. Immutable, thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// Replaces the content of `tokens` and sets its num_positions. `text`: well-formed UTF-8; ill-formed bytes do no harm.
  virtual void tokenize(std::string_view text, TokenBuffer& tokens) const = 0;
};

}  // namespace selene::index
