#include "index/analysis/filters/ascii_folding_filter.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

struct Fold {
  char32_t from;
  std::string_view to;
};

// Letters and marks that Unicode does not decompose. Sorted.
constexpr Fold kFolds[] = {
    {0x00AB, "\""}, {0x00BB, "\""}, {0x00C6, "AE"}, {0x00D0, "D"},  {0x00D8, "O"},  {0x00DE, "TH"}, {0x00DF, "ss"}, {0x00E6, "ae"},
    {0x00F0, "d"},  {0x00F8, "o"},  {0x00FE, "th"}, {0x0110, "D"},  {0x0111, "d"},  {0x0126, "H"},  {0x0127, "h"},  {0x0131, "i"},
    {0x0138, "q"},  {0x0141, "L"},  {0x0142, "l"},  {0x014A, "N"},  {0x014B, "n"},  {0x0152, "OE"}, {0x0153, "oe"}, {0x0166, "T"},
    {0x0167, "t"},  {0x017F, "s"},  {0x0180, "b"},  {0x0181, "B"},  {0x0182, "B"},  {0x0183, "b"},  {0x0186, "O"},  {0x0187, "C"},
    {0x0188, "c"},  {0x0189, "D"},  {0x018A, "D"},  {0x018B, "D"},  {0x018C, "d"},  {0x018E, "E"},  {0x018F, "A"},  {0x0190, "E"},
    {0x0191, "F"},  {0x0192, "f"},  {0x0193, "G"},  {0x0195, "hv"}, {0x0196, "I"},  {0x0197, "I"},  {0x0198, "K"},  {0x0199, "k"},
    {0x019A, "l"},  {0x019C, "M"},  {0x019D, "N"},  {0x019E, "n"},  {0x019F, "O"},  {0x01A4, "P"},  {0x01A5, "p"},  {0x01AB, "t"},
    {0x01AC, "T"},  {0x01AD, "t"},  {0x01AE, "T"},  {0x01B2, "V"},  {0x01B3, "Y"},  {0x01B4, "y"},  {0x01B5, "Z"},  {0x01B6, "z"},
    {0x01BF, "w"},  {0x01DD, "e"},  {0x01E4, "G"},  {0x01E5, "g"},  {0x01F6, "HV"}, {0x01F7, "W"},  {0x021C, "Z"},  {0x021D, "z"},
    {0x0220, "N"},  {0x0221, "d"},  {0x0222, "OU"}, {0x0223, "ou"}, {0x0224, "Z"},  {0x0225, "z"},  {0x0234, "l"},  {0x0235, "n"},
    {0x0236, "t"},  {0x0237, "j"},  {0x0238, "db"}, {0x0239, "qp"}, {0x023A, "A"},  {0x023B, "C"},  {0x023C, "c"},  {0x023D, "L"},
    {0x023E, "T"},  {0x023F, "s"},  {0x0240, "z"},  {0x0243, "B"},  {0x0246, "E"},  {0x0247, "e"},  {0x0248, "J"},  {0x0249, "j"},
    {0x024A, "Q"},  {0x024B, "q"},  {0x024C, "R"},  {0x024D, "r"},  {0x024E, "Y"},  {0x024F, "y"},  {0x0250, "a"},  {0x0253, "b"},
    {0x0254, "o"},  {0x0255, "c"},  {0x0256, "d"},  {0x0257, "d"},  {0x0258, "e"},  {0x0259, "a"},  {0x025A, "a"},  {0x025B, "e"},
    {0x025C, "e"},  {0x025D, "e"},  {0x025E, "e"},  {0x025F, "j"},  {0x0260, "g"},  {0x0261, "g"},  {0x0265, "h"},  {0x0266, "h"},
    {0x0268, "i"},  {0x026A, "I"},  {0x026B, "l"},  {0x026C, "l"},  {0x026D, "l"},  {0x026F, "m"},  {0x0270, "m"},  {0x0271, "m"},
    {0x0272, "n"},  {0x0273, "n"},  {0x0275, "o"},  {0x027C, "r"},  {0x027D, "r"},  {0x027E, "r"},  {0x0282, "s"},  {0x0284, "j"},
    {0x0287, "t"},  {0x0288, "t"},  {0x028B, "v"},  {0x028C, "v"},  {0x028D, "w"},  {0x028E, "y"},  {0x0290, "z"},  {0x0291, "z"},
    {0x029D, "j"},  {0x02A0, "q"},  {0x1E9C, "s"},  {0x1E9D, "s"},  {0x1E9E, "SS"}, {0x1EFA, "LL"}, {0x1EFB, "ll"}, {0x1EFC, "V"},
    {0x1EFE, "Y"},  {0x1EFF, "y"},  {0x2010, "-"},  {0x2011, "-"},  {0x2012, "-"},  {0x2013, "-"},  {0x2014, "-"},  {0x2018, "'"},
    {0x2019, "'"},  {0x201A, "'"},  {0x201B, "'"},  {0x201C, "\""}, {0x201D, "\""}, {0x201E, "\""}, {0x2032, "'"},  {0x2033, "\""},
    {0x2035, "'"},  {0x2036, "\""}, {0x2038, "^"},  {0x2039, "'"},  {0x203A, "'"},  {0x203C, "!!"}, {0x2044, "/"},  {0x2045, "["},
    {0x2046, "]"},  {0x2047, "??"}, {0x2048, "?!"}, {0x2049, "!?"}, {0x204E, "*"},  {0x204F, ";"},  {0x2052, "%"},  {0x2053, "~"},
    {0x2184, "c"},  {0x2768, "("},  {0x2769, ")"},  {0x276A, "("},  {0x276B, ")"},  {0x276C, "<"},  {0x276D, ">"},  {0x276E, "\""},
    {0x276F, "\""}, {0x2770, "<"},  {0x2771, ">"},  {0x2772, "["},  {0x2773, "]"},  {0x2774, "{"},  {0x2775, "}"},  {0x275B, "'"},
    {0x275C, "'"},  {0x275D, "\""}, {0x275E, "\""}, {0x2C60, "L"},  {0x2C61, "l"},  {0x2C62, "L"},  {0x2C63, "P"},  {0x2C64, "R"},
    {0x2C65, "a"},  {0x2C66, "t"},  {0x2C67, "H"},  {0x2C68, "h"},  {0x2C69, "K"},  {0x2C6A, "k"},  {0x2C6B, "Z"},  {0x2C6C, "z"},
    {0x2C6E, "M"},  {0x2C71, "v"},  {0x2C72, "W"},  {0x2C73, "w"},  {0x2C74, "v"},  {0x2C75, "H"},  {0x2C76, "h"},  {0x2E28, "(("},
    {0x2E29, "))"},
};

