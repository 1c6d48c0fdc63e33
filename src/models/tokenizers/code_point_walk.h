#pragma once

#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/text_piece.h"

namespace selene::models {

/// Tells `out` what one entry of a table stands for. `Out` has, each with the input bytes it came from:
///   letter(c, from), nonstarter(c, from), space(c, from), punctuation(c, from), isolated(c, from), barrier().
template <class Out>
void emit(const CodePointTable& table, CharEntry entry, char32_t itself, ByteRange from, Out& out) {
  switch (entry.kind()) {
    case CharKind::kLetter: return out.letter(entry.code_point(itself), from);
    case CharKind::kSpace: return out.space(entry.code_point(itself), from);
    case CharKind::kPunctuation: return out.punctuation(entry.code_point(itself), from);
    case CharKind::kIsolated: return out.isolated(entry.code_point(itself), from);
    case CharKind::kNonstarter: return out.nonstarter(entry.code_point(itself), from);
    case CharKind::kBarrier: return out.barrier();
    case CharKind::kRemoved: return;
    case CharKind::kSequence:
      for (const CharEntry part : table.sequence(entry.value())) emit(table, part, itself, from, out);
      return;
    case CharKind::kHangul: {
      const HangulLetters letters = decompose_hangul(itself);
      for (int32_t i = 0; i < letters.size; ++i) out.letter(letters.letters[i], from);
      return;
    }
  }
}

/// Where the nonstarters behind the last starter stand, so that another one finds its place among them (canonical order: by
/// combining class, stable). One thread.
class NonstarterRun {
 public:
  void end() { marks_.clear(); }
  /// Gives where in the written bytes a nonstarter of `size` bytes belongs, which are `written` long, and remembers it there.
  size_t insert(uint8_t combining_class, size_t size, size_t written) {
    size_t i = marks_.size();
    while (i > 0 && marks_[i - 1].combining_class > combining_class) --i;
    const size_t begin = i < marks_.size() ? marks_[i].begin : written;
    for (size_t j = i; j < marks_.size(); ++j) marks_[j].begin += size;
    marks_.insert(marks_.begin() + static_cast<std::ptrdiff_t>(i), {combining_class, begin});
    return begin;
  }

 private:
  struct Mark {
    uint8_t combining_class;
    size_t begin;
  };
  std::vector<Mark> marks_;
};

}  // namespace selene::models
