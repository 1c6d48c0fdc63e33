#include <unicode/uchar.h>

#include <array>
#include <cstring>
#include <optional>

#include "base/base64.h"
#include "models/tokenizers/aligned_writer.h"
#include "models/tokenizers/char_classes.h"
#include "models/tokenizers/text_normalizer.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

// Longer grapheme clusters are looked up character by character.
constexpr size_t kMaxClusterBytes = 5;

/// A double array of darts-clone as it lies in the file. Every step is checked: the file may be damaged.
class DartsTrie {
 public:
  explicit DartsTrie(std::vector<uint32_t> units) : units_(std::move(units)) {}

  /// The value of the shortest key that `text` begins with.
  std::optional<uint32_t> shortest_prefix(std::string_view text) const {
    size_t node = 0;
    if (units_.empty()) return std::nullopt;
    node ^= offset(units_[0]);
    for (const char byte : text) {
      const auto label = static_cast<uint8_t>(byte);
      if (label == 0) return std::nullopt;
      node ^= label;
      if (node >= units_.size() || (units_[node] & kLabelMask) != label) return std::nullopt;
      const uint32_t unit = units_[node];
      node ^= offset(unit);
      if (node >= units_.size()) return std::nullopt;
      if ((unit >> 8 & 1) != 0) return units_[node] & 0x7FFFFFFF;
    }
    return std::nullopt;
  }

 private:
  static constexpr uint32_t kLabelMask = 1u << 31 | 0xFF;
  static size_t offset(uint32_t unit) { return size_t{unit >> 10} << ((unit & (1u << 9)) >> 6); }
  std::vector<uint32_t> units_;
};

bool extends_cluster(char32_t c) {
  if (c < 0x300) return false;
  if ((char_classes(c) & kExtendClass) != 0) return true;
  // Those that vanish by themselves are in no table of ours.
  switch (u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_GRAPHEME_CLUSTER_BREAK)) {
    case U_GCB_EXTEND:
    case U_GCB_ZWJ:
    case U_GCB_SPACING_MARK: return true;
    default: return false;
  }
}

bool is_control(char32_t c) {
  if (c < 0x7F) return c < 0x20;
  const int32_t kind = u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_GRAPHEME_CLUSTER_BREAK);
  return kind == U_GCB_CONTROL;
}

bool is_prepend(char32_t c) {
  return c >= 0x600 && u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_GRAPHEME_CLUSTER_BREAK) == U_GCB_PREPEND;
}

/// One past the grapheme cluster at `begin`, as far as it matters here: clusters of at most five bytes are exact (UAX #29), those
/// whose parts are looked up one by one anyway (Hangul, flags, emoji) may be cut.
size_t cluster_end(std::string_view text, size_t begin) {
  size_t end = begin;
  char32_t c = decode_utf8(text, end);
  if (c == '\r' && end < text.size() && text[end] == '\n') return end + 1;
  if (is_control(c)) return end;
  while (is_prepend(c) && end < text.size()) {
    size_t next = end;
    c = decode_utf8(text, next);
    if (is_control(c)) return end;
    end = next;
  }
  while (end < text.size()) {
    size_t next = end;
    if (!extends_cluster(decode_utf8(text, next))) break;
    end = next;
  }
  return end;
}

/// Replaced parts with the library's origins: what has more characters than before adds the last ones, what has fewer takes the
/// missing ones along with its last character, or with the one before if nothing is left; at the front of a text they take nothing.
class ReplacementWriter {
 public:
  ReplacementWriter(TextPiece from, NormalizedText& out) : writer_(from, out) {}
  void keep(char32_t c) { push(c, 0); }
  /// ASCII of the text up to `end`, as it is.
  void keep_ascii(std::string_view text, size_t begin, size_t end) {
    if (end - begin > 1) {
      finish();
      if (writer_.pos() == begin) {
        writer_.put_part(end - 1);
        begin = end - 1;
      }
    }
    for (; begin < end; ++begin) keep(static_cast<char32_t>(text[begin]));
  }
  void replace(std::string_view part, std::string_view by) {
    const int64_t num_before = count(part);
    const int64_t num_after = count(by);
    int64_t num_written = 0;
    for (size_t pos = 0; pos < by.size();) {
      const char32_t c = decode_utf8(by, pos);
      push(c, num_written++ < num_before ? 0 : 1);
    }
    if (num_after < num_before && held_.has_value()) held_->second += num_after - num_before;
  }
  void finish() {
    if (held_.has_value()) writer_.put(held_->first, held_->second);
    held_.reset();
  }

