#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "index/analysis/token_filter.h"

namespace selene::index {

/// A set of words, quick to say no. Immutable, thread-safe.
class WordSet {
 public:
  WordSet() = default;
  explicit WordSet(std::vector<std::string> words, bool ignore_case = false);
  bool contains(std::string_view word) const;
  bool empty() const { return words_.empty(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view word) const { return std::hash<std::string_view>{}(word); }
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> words_;
  size_t max_length_ = 0;  ///< bytes
  bool ignore_case_ = false;
};

/// Drops the words of a set; positions of the others stay.
class StopFilter final : public TokenFilter {
 public:
  StopFilter(WordSet words, bool remove_trailing) : words_(std::move(words)), remove_trailing_(remove_trailing) {}
  explicit StopFilter(WordSet words) : StopFilter(std::move(words), true) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  WordSet words_;
  bool remove_trailing_;
};

/// Lower case of each code point.
std::string to_lower(std::string_view text);

}  // namespace selene::index
