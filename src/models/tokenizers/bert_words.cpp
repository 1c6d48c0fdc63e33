#include "models/tokenizers/bert_words.h"

#include <algorithm>
#include <cstring>

#include "models/tokenizers/code_point_walk.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

// Marks in `ascii_`; a printable letter is greater.
constexpr uint8_t kAsciiOther = 0;  // not ASCII, or rare: through the table
constexpr uint8_t kAsciiSpace = 1;
constexpr uint8_t kAsciiPunctuation = 2;
constexpr uint8_t kLastMark = 2;

constexpr size_t kMaxUtf8Size = 4;

}  // namespace

/// The word being read, in its normalized form; hands it to the model at its end.
template <bool kKeepOffsets>
class BertWords::WordBuffer {
 public:
  WordBuffer(const WordPiece& model, TokenSink& sink)
      : model_(model), sink_(sink), max_chars_(model.max_chars_per_word()), bytes_(max_chars_ * kMaxUtf8Size + 1) {
    if constexpr (kKeepOffsets) origin_.resize(bytes_.size());
  }

  void letter(char32_t c, ByteRange from) {
    run_.end();
    if (has_room(from)) size_ += write_at(size_, c, from);
  }
  void nonstarter(char32_t c, ByteRange from) {
    if (!has_room(from)) return;
    char encoded[kMaxUtf8Size];
    const auto length = static_cast<size_t>(write_utf8(encoded, c) - encoded);
    const size_t at = run_.insert(combining_class(c), length, size_);
    std::memmove(&bytes_[at + length], &bytes_[at], size_ - at);
    if constexpr (kKeepOffsets) {
      std::copy_backward(origin_.begin() + static_cast<std::ptrdiff_t>(at), origin_.begin() + static_cast<std::ptrdiff_t>(size_),
                         origin_.begin() + static_cast<std::ptrdiff_t>(size_ + length));
    }
    size_ += write_at(at, c, from);
  }
  void barrier() { run_.end(); }
  void space(char32_t, ByteRange) { finish(); }
  void punctuation(char32_t c, ByteRange from) { isolated(c, from); }
  void isolated(char32_t c, ByteRange from) {
    finish();
    letter(c, from);
    finish();
  }

  /// Takes letters of `bytes` from `pos` on as long as `ascii` maps them to letters; gives where they end.
  size_t ascii_letters(const TextPiece& piece, size_t pos, const std::array<uint8_t, 256>& ascii) {
    run_.end();
    const size_t end = std::min(piece.text.size(), pos + (max_chars_ - std::min(num_chars_, max_chars_)));
    const size_t begin = pos;
    char* out = bytes_.data() + size_;
    for (; pos < end; ++pos) {
      const uint8_t mapped = ascii[static_cast<uint8_t>(piece.text[pos])];
      if (mapped <= kLastMark) break;
      *out++ = static_cast<char>(mapped);
      if constexpr (kKeepOffsets) origin_[size_ + (pos - begin)] = piece.byte_range(pos);
    }
    size_ += pos - begin;
    num_chars_ += pos - begin;
    return pos;
  }
  bool is_full() const { return num_chars_ >= max_chars_; }

  void finish() {
    if (num_chars_ == 0) return;
    if (num_chars_ > max_chars_) {
      sink_.add(model_.unk_id(), {overlong_begin_, overlong_end_});
    } else {
      model_.tokenize({bytes_.data(), size_}, sink_, [this](size_t begin, size_t end) { return range(begin, end); });
    }
    size_ = 0;
    num_chars_ = 0;
    run_.end();
  }

 private:
  /// Counts a character; false if it is one too many and need not be kept.
  bool has_room(ByteRange from) {
    if (++num_chars_ <= max_chars_) return true;
    if (num_chars_ == max_chars_ + 1) overlong_begin_ = size_ == 0 ? from.first : range(0, size_).first;
    overlong_end_ = from.second;
    return false;
  }
  size_t write_at(size_t at, char32_t c, ByteRange from) {
    char encoded[kMaxUtf8Size];
    const auto length = static_cast<size_t>(write_utf8(encoded, c) - encoded);
    std::memcpy(&bytes_[at], encoded, length);
    if constexpr (kKeepOffsets) std::fill_n(&origin_[at], length, from);
    return length;
  }
  ByteRange range(size_t begin, size_t end) const {
    if constexpr (kKeepOffsets) return {origin_[begin].first, origin_[end - 1].second};
    return {};
  }

  const WordPiece& model_;
  TokenSink& sink_;
  const size_t max_chars_;
  std::vector<char> bytes_;
  std::vector<ByteRange> origin_;
  size_t size_ = 0;
  size_t num_chars_ = 0;
  uint32_t overlong_begin_ = 0;
  uint32_t overlong_end_ = 0;
  NonstarterRun run_;
};

BertWords::BertWords(BertNormalizerOptions options, WordPiece model) : table_(options), model_(model) {
  for (uint8_t c = 0; c < 128; ++c) {
    const CharEntry entry = table_[c];
    const char32_t became = entry.code_point(c);
    switch (entry.kind()) {
      case CharKind::kSpace: ascii_[c] = kAsciiSpace; break;
      case CharKind::kPunctuation: ascii_[c] = kAsciiPunctuation; break;
      case CharKind::kLetter: ascii_[c] = became > kLastMark && became < 128 ? static_cast<uint8_t>(became) : kAsciiOther; break;
      default: ascii_[c] = kAsciiOther;
    }
    if (ascii_[c] != kAsciiPunctuation) continue;
    std::vector<int32_t> ids;
    TokenSink sink(ids, nullptr, 1);
    const char word = static_cast<char>(c);
    model_.tokenize({&word, 1}, sink, [](size_t, size_t) { return ByteRange(); });
    punctuation_ids_[c] = ids.front();
  }
}

void BertWords::encode(TextPiece piece, TokenSink& sink) const {
  if (sink.keeps_offsets()) return encode_words<true>(piece, sink);
  encode_words<false>(piece, sink);
}

template <bool kKeepOffsets>
void BertWords::encode_words(const TextPiece& piece, TokenSink& sink) const {
  WordBuffer<kKeepOffsets> word(model_, sink);
  const std::string_view text = piece.text;
  for (size_t pos = 0; pos < text.size() && !sink.full();) {
    const uint8_t byte = static_cast<uint8_t>(text[pos]);
    const uint8_t mapped = ascii_[byte];
    if (mapped > kLastMark && !word.is_full()) {
      pos = word.ascii_letters(piece, pos, ascii_);
      continue;
    }
    if (mapped == kAsciiSpace) {
      word.finish();
      ++pos;
      continue;
    }
    if (mapped == kAsciiPunctuation && model_.max_chars_per_word() > 0) {
      word.finish();
      if (!sink.full()) sink.add(punctuation_ids_[byte], kKeepOffsets ? piece.range(pos, pos + 1) : ByteRange());
      ++pos;
      continue;
    }
    const size_t begin = pos;
    const char32_t c = decode_utf8(text, pos);
    emit(table_, table_[c], c, kKeepOffsets ? piece.range(begin, pos) : ByteRange(), word);
  }
  if (!sink.full()) word.finish();
  sink.trim();
}

}  // namespace selene::models