 private:
  static int64_t count(std::string_view text) {
    int64_t num_chars = 0;
    for (size_t pos = 0; pos < text.size(); ++num_chars) decode_utf8(text, pos);
    return num_chars;
  }
  void push(char32_t c, int64_t change) {
    finish();
    held_ = {c, change};
  }

  AlignedWriter writer_;
  std::optional<std::pair<char32_t, int64_t>> held_;  // the last one, which may yet take more along
};

class PrecompiledNormalizer final : public TextNormalizer {
 public:
  PrecompiledNormalizer(std::vector<uint32_t> units, std::string replacements)
      : trie_(std::move(units)), replacements_(std::move(replacements)) {
    for (size_t c = 0; c < changes_ascii_.size(); ++c) {
      const char byte = static_cast<char>(c);
      changes_ascii_[c] = find({&byte, 1}).has_value();
    }
  }

  bool leaves(std::string_view text) const override {
    for (const char c : text) {
      if (static_cast<uint8_t>(c) >= 0x80 || changes_ascii_[static_cast<uint8_t>(c)]) return false;
    }
    return true;
  }

  void normalize(TextPiece piece, NormalizedText& out) const override {
    const std::string_view text = piece.text;
    ReplacementWriter writer(piece, out);
    for (size_t begin = 0; begin < text.size();) {
      if (const size_t end = plain_end(text, begin); end > begin) {
        writer.keep_ascii(text, begin, end);
        begin = end;
        continue;
      }
      const size_t end = cluster_end(text, begin);
      normalize_cluster(text.substr(begin, end - begin), writer);
      begin = end;
    }
    writer.finish();
  }

 private:
  /// One past the ASCII at `begin` that stays as it is; the last character before another one may belong to a cluster.
  size_t plain_end(std::string_view text, size_t begin) const {
    size_t end = begin;
    while (end < text.size() && static_cast<uint8_t>(text[end]) < 0x80 && !changes_ascii_[static_cast<uint8_t>(text[end])]) ++end;
    const bool may_go_on = end > begin && end < text.size() && static_cast<uint8_t>(text[end]) >= 0x80;
    return may_go_on ? end - 1 : end;
  }

  void normalize_cluster(std::string_view text, ReplacementWriter& writer) const {
    if (text.size() <= kMaxClusterBytes) {
      if (const auto replacement = find(text)) return writer.replace(text, *replacement);
    }
    for (size_t begin = 0; begin < text.size();) {
      size_t end = begin;
      const char32_t c = decode_utf8(text, end);
      const std::string_view character = text.substr(begin, end - begin);
      const auto replacement = find(character);
      replacement.has_value() ? writer.replace(character, *replacement) : writer.keep(c);
      begin = end;
    }
  }

  std::optional<std::string_view> find(std::string_view chunk) const {
    const std::optional<uint32_t> at = trie_.shortest_prefix(chunk);
    if (!at.has_value() || *at >= replacements_.size()) return std::nullopt;
    return std::string_view(replacements_.c_str() + *at);
  }

  DartsTrie trie_;
  std::string replacements_;  // each ends with a zero byte
  std::array<bool, 128> changes_ascii_{};
};

}  // namespace

base::Result<std::unique_ptr<TextNormalizer>> make_precompiled_normalizer(std::string_view charsmap_base64) {
  const auto bytes = base::base64_decode(charsmap_base64);
  uint32_t trie_bytes = 0;
  if (bytes.has_value() && bytes->size() >= sizeof trie_bytes) std::memcpy(&trie_bytes, bytes->data(), sizeof trie_bytes);
  if (!bytes.has_value() || trie_bytes % sizeof(uint32_t) != 0 || bytes->size() < sizeof trie_bytes ||
      trie_bytes > bytes->size() - sizeof trie_bytes) {
    return Error(ErrorCode::kIllegalArgument, "[normalizer.precompiled_charsmap] is damaged");
  }
  std::vector<uint32_t> units(trie_bytes / sizeof(uint32_t));
  if (!units.empty()) std::memcpy(units.data(), bytes->data() + sizeof trie_bytes, trie_bytes);
  return std::unique_ptr<TextNormalizer>(
      std::make_unique<PrecompiledNormalizer>(std::move(units), std::string(bytes->substr(sizeof trie_bytes + trie_bytes))));
}

}  // namespace selene::models
