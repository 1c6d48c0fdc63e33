#include "index/analysis/stemmers/krovetz_dictionary.h"

#include <algorithm>
#include <functional>

#include "index/analysis/stemmers/krovetz_words.h"

namespace selene::index {
namespace {

constexpr size_t kSlots = 1 << 16;  // 28,000 words: less than half are taken

bool starts_word(char letter) { return letter >= 'A' && letter <= 'Z'; }

/// The part of `list` up to a blank, which is taken from it.
std::string_view next_word(std::string_view& list) {
  const size_t end = std::min(list.find(' '), list.size());
  const std::string_view word = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return word;
}

}  // namespace

const KrovetzDictionary& KrovetzDictionary::get() {
  static const KrovetzDictionary dictionary;
  return dictionary;
}

KrovetzDictionary::KrovetzDictionary() {
  decode_words();
  fill_slots();
  mark_exceptions();
  add_headwords();
}

const KrovetzDictionary::Entry* KrovetzDictionary::find(std::string_view word) const {
  if (word.size() > longest_word_) return nullptr;
  const uint16_t place = slots_[slot_of(word)];
  return place == 0 ? nullptr : &entries_[place - 1];
}

size_t KrovetzDictionary::size_bytes() const {
  return letters_.capacity() + entries_.capacity() * sizeof(Entry) + slots_.capacity() * sizeof(uint16_t) +
         headwords_.capacity() * sizeof(std::string_view);
}

void KrovetzDictionary::decode_words() {
  std::string word;
  for (size_t i = 0; i < kKrovetzWords.size();) {
    word.resize(static_cast<size_t>(kKrovetzWords[i++] - 'A'));
    while (i < kKrovetzWords.size() && !starts_word(kKrovetzWords[i])) word += kKrovetzWords[i++];
    entries_.push_back({static_cast<uint32_t>(letters_.size()), 0, static_cast<uint8_t>(word.size()), false});
    letters_ += word;
    longest_word_ = std::max(longest_word_, word.size());
  }
  letters_.shrink_to_fit();
  entries_.shrink_to_fit();
}

void KrovetzDictionary::fill_slots() {
  slots_.resize(kSlots);
  for (size_t i = 0; i < entries_.size(); ++i) slots_[slot_of(letters_of(entries_[i]))] = static_cast<uint16_t>(i + 1);
}

void KrovetzDictionary::mark_exceptions() {
  for (std::string_view list = kKrovetzExceptions; !list.empty();) {
    entries_[slots_[slot_of(next_word(list))] - 1U].exception = true;
  }
}

void KrovetzDictionary::add_headwords() {
  headwords_.emplace_back();
  for (std::string_view list = kKrovetzHeadwords; !list.empty();) {
    Entry& entry = entries_[slots_[slot_of(next_word(list))] - 1U];
    entry.headword = static_cast<uint16_t>(headwords_.size());
    headwords_.push_back(next_word(list));
  }
}

size_t KrovetzDictionary::slot_of(std::string_view word) const {
  size_t slot = std::hash<std::string_view>()(word) % kSlots;
  while (slots_[slot] != 0 && letters_of(entries_[slots_[slot] - 1U]) != word) slot = (slot + 1) % kSlots;
  return slot;
}

}  // namespace selene::index
