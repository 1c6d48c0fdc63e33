#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "models/tokenizers/tokenizer.h"

namespace selene::models {

/// The names under which a sparse encoder's token weights are answered and stored: special tokens have none, and `.`, which would
/// make a path of a name, reads `__`.
class ExpansionNames {
 public:
  explicit ExpansionNames(const Tokenizer& tokenizer);
  /// `token`: as the vocabulary spells it.
  std::optional<std::string> name(std::string_view token) const;

 private:
  std::set<std::string, std::less<>> special_;
};

}  // namespace selene::models
