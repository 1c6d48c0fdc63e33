#include "models/tokenizers/code_point_table.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "models/tokenizers/unicode_data.h"

namespace selene::models {
namespace {

constexpr size_t kNumCodePoints = 0x110000;
constexpr char32_t kFirstHangul = 0xAC00;
constexpr char32_t kLastHangul = 0xD7A3;

template <class Range>
const Range* find_range(std::span<const Range> ranges, char32_t c) {
  const auto behind = std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t x, const Range& r) { return x < r.first; });
  if (behind == ranges.begin()) return nullptr;
  const Range& range = *(behind - 1);
  return c <= range.last ? &range : nullptr;
}

bool contains(std::span<const CodePointRange> ranges, char32_t c) { return find_range(ranges, c) != nullptr; }

/// Rows of a mapping table by code point.
using Mapping = std::unordered_map<char32_t, std::span<const char32_t>>;

Mapping read_mapping(std::span<const char32_t> rows) {
  Mapping mapping;
  for (size_t i = 0; i < rows.size(); i += 2 + rows[i + 1]) mapping.emplace(rows[i], rows.subspan(i + 2, rows[i + 1]));
  return mapping;
}

/// Works out entries for one set of options.
class TableBuilder {
 public:
  explicit TableBuilder(BertNormalizerOptions options) : options_(options), entries_(kNumCodePoints) {}

  void build() {
    fill(kWhitespace, CharEntry::make(CharKind::kSpace));
    fill(kPunctuation, CharEntry::make(CharKind::kPunctuation));
    if (options_.lowercase) lowercase_ = read_mapping(kLowercase);
    if (options_.strip_accents) decompositions_ = read_mapping(kDecompositions);
    for (const auto& [c, to] : lowercase_) place(c);
    for (const auto& [c, to] : decompositions_) place(c);
    if (options_.strip_accents) {
      for (const CodePointRangeValue& range : kCombiningClasses) place_all(range.first, range.last);
      for (const CodePointRange& range : kNonspacingMarks) place_all(range.first, range.last);
      for (char32_t c = kFirstHangul; c <= kLastHangul; ++c) entries_[c] = CharEntry::make(CharKind::kHangul);
    }
    if (options_.handle_chinese_chars) isolate_chinese_characters();
    if (options_.clean_text) {
      fill(kCleanedAway, CharEntry::make(CharKind::kRemoved));
      fill(kCleanedToSpace, CharEntry::make(CharKind::kSpace, ' '));
    }
  }

  const std::vector<CharEntry>& entries() const { return entries_; }
  std::vector<CharEntry> take_sequences() { return std::move(sequences_); }

 private:
  void fill(std::span<const CodePointRange> ranges, CharEntry entry) {
    for (const CodePointRange& range : ranges) {
      std::fill(entries_.begin() + static_cast<std::ptrdiff_t>(range.first),
                entries_.begin() + static_cast<std::ptrdiff_t>(range.last) + 1, entry);
    }
  }
  void place_all(char32_t first, char32_t last) {
    for (char32_t c = first; c <= last; ++c) place(c);
  }

  /// The entry of a code point after all steps but cleaning.
  CharEntry finished(char32_t c) const {
    if (contains(kWhitespace, c)) return CharEntry::make(CharKind::kSpace, c);
    if (contains(kPunctuation, c)) return CharEntry::make(CharKind::kPunctuation, c);
    if (options_.strip_accents && combining_class(c) != 0) return CharEntry::make(CharKind::kNonstarter, c);
    return CharEntry::make(CharKind::kLetter, c);
  }

  void place(char32_t c) {
    std::vector<CharEntry> result;
    const auto decomposition = decompositions_.find(c);
    const std::span<const char32_t> parts = decomposition == decompositions_.end() ? std::span(&c, 1) : decomposition->second;
    for (const char32_t part : parts) append(part, result);
    if (result.size() > 1) {
      entries_[c] = CharEntry::make(CharKind::kSequence, static_cast<uint32_t>(sequences_.size()));
      sequences_.push_back({static_cast<uint32_t>(result.size())});
      sequences_.insert(sequences_.end(), result.begin(), result.end());
      return;
    }
    entries_[c] = result.empty() ? CharEntry::make(CharKind::kRemoved) : result.front();
  }

  void append(char32_t part, std::vector<CharEntry>& result) const {
    if (options_.strip_accents && contains(kNonspacingMarks, part)) {
      if (combining_class(part) == 0) result.push_back(CharEntry::make(CharKind::kBarrier));
      return;
    }
    const auto lower = lowercase_.find(part);
    if (lower == lowercase_.end()) {
      result.push_back(finished(part));
      return;
    }
    for (const char32_t c : lower->second) result.push_back(finished(c));
  }

  void isolate_chinese_characters() {
    for (const CodePointRange& range : kChineseCharacters) {
      for (char32_t c = range.first; c <= range.last; ++c) {
        // A compatibility ideograph decomposes to a single other one.
        entries_[c] = CharEntry::make(CharKind::kIsolated, entries_[c].kind() == CharKind::kLetter ? entries_[c].value() : 0);
      }
    }
  }

  BertNormalizerOptions options_;
  std::vector<CharEntry> entries_;
  std::vector<CharEntry> sequences_;
  Mapping lowercase_;
  Mapping decompositions_;
};

}  // namespace

CodePointTable::CodePointTable(BertNormalizerOptions options) : options_(options), pages_(kNumCodePoints >> 8) {
  TableBuilder builder(options);
  builder.build();
  const std::vector<CharEntry>& all = builder.entries();
  std::unordered_map<std::string_view, uint16_t> seen;
  for (size_t page = 0; page < pages_.size(); ++page) {
    const std::string_view bytes(reinterpret_cast<const char*>(&all[page << 8]), 256 * sizeof(CharEntry));
    const auto [place, is_new] = seen.emplace(bytes, static_cast<uint16_t>(seen.size()));
    pages_[page] = place->second;
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(page << 8);
    if (is_new) entries_.insert(entries_.end(), begin, begin + 256);
  }
  sequences_ = builder.take_sequences();
}

uint8_t combining_class(char32_t c) {
  const CodePointRangeValue* range = find_range(kCombiningClasses, c);
  return range == nullptr ? uint8_t{0} : range->value;
}

bool is_cleaned_away(char32_t c) { return contains(kCleanedAway, c); }

bool is_whitespace(char32_t c) { return contains(kWhitespace, c); }

}  // namespace selene::models
