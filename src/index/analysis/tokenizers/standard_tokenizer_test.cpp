#include "index/analysis/tokenizers/standard_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "index/analysis/analysis_test_support.h"
#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

using testing::ElementsAre;

TokenBuffer tokenize(std::string_view text, uint32_t max_token_length = 255) {
  TokenBuffer tokens;
  StandardTokenizer(max_token_length).tokenize(text, tokens);
  return tokens;
}
std::vector<std::string> terms(std::string_view text) { return terms_of(tokenize(text)); }
std::vector<std::string> typed(std::string_view text) {
  const TokenBuffer tokens = tokenize(text);
  std::vector<std::string> result;
  for (const auto& token : tokens.tokens())
    result.push_back(base::format("{} {}", tokens.term(token), token_type_name(token.type)));
  return result;
}

TEST(StandardTokenizerTest, LettersAndDigitsMakeWords) {
  EXPECT_THAT(terms("The 2 QUICK Brown-Foxes jumped."), ElementsAre("The", "2", "QUICK", "Brown", "Foxes", "jumped"));
  EXPECT_THAT(terms("B2B a1 1a"), ElementsAre("B2B", "a1", "1a"));
  EXPECT_THAT(terms(""), ElementsAre());
  EXPECT_THAT(terms(" .,;:'\"!?-+*#()[]{}<>@/\\|~^`$%&="), ElementsAre());
}

TEST(StandardTokenizerTest, MidLettersJoinLettersOnly) {
  EXPECT_THAT(terms("can't O'Reilly's foo.bar a:b"), ElementsAre("can't", "O'Reilly's", "foo.bar", "a:b"));
  EXPECT_THAT(terms("a,b a;b a.1 1.a 'a' a..b a.'b"), ElementsAre("a", "b", "a", "b", "a", "1", "1", "a", "a", "a", "b", "a", "b"));
  EXPECT_THAT(terms("don\u2019t a\u00B7b"), ElementsAre("don\u2019t", "a\u00B7b"));
}

TEST(StandardTokenizerTest, MidNumbersJoinDigitsOnly) {
  EXPECT_THAT(terms("3.14 1,000.5 1;2 1'2"), ElementsAre("3.14", "1,000.5", "1;2", "1'2"));
  EXPECT_THAT(terms("1:2 1.,2 12:30"), ElementsAre("1", "2", "1", "2", "12", "30"));
}

TEST(StandardTokenizerTest, UnderscoresConnectButMakeNoToken) {
  EXPECT_THAT(terms("a_b _a_ __ 1_2 a_.b"), ElementsAre("a_b", "_a_", "1_2", "a_", "b"));
  EXPECT_THAT(typed("_1_"), ElementsAre("_1_ <NUM>"));
}

TEST(StandardTokenizerTest, TypesAreLucenes) {
  EXPECT_THAT(typed("word 42 a42"), ElementsAre("word <ALPHANUM>", "42 <NUM>", "a42 <ALPHANUM>"));
  EXPECT_THAT(typed("我是"), ElementsAre("我 <IDEOGRAPHIC>", "是 <IDEOGRAPHIC>"));
  EXPECT_THAT(typed("ひら"), ElementsAre("ひ <HIRAGANA>", "ら <HIRAGANA>"));
  EXPECT_THAT(typed("カタカナー ｶﾅ"), ElementsAre("カタカナー <KATAKANA>", "ｶﾅ <KATAKANA>"));
  EXPECT_THAT(typed("안녕하세요 한글"), ElementsAre("안녕하세요 <HANGUL>", "한글 <HANGUL>"));
  EXPECT_THAT(typed("การที่ได้ ລາວ"), ElementsAre("การที่ได้ <SOUTHEAST_ASIAN>", "ລາວ <SOUTHEAST_ASIAN>"));
  EXPECT_THAT(typed("한a"), ElementsAre("한a <ALPHANUM>"));
  EXPECT_THAT(typed("カ_カ"), ElementsAre("カ_カ <ALPHANUM>"));
}

