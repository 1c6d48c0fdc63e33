#include "index/analysis/char_filter.h"

#include <algorithm>

#include "index/analysis/utf8.h"

namespace selene::index {

uint32_t FilteredText::original_offset(uint32_t offset) const {
  const auto behind = std::upper_bound(shifts.begin(), shifts.end(), offset, [](uint32_t o, const Shift& s) { return o < s.from; });
  if (behind == shifts.begin()) return offset;
  return static_cast<uint32_t>(static_cast<int64_t>(offset) + std::prev(behind)->shift);
}

void FilteredTextBuilder::copy(std::string_view text) {
  result_.text.append(text);
  length_ += utf16_length(text);
}

void FilteredTextBuilder::shift_at(uint32_t from, int32_t shift) {
  shift_ = shift;
  if (!result_.shifts.empty() && result_.shifts.back().from == from) {
    result_.shifts.back().shift = shift;
  } else {
    result_.shifts.push_back({from, shift});
  }
}

// As Lucene's MappingCharFilter: a shorter replacement moves what stands behind it; a longer one counts back for each unit too
// many.
void FilteredTextBuilder::replace(std::string_view replaced, std::string_view replacement) {
  const uint32_t old_length = utf16_length(replaced);
  const uint32_t new_length = utf16_length(replacement);
  result_.text.append(replacement);
  if (new_length < old_length) {
    shift_at(length_ + new_length, shift_ + static_cast<int32_t>(old_length - new_length));
  } else {
    for (uint32_t i = old_length; i < new_length; ++i) shift_at(length_ + i, shift_ - 1);
  }
  length_ += new_length;
}

}  // namespace selene::index
