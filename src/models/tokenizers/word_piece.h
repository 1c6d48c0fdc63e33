#pragma once

#include <cstdint>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/byte_trie.h"
#include "models/tokenizers/text_piece.h"
#include "models/tokenizers/vocabulary.h"

namespace selene::models {

/// Hugging Face's WordPiece: the longest token that begins the word, then again and again the longest that continues it; a word
/// that cannot be covered, or has too many characters, is one `unk_id`. Immutable; refers to the vocabulary's trie, which must
/// outlive it. Source: Wu et al., "Google's Neural Machine Translation System", 2016.
class WordPiece {
 public:
  WordPiece(const ByteTrie& trie, std::string_view continuing_subword_prefix, int32_t unk_id, uint32_t max_chars_per_word)
      : trie_(&trie),
        continuation_(trie.walk(ByteTrie::kRoot, continuing_subword_prefix)),
        unk_id_(unk_id),
        max_chars_(max_chars_per_word) {}

  uint32_t max_chars_per_word() const { return max_chars_; }
  int32_t unk_id() const { return unk_id_; }
  /// Adds the word's tokens. `range(begin, end)` gives the offset of those bytes.  REQUIRES: at most max_chars_per_word characters.
  template <class Range>
  void tokenize(std::string_view word, TokenSink& sink, const Range& range) const {
    const size_t size_before = sink.size();
    ByteTrie::Node start = ByteTrie::kRoot;
    for (size_t begin = 0; begin < word.size(); start = continuation_) {
      size_t end = begin;
      int32_t id = -1;
      ByteTrie::Node node = start;
      for (size_t i = begin; i < word.size() && node != ByteTrie::kNone; ++i) {
        node = trie_->child(node, static_cast<uint8_t>(word[i]));
        if (node == ByteTrie::kNone) break;
        if (const int32_t value = trie_->value(node); value >= 0) {
          id = value;
          end = i + 1;
        }
      }
      if (id < 0) {
        sink.cut(size_before);
        sink.add(unk_id_, range(0, word.size()));
        return;
      }
      sink.add(id, range(begin, end));
      begin = end;
    }
  }

 private:
  const ByteTrie* trie_;
  ByteTrie::Node continuation_;
  int32_t unk_id_;
  uint32_t max_chars_;
};

/// The `model` section of type WordPiece. The result refers to `vocabulary`. Errors: kIllegalArgument.
base::Result<WordPiece> parse_word_piece(base::JsonValue model, const Vocabulary& vocabulary);

}  // namespace selene::models