TEST(StandardTokenizerTest, LanguagesFollowUax29) {
  EXPECT_THAT(terms("Вікіпедія: вільна енциклопедія"), ElementsAre("Вікіпедія", "вільна", "енциклопедія"));
  EXPECT_THAT(terms("الفيلم الوثائقي الأول"), ElementsAre("الفيلم", "الوثائقي", "الأول"));
  EXPECT_THAT(terms("ירושלים צה\"ל ג'ירפה א'"), ElementsAre("ירושלים", "צה\"ל", "ג'ירפה", "א'"));
  EXPECT_THAT(terms("हिन्दी भाषा"), ElementsAre("हिन्दी", "भाषा"));
  EXPECT_THAT(terms("Γράφεται σε συνεργασία"), ElementsAre("Γράφεται", "σε", "συνεργασία"));
  EXPECT_THAT(terms("東京タワーへ行くUFO"), ElementsAre("東", "京", "タワー", "へ", "行", "く", "UFO"));
  EXPECT_THAT(terms("e\u0301te\u0301 na\u00EFve"), ElementsAre("e\u0301te\u0301", "na\u00EFve"));
}

TEST(StandardTokenizerTest, EmojiSequencesAreOneToken) {
  EXPECT_THAT(typed("💩 💩💩"), ElementsAre("💩 <EMOJI>", "💩 <EMOJI>", "💩 <EMOJI>"));
  EXPECT_THAT(typed("👩‍❤️‍👩 👨‍👩‍👧‍👦"),
              ElementsAre("👩‍❤️‍👩 <EMOJI>", "👨‍👩‍👧‍👦 <EMOJI>"));
  EXPECT_THAT(typed("🚣🏽‍♀️"), ElementsAre("🚣🏽‍♀️ <EMOJI>"));
  EXPECT_THAT(typed("🇺🇸🇺🇸 3️⃣ #⃣"), ElementsAre("🇺🇸 <EMOJI>", "🇺🇸 <EMOJI>", "3️⃣ <EMOJI>", "#⃣ <EMOJI>"));
  EXPECT_THAT(typed("🏴󠁧󠁢󠁥󠁮󠁧󠁿"), ElementsAre("🏴󠁧󠁢󠁥󠁮󠁧󠁿 <EMOJI>"));
  EXPECT_THAT(typed("poo💩poo"), ElementsAre("poo <ALPHANUM>", "💩 <EMOJI>", "poo <ALPHANUM>"));
  EXPECT_THAT(typed("💩中国"), ElementsAre("💩 <EMOJI>", "中 <IDEOGRAPHIC>", "国 <IDEOGRAPHIC>"));
  EXPECT_THAT(typed("3 #"), ElementsAre("3 <NUM>"));
}

TEST(StandardTokenizerTest, OffsetsCountUtf16Units) {
  EXPECT_THAT(describe(tokenize("é 💩 b")), ElementsAre("é@0[0-1]", "💩@1[2-4]", "b@2[5-6]"));
  EXPECT_THAT(describe(tokenize("\xF0\x90\x90\x80x y")), ElementsAre("\xF0\x90\x90\x80x@0[0-3]", "y@1[4-5]"));
}

TEST(StandardTokenizerTest, LongTokensAreCut) {
  EXPECT_THAT(terms_of(tokenize("abcdefg hi", 3)), ElementsAre("abc", "def", "g", "hi"));
  EXPECT_THAT(terms_of(tokenize("ab'cd", 3)), ElementsAre("ab", "cd"));
  EXPECT_THAT(describe(tokenize("éééé", 3)), ElementsAre("ééé@0[0-3]", "é@1[3-4]"));
  const std::string long_word(256, 'x');
  EXPECT_EQ(tokenize(long_word).tokens().size(), 2U);
  EXPECT_EQ(tokenize(long_word).tokens()[0].term_length, 255U);
}

TEST(StandardTokenizerTest, IllFormedBytesAreSkipped) {
  EXPECT_THAT(describe(tokenize("a\xFF\xC3 b")), ElementsAre("a@0[0-1]", "b@1[4-5]"));
}

TEST(StandardTokenizerTest, FastPathEqualsRules) {
  rc::check("on random mixes", [] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a", "Z", "7", "_", "'", ".", ":", ",", ";", "\"", " ", "-", "#", "*", "é", "\u0301", "א",
                                      "カ", "漢", "💩", "\u200D", "\uFE0F", "\u20E3", "ก", "\xFF"));
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    const auto max_token_length = *rc::gen::element<uint32_t>(2U, 5U, 255U);
    TokenBuffer expected;
    tokenize_by_rules(text, max_token_length, expected);
    RC_ASSERT(describe(tokenize(text, max_token_length)) == describe(expected));
  });
}

}  // namespace
}  // namespace selene::index
