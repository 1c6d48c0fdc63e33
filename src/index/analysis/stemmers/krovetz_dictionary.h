#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace selene::index {

/// The words that Krovetz's stemmer knows (krovetz_words.h), decoded: some 600 KB, made at the first use. Immutable, thread-safe.
class KrovetzDictionary {
 public:
  struct Entry {
    uint32_t begin;     ///< of its letters
    uint16_t headword;  ///< a place in headwords_; 0: none
    uint8_t length;
    bool exception;  ///< the endings -ed and -ing do not lead to it
  };
  /// Built once, by the first thread that asks.
  static const KrovetzDictionary& get();

  /// Null if `word` is not known. Allocates nothing.
  const Entry* find(std::string_view word) const;
  /// Empty if there is none.
  std::string_view headword(const Entry& entry) const { return headwords_[entry.headword]; }
  size_t num_words() const { return entries_.size(); }
  size_t size_bytes() const;

 private:
  KrovetzDictionary();
  void decode_words();
  void fill_slots();
  void mark_exceptions();
  void add_headwords();
  std::string_view letters_of(const Entry& entry) const { return std::string_view(letters_).substr(entry.begin, entry.length); }
  /// Where `word` is, or the free slot where it would be.
  size_t slot_of(std::string_view word) const;

  std::string letters_;                      ///< all words, one after another
  std::vector<Entry> entries_;               ///< in the order of the words
  std::vector<uint16_t> slots_;              ///< open addressing: a place in entries_, counted from 1; 0: free
  std::vector<std::string_view> headwords_;  ///< views of krovetz_words.cpp
  size_t longest_word_ = 0;
};

}  // namespace selene::index
