#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <optional>

#include "models/tokenizers/aligned_writer.h"
#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/text_normalizer.h"

namespace selene::models {
namespace {

/// A character of the normalized text; `change` as AlignedWriter::put takes it.
struct MovedChar {
  char32_t c;
  int64_t change;
  uint8_t combining_class;
};

/// Unicode 9 or older: what the library's tables hold. Newer characters stay as they are, and nothing is composed with or reordered
/// across them.
bool is_known(char32_t c) {
  constexpr uint8_t kKnownUnicode = 9;
  if (c < 0x300) return true;
  if (u_getCombiningClass(static_cast<UChar32>(c)) != combining_class(c)) return false;
  UVersionInfo age;
  u_charAge(static_cast<UChar32>(c), age);
  return age[0] <= kKnownUnicode;
}

/// Puts characters together again behind their decomposition. One thread; `finish` ends the text.
/// Source: Unicode Standard Annex #15.
class Composer {
 public:
  Composer(const UNormalizer2* pairs, AlignedWriter& out) : pairs_(pairs), out_(out) {}

  void take(MovedChar next) {
    if (!starter_.has_value()) return start_with(next);
    if (!is_blocked(next)) {
      const UChar32 joined = unorm2_composePair(pairs_, static_cast<UChar32>(starter_->c), static_cast<UChar32>(next.c));
      if (joined >= 0) {
        starter_->c = static_cast<char32_t>(joined);
        starter_->change += next.change - 1;
        return;
      }
    }
    if (next.combining_class == 0) {
      finish();
      starter_ = next;
      return;
    }
    marks_.push_back(next);
  }
  void finish() {
    if (starter_.has_value()) out_.put(starter_->c, starter_->change);
    starter_.reset();
    for (const MovedChar& mark : marks_) out_.put(mark.c, mark.change);
    marks_.clear();
  }

 private:
  void start_with(MovedChar next) {
    if (next.combining_class != 0) return out_.put(next.c, next.change);
    starter_ = next;
  }
  bool is_blocked(MovedChar next) const { return !marks_.empty() && marks_.back().combining_class >= next.combining_class; }

  const UNormalizer2* pairs_;
  AlignedWriter& out_;
  std::optional<MovedChar> starter_;
  std::vector<MovedChar> marks_;  // behind the starter, in order
};

/// Takes characters apart and puts marks in canonical order. One thread; `finish` ends the text, or a part of it behind which no
/// mark stands.
class Decomposer {
 public:
  Decomposer(const UNormalizer2* parts, const UNormalizer2* pairs, AlignedWriter& out)
      : parts_(parts), composes_(pairs != nullptr), composer_(pairs, out), out_(out) {}

  void take(char32_t c) {
    if (!is_known(c)) return push({c, 0, 0});
    if (c < 0x80) return push({c, 0, 0});
    std::array<UChar, 32> units;  // no character becomes more than 18
    UErrorCode error = U_ZERO_ERROR;
    const int32_t size = unorm2_getDecomposition(parts_, static_cast<UChar32>(c), units.data(), units.size(), &error);
    if (size < 0 || U_FAILURE(error)) return push({c, 0, u_getCombiningClass(static_cast<UChar32>(c))});
    for (int32_t i = 0; i < size;) {
      const int64_t change = i == 0 ? 0 : 1;
      UChar32 part;
      U16_NEXT(units.data(), i, size, part);
      push({static_cast<char32_t>(part), change, u_getCombiningClass(part)});
    }
  }
  void finish() {
    flush();
    if (composes_) composer_.finish();
  }

 private:
  void push(MovedChar next) {
    if (next.combining_class == 0) flush();
    run_.push_back(next);
  }
  void flush() {
    std::stable_sort(run_.begin(), run_.end(),
                     [](const MovedChar& a, const MovedChar& b) { return a.combining_class < b.combining_class; });
    for (const MovedChar& next : run_) composes_ ? composer_.take(next) : out_.put(next.c, next.change);
    run_.clear();
  }

  const UNormalizer2* parts_;
  const bool composes_;
  Composer composer_;
  AlignedWriter& out_;
  std::vector<MovedChar> run_;  // a starter and the marks behind it
};

class UnicodeNormalizer final : public TextNormalizer {
 public:
  /// form: what the text becomes; parts: NFD or NFKD; pairs: NFC, or null for the decomposed forms.
  UnicodeNormalizer(const icu::Normalizer2* form, const UNormalizer2* parts, const UNormalizer2* pairs)
      : form_(form), parts_(parts), pairs_(pairs) {}

  bool leaves(std::string_view text) const override {
    if (is_ascii(text)) return true;
    UErrorCode error = U_ZERO_ERROR;
    const icu::StringPiece bytes(text.data(), static_cast<int32_t>(text.size()));
    return text.size() <= INT32_MAX && form_->isNormalizedUTF8(bytes, error) && U_SUCCESS(error);
  }

  void normalize(TextPiece piece, NormalizedText& out) const override {
    AlignedWriter writer(piece, out);
    Decomposer decomposer(parts_, pairs_, writer);
    for (size_t pos = 0; pos < piece.text.size();) {
      // ASCII stands for itself, but for the last one: a mark may come behind it.
      if (const size_t end = ascii_end(piece.text, pos); end > pos + 1) {
        decomposer.finish();
        pos = end - 1;
        writer.put_part(pos);
      }
      decomposer.take(decode_utf8(piece.text, pos));
    }
    decomposer.finish();
  }

 private:
  static size_t ascii_end(std::string_view text, size_t pos) {
    while (pos < text.size() && static_cast<uint8_t>(text[pos]) < 0x80) ++pos;
    return pos;
  }

  const icu::Normalizer2* form_;
  const UNormalizer2* parts_;
  const UNormalizer2* pairs_;
};

}  // namespace

std::unique_ptr<TextNormalizer> make_unicode_normalizer(std::string_view form) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* nfc = unorm2_getNFCInstance(&error);
  const UNormalizer2* nfd = unorm2_getNFDInstance(&error);
  const UNormalizer2* nfkd = unorm2_getNFKDInstance(&error);
  const icu::Normalizer2* whole = nullptr;
  if (form == "NFC") whole = icu::Normalizer2::getNFCInstance(error);
  if (form == "NFD") whole = icu::Normalizer2::getNFDInstance(error);
  if (form == "NFKC") whole = icu::Normalizer2::getNFKCInstance(error);
  if (form == "NFKD") whole = icu::Normalizer2::getNFKDInstance(error);
  if (whole == nullptr || U_FAILURE(error)) return nullptr;
  const bool is_compatible = form.starts_with("NFK");
  const bool is_composed = form.ends_with("C");
  return std::make_unique<UnicodeNormalizer>(whole, is_compatible ? nfkd : nfd, is_composed ? nfc : nullptr);
}

}  // namespace selene::models
