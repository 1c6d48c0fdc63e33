#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>

#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/text_normalizer.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

size_t leading_char_size(std::string_view text) {
  size_t pos = 0;
  decode_utf8(text, pos);
  return pos;
}

/// ICU's normalization, cut at characters that Hugging Face's older tables do not know: those stay as they are, and nothing is
/// composed with or reordered across them.
class UnicodeNormalizer final : public TextNormalizer {
 public:
  explicit UnicodeNormalizer(const UNormalizer2* form) : form_(form) {}

  bool leaves(std::string_view text) const override { return is_ascii(text); }

  void normalize(TextPiece piece, NormalizedText& out) const override {
    std::u32string run;
    size_t run_begin = 0;
    for (size_t pos = 0; pos < piece.text.size();) {
      const size_t begin = pos;
      const char32_t c = decode_utf8(piece.text, pos);
      const bool known = is_known(c);
      if (!run.empty() && (!known || unorm2_hasBoundaryBefore(form_, static_cast<UChar32>(c)))) {
        flush(run, piece.slice(run_begin, begin), out);
      }
      if (!known) {
        out.append(piece.text.substr(begin, pos - begin), piece.range(begin, pos));
        continue;
      }
      if (run.empty()) run_begin = begin;
      run += c;
    }
    if (!run.empty()) flush(run, piece.slice(run_begin, piece.text.size()), out);
  }

 private:
  /// Unicode 12 or older: what the library's tables hold.
  static bool is_known(char32_t c) {
    if (c < 0x300) return true;
    if (u_getCombiningClass(static_cast<UChar32>(c)) != combining_class(c)) return false;
    UVersionInfo age;
    u_charAge(static_cast<UChar32>(c), age);
    return age[0] <= kKnownUnicode;
  }
  static constexpr uint8_t kKnownUnicode = 9;

  /// ICU puts marks in order by insertion, which takes a quadratic time for long runs out of order: those come sorted.
  static std::u32string_view in_canonical_order(std::u32string& run) {
    const auto combining = [](char32_t c) { return u_getCombiningClass(static_cast<UChar32>(c)); };
    const auto is_starter = [&](char32_t c) { return combining(c) == 0; };
    for (auto begin = run.begin(); begin != run.end();) {
      begin = std::find_if_not(begin, run.end(), is_starter);
      const auto end = std::find_if(begin, run.end(), is_starter);
      std::stable_sort(begin, end, [&](char32_t a, char32_t b) { return combining(a) < combining(b); });
      begin = end;
    }
    return run;
  }

  static std::u16string to_utf16(std::u32string_view text) {
    std::u16string out;
    for (const char32_t c : text) {
      if (c >= 0x10000) out += static_cast<char16_t>(0xD7C0 + (c >> 10));
      out += static_cast<char16_t>(c < 0x10000 ? c : 0xDC00 + (c & 0x3FF));
    }
    return out;
  }

  /// Appends the normalized form of `run`, which is the text of `piece`.
  void flush(std::u32string& run, TextPiece piece, NormalizedText& out) const {
    const std::u16string source = to_utf16(in_canonical_order(run));
    std::u16string result(source.size() * 18 + 8, u'\0');  // no code unit becomes more than 18
    UErrorCode error = U_ZERO_ERROR;
    const int32_t length = unorm2_normalize(form_, source.data(), static_cast<int32_t>(source.size()), result.data(),
                                            static_cast<int32_t>(result.size()), &error);
    if (U_SUCCESS(error)) result.resize(static_cast<size_t>(length));
    const std::u16string& text = U_SUCCESS(error) ? result : source;
    std::string bytes;
    for (int32_t i = 0; i < static_cast<int32_t>(text.size());) {
      UChar32 c;
      U16_NEXT(text.data(), i, static_cast<int32_t>(text.size()), c);
      append_utf8(bytes, static_cast<char32_t>(c));
    }
    run.clear();
    if (bytes != piece.text) {
      // What is composed into one character lies where its base lay, as the library has it.
      const bool is_single = bytes.size() == leading_char_size(bytes);
      return out.append(bytes, piece.range(0, is_single ? leading_char_size(piece.text) : piece.text.size()));
    }
    for (size_t i = 0; i < bytes.size(); ++i) out.append(bytes.substr(i, 1), piece.range(i, i + 1));
  }

  const UNormalizer2* form_;
};

}  // namespace

std::unique_ptr<TextNormalizer> make_unicode_normalizer(std::string_view form) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* instance = nullptr;
  if (form == "NFC") instance = unorm2_getNFCInstance(&error);
  if (form == "NFD") instance = unorm2_getNFDInstance(&error);
  if (form == "NFKC") instance = unorm2_getNFKCInstance(&error);
  if (form == "NFKD") instance = unorm2_getNFKDInstance(&error);
  if (instance == nullptr || U_FAILURE(error)) return nullptr;
  return std::make_unique<UnicodeNormalizer>(instance);
}

}  // namespace selene::models
