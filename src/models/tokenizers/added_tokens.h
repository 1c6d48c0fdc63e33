#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/byte_trie.h"

namespace selene::models {

/// An entry of tokenizer.json's `added_tokens`.
struct AddedToken {
  std::string content;
  int32_t id = 0;
  bool single_word = false;  ///< matched only where no word character stands beside it
  bool lstrip = false;       ///< takes the blanks before it along
  bool rstrip = false;
  bool normalized = false;  ///< matched in the normalized text
};

base::Result<std::vector<AddedToken>> parse_added_tokens(base::JsonValue list);

/// Finds added tokens in a text before anything else cuts it. Immutable, thread-safe.
/// Source: the behaviour of Hugging Face `tokenizers`: leftmost, longest, not overlapping.
class AddedTokenMatcher {
 public:
  struct Match {
    size_t begin;  ///< bytes, stripped blanks included
    size_t end;
    int32_t id;
  };
  AddedTokenMatcher() = default;
  explicit AddedTokenMatcher(std::vector<AddedToken> tokens);

  bool empty() const { return tokens_.empty(); }
  /// Every match, in order.
  std::vector<Match> find(std::string_view text) const;

 private:
  struct RawMatch {
    size_t begin;
    size_t end;
    size_t token;
  };
  /// The next one at or behind `from`.
  std::optional<RawMatch> next(std::string_view text, size_t from) const;
  bool stands_alone(std::string_view text, const RawMatch& match) const;
  /// The first place from `from` on where one may begin; text.size() if there is none.
  size_t candidate(std::string_view text, size_t from) const;
  void learn_starts();

  /// Two bytes that tokens start with.
  struct Start {
    uint8_t first;
    uint8_t second;
    friend bool operator==(const Start&, const Start&) = default;
  };
  static constexpr size_t kMaxStarts = 8;
  static constexpr size_t kBlock = 64;

  std::vector<AddedToken> tokens_;
  ByteTrie trie_;  // content -> index in tokens_
  std::array<bool, 256> starts_{};
  int only_start_ = -1;       // the byte all of them start with
  std::vector<Start> pairs_;  // how all of them start; empty if that are too many, or one has a single byte
};

}  // namespace selene::models