struct Range {
  char32_t first;
  char32_t last;
};
// Blocks of Latin letters, super- and subscripts, enclosed and full-width forms: there the decomposition's ASCII part counts.
constexpr Range kDecomposed[] = {{0x00AA, 0x00AA}, {0x00B2, 0x00BA}, {0x00C0, 0x024F}, {0x1E00, 0x1EFF},
                                 {0x2070, 0x209C}, {0x2460, 0x24E9}, {0xFB00, 0xFB06}, {0xFF01, 0xFF5E}};

/// Empty: not foldable.
std::string fold_code_point(char32_t c) {
  static const auto kTable = [] {
    std::array<Fold, std::size(kFolds)> table{};
    std::ranges::copy(kFolds, table.begin());
    std::ranges::sort(table, {}, &Fold::from);
    return table;
  }();
  const auto found = std::ranges::lower_bound(kTable, c, {}, &Fold::from);
  if (found != kTable.end() && found->from == c) return std::string(found->to);
  if (!std::ranges::any_of(kDecomposed, [c](const Range& range) { return c >= range.first && c <= range.last; })) return {};
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return {};
  const icu::UnicodeString parts = nfkd->normalize(icu::UnicodeString(static_cast<UChar32>(c)), error);
  std::string folded;
  for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 part = parts.char32At(i);
    if (u_charType(part) == U_NON_SPACING_MARK) continue;
    if (part < 0x80) {
      folded += static_cast<char>(part);
      continue;
    }
    // ǽ is æ with an accent
    const std::string rest = static_cast<char32_t>(part) == c ? std::string() : fold_code_point(static_cast<char32_t>(part));
    if (rest.empty()) return {};
    folded += rest;
  }
  return folded;
}

}  // namespace

std::string fold_to_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t pos = 0; pos < text.size();) {
    const size_t begin = pos;
    const char32_t c = decode_utf8(text, pos);
    const std::string folded = c < 0x80 ? std::string() : fold_code_point(c);
    if (folded.empty()) {
      out += text.substr(begin, pos - begin);
    } else {
      out += folded;
    }
  }
  return out;
}

void AsciiFoldingFilter::apply(TokenBuffer& tokens) const {
  if (is_ascii(tokens.mutable_bytes())) return;
  std::vector<TokenBuffer::Token> result;
  for (TokenBuffer::Token token : tokens.tokens()) {
    const std::string_view term = tokens.term(token);
    if (is_ascii(term)) {
      result.push_back(token);
      continue;
    }
    const TokenBuffer::Token original = token;
    const std::string folded = fold_to_ascii(term);
    const bool changed = folded != term;
    if (changed) {
      // behind the old bytes, which the original may still need
      token.term_begin = static_cast<uint32_t>(tokens.mutable_bytes().size());
      token.term_length = static_cast<uint32_t>(folded.size());
      tokens.mutable_bytes() += folded;
    }
    result.push_back(token);
    if (changed && preserve_original_) result.push_back(original);
  }
  tokens.mutable_tokens() = std::move(result);
}

}  // namespace selene::index
