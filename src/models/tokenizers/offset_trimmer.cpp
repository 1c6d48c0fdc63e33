#include "models/tokenizers/offset_trimmer.h"

#include <algorithm>

#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

// ByteLevel's stand-in for a space.
constexpr char32_t kSpaceLetter = 0x120;

bool is_blank(char32_t c) { return c == kSpaceLetter || is_whitespace(c); }
bool continues(std::string_view text, size_t i) { return (static_cast<uint8_t>(text[i]) & 0xC0) == 0x80; }

/// `num_chars` characters behind `pos`, at most at `end`.
uint32_t forward(std::string_view text, uint32_t pos, uint32_t end, uint32_t num_chars) {
  for (; num_chars > 0 && pos < end; --num_chars) {
    ++pos;
    while (pos < end && continues(text, pos)) ++pos;
  }
  return pos;
}

/// `num_chars` characters before `end`, at least at `begin`; `end` itself if the text has not so many before it.
uint32_t backward(std::string_view text, uint32_t begin, uint32_t end, uint32_t num_chars) {
  uint32_t pos = end;
  for (; num_chars > 0; --num_chars) {
    if (pos == 0) return end;
    --pos;
    while (pos > 0 && continues(text, pos)) --pos;
  }
  return std::max(pos, begin);
}

}  // namespace

OffsetTrimmer::Blanks OffsetTrimmer::count(std::string_view token) {
  Blanks blanks;
  bool only_blanks = true;
  for (size_t pos = 0; pos < token.size();) {
    const bool blank = is_blank(decode_utf8(token, pos));
    only_blanks = only_blanks && blank;
    blanks.leading += only_blanks ? 1 : 0;
    blanks.trailing = blank ? blanks.trailing + 1 : 0;
  }
  return blanks;
}

void OffsetTrimmer::add_token(int32_t id, std::string_view token) {
  const auto i = static_cast<size_t>(id);
  if (i >= blanks_.size()) {
    blanks_.resize(i + 1);
    needs_a_look_.resize(i + 1, 0);
  }
  blanks_[i] = count(token);
  needs_a_look_[i] = blanks_[i].leading != 0 || blanks_[i].trailing != 0 ? 1 : 0;
}

void OffsetTrimmer::add_added_token(int32_t id) {
  add_token(id, {});
  blanks_[static_cast<size_t>(id)].is_added = true;
  needs_a_look_[static_cast<size_t>(id)] = 1;
}

void OffsetTrimmer::trim(std::string_view text, std::span<const int32_t> ids, std::span<ByteRange> offsets) const {
  if (passes_.empty()) return;
  for (size_t i = 0; i < offsets.size(); ++i) {
    const auto id = static_cast<size_t>(ids[i]);
    if (id >= blanks_.size() || needs_a_look_[id] == 0) continue;
    Blanks blanks = blanks_[id];
    auto& [begin, end] = offsets[i];
    if (blanks.is_added) blanks = count(text.substr(begin, end - begin));
    if (blanks.leading == 0 && blanks.trailing == 0) continue;
    for (const PrefixSpace prefix_space : passes_) {
      const bool was_added = prefix_space == PrefixSpace::kAdded && (i == 0 || begin == 0) && blanks.leading == 1;
      if (!was_added) begin = forward(text, begin, end, blanks.leading);
      end = backward(text, begin, end, blanks.trailing);
    }
  }
}

}  // namespace selene::models
