#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/byte_trie.h"

namespace selene::models {

/// A model's tokens: text to id and back. Immutable after `build`, thread-safe.
class Vocabulary {
 public:
  /// Errors: kIllegalArgument (ids far beyond the number of tokens, negative ids, too many tokens).
  static base::Result<Vocabulary> build(std::vector<ByteTrie::Entry> tokens);
  /// The `vocab` object of a tokenizer.json model: {"token": id}.
  static base::Result<Vocabulary> parse(base::JsonValue object);

  const ByteTrie& trie() const { return trie_; }
  int32_t id(std::string_view token) const { return trie_.find(token); }
  /// Empty for an id without a token.
  std::string_view token(int32_t id) const;
  /// One more than the greatest id.
  int32_t size() const { return static_cast<int32_t>(begins_.empty() ? 0 : begins_.size() - 1); }

 private:
  ByteTrie trie_;
  std::string text_;              // tokens by id, one behind the other
  std::vector<uint32_t> begins_;  // [size + 1]
};

}  // namespace selene::models
