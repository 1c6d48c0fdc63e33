#include "models/tokenizers/tokenizer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

namespace selene::models {
namespace {

constexpr std::string_view kVocab =
    R"("vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"moon":4,"sun":5,"##s":6,"hide":7,"a":8,"##b":9,"?":10})";

std::string tokenizer_json(std::string_view more = {}) {
  std::string json = R"({"normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"},)";
  if (more.find("post_processor") == std::string_view::npos) {
    json += R"("post_processor":{"type":"BertProcessing","cls":["[CLS]",2],"sep":["[SEP]",3]},)";
  }
  json += more;
  return json + R"("model":{"type":"WordPiece","unk_token":"[UNK]",)" + std::string(kVocab) + "}}";
}

std::unique_ptr<Tokenizer> make(const std::string& json = tokenizer_json()) {
  auto tokenizer = Tokenizer::parse(json);
  EXPECT_TRUE(tokenizer.has_value()) << tokenizer.error().reason();
  return tokenizer.has_value() ? std::move(*tokenizer) : nullptr;
}

std::vector<int32_t> ids_of(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<int32_t> ids;
  tokenizer.encode(text, SIZE_MAX, ids);
  return ids;
}

using Ids = std::vector<int32_t>;

TEST(TokenizerTest, PairHasSpecialTokensAndTypes) {
  const auto encoding = make()->encode_pair("Moons?", "Sun hide", {.max_length = 512});
  ASSERT_TRUE(encoding.has_value());
  EXPECT_EQ(encoding->ids, (Ids{2, 4, 6, 10, 3, 5, 7, 3}));
  EXPECT_EQ(encoding->type_ids, (Ids{0, 0, 0, 0, 0, 1, 1, 1}));
  EXPECT_FALSE(encoding->truncated);
  EXPECT_TRUE(encoding->offsets.empty());
}

TEST(TokenizerTest, SingleTextIsCutToItsLength) {
  const auto tokenizer = make();
  const Encoding whole = tokenizer->encode_single("moon sun", 4);
  EXPECT_EQ(whole.ids, (Ids{2, 4, 5, 3}));
  EXPECT_FALSE(whole.truncated);
  const Encoding cut = tokenizer->encode_single("moon suns", 4, Offsets::kKeep);
  EXPECT_EQ(cut.ids, (Ids{2, 4, 5, 3}));
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.offsets, (std::vector<std::pair<uint32_t, uint32_t>>{{0, 0}, {0, 4}, {5, 8}, {0, 0}}));
}

TEST(TokenizerTest, MarkThatStaysHasTheOriginOfThePlaceItCameTo) {
  // U+1D172 (combining class 216) stays and comes before U+0323 (220), which goes; numbers of `tokenizers` 0.23.3.
  const Encoding encoding = make()->encode_single("a \u0323\U0001D172x", 8, Offsets::kKeep);
  EXPECT_EQ(encoding.ids, (Ids{2, 8, 1, 3}));
  EXPECT_EQ(encoding.offsets, (std::vector<std::pair<uint32_t, uint32_t>>{{0, 0}, {0, 1}, {2, 9}, {0, 0}}));
}

TEST(TokenizerTest, ThreadsThatShareATokenizerGetTheIdsOfOne) {
  const auto tokenizer = make(R"({"pre_tokenizer":{"type":"Whitespace"},"model":{"type":"WordPiece","unk_token":"[UNK]",)" +
                              std::string(kVocab) + "}}");
  const std::vector<std::string> texts = {"moons hide a sun ?", "suns", "ab moon moon strange words", "? ? hides moons"};
  std::vector<Ids> expected;
  for (const std::string& text : texts) expected.push_back(ids_of(*tokenizer, text));
  std::vector<std::thread> threads;
  std::atomic<int> num_other = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (size_t round = 0; round < 500; ++round) {
        const size_t n = round % texts.size();
        if (ids_of(*tokenizer, texts[n]) != expected[n]) ++num_other;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_other, 0);
}

TEST(TokenizerTest, EncodeAppendsAtMostSoManyTokens) {
  const auto tokenizer = make();
  Ids ids = {77};
  tokenizer->encode("suns suns", 3, ids);
  EXPECT_EQ(ids, (Ids{77, 5, 6, 5}));
  tokenizer->encode("moon", 0, ids);
  EXPECT_EQ(ids.size(), 4u);
}

TEST(TokenizerTest, IllFormedBytesReadAsReplacementCharacters) {
  const auto tokenizer = make();
  // clean_text takes U+FFFD away, so the word goes on.
  EXPECT_EQ(ids_of(*tokenizer, "mo\xFFon"), Ids{4});
  EXPECT_EQ(ids_of(*tokenizer, "mo\xED\xA0\x80on su\xF0\x9F"), (Ids{4, 1}));
  EXPECT_EQ(ids_of(*tokenizer, "sun\xC3"), Ids{5});
  const auto kept = make(R"({"pre_tokenizer":{"type":"BertPreTokenizer"},"model":{"type":"WordPiece","unk_token":"[UNK]",)" +
                         std::string(kVocab) + "}}");
  EXPECT_EQ(ids_of(*kept, "mo\xFFon"), Ids{1});
}

TEST(TokenizerTest, AddedTokensAreFoundWithTheirRules) {
  const auto tokenizer = make(tokenizer_json(
      R"("added_tokens":[{"id":2,"content":"[CLS]","special":true},{"id":20,"content":"<m>","lstrip":true,"rstrip":true,"normalized":false},
      {"id":21,"content":"<m>x","normalized":false},{"id":22,"content":"Hide","single_word":true,"normalized":true}],)"));
  EXPECT_EQ(ids_of(*tokenizer, "[CLS]moon"), (Ids{2, 4}));
  EXPECT_EQ(ids_of(*tokenizer, "[cls]"), (Ids{1, 1, 1}));
  EXPECT_EQ(ids_of(*tokenizer, "moon <m>  sun<m>x"), (Ids{4, 20, 5, 21}));
  EXPECT_EQ(ids_of(*tokenizer, "HIDE ahide"), (Ids{22, 1})) << "matched behind the normalizer, as a word";
  EXPECT_EQ(tokenizer->vocab_size(), 23);
  EXPECT_EQ(tokenizer->token_id("<m>"), 20);
  EXPECT_EQ(tokenizer->token(21), "<m>x");
  EXPECT_EQ(tokenizer->token(4), "moon");
  EXPECT_EQ(tokenizer->token(15), "");
  EXPECT_EQ(tokenizer->token(-1), "");
  EXPECT_EQ(tokenizer->token_id("nothing"), -1);
  EXPECT_EQ(tokenizer->pad_id(), 0);
}

TEST(TokenizerTest, WithoutPostProcessorThePairIsJoined) {
  const auto tokenizer = make(tokenizer_json(R"("post_processor":null,)"));
  const auto pair = tokenizer->build_pair(Ids{4}, Ids{5, 6}, {.max_length = 2, .truncation = Truncation::kOnlySecond});
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->ids, (Ids{4, 5}));
  EXPECT_EQ(pair->type_ids, (Ids{0, 1}));
  EXPECT_TRUE(pair->truncated);
}

TEST(TokenizerTest, TruncationOfTheFileIsNotFollowed) {
  const auto tokenizer = make(tokenizer_json(
      R"("truncation":{"max_length":1,"strategy":"LongestFirst","stride":0,"direction":"Right"},"padding":{"pad_id":3},)"));
  EXPECT_EQ(tokenizer->encode_single("moon sun", 99).ids, (Ids{2, 4, 5, 3}));
  EXPECT_EQ(tokenizer->pad_id(), 3);
}

TEST(TokenizerTest, APairThatCannotHoldItsPartsIsRefused) {
  const auto tokenizer = make();
  const auto no_room = tokenizer->encode_pair("moon", "sun", {.max_length = 2});
  ASSERT_FALSE(no_room.has_value());
  EXPECT_EQ(no_room.error().reason(), "a pair of at most [2] tokens cannot hold the [3] special tokens");
  EXPECT_FALSE(tokenizer->encode_pair("moon", "sun", {.max_length = 4}).has_value());
  EXPECT_FALSE(tokenizer->encode_pair("moon", "sun", {.max_length = -7}).has_value());
  EXPECT_TRUE(tokenizer->encode_pair("moon", "sun", {.max_length = 5}).has_value());
}

void expect_refused(const std::string& json, base::ErrorCode code, std::string_view part) {
  const auto tokenizer = Tokenizer::parse(json);
  ASSERT_FALSE(tokenizer.has_value()) << json;
  EXPECT_EQ(tokenizer.error().code(), code) << tokenizer.error().reason();
  EXPECT_NE(tokenizer.error().reason().find(part), std::string::npos) << tokenizer.error().reason();
}

TEST(TokenizerTest, WhatIsUnknownIsNamed) {
  using base::ErrorCode;
  expect_refused("{", ErrorCode::kIllegalArgument, "not a JSON text");
  expect_refused("[]", ErrorCode::kIllegalArgument, "[model]");
  expect_refused(R"({"model":{"type":"Phlogiston"}})", ErrorCode::kIllegalArgument, "[Phlogiston]");
  expect_refused(R"({"model":{"type":"WordPiece","unk_token":"a","vocab":{"a":-1}}})", ErrorCode::kIllegalArgument, "[-1]");
  expect_refused(R"({"model":{"type":"WordPiece","unk_token":"a","vocab":{"a":2000000000}}})", ErrorCode::kIllegalArgument,
                 "far beyond");
  expect_refused(R"({"model":{"type":"WordPiece","unk_token":"b","vocab":{"a":0}}})", ErrorCode::kIllegalArgument,
                 "[model.unk_token]");
  expect_refused(tokenizer_json(R"("post_processor":{"type":"Aether"},)"), ErrorCode::kIllegalArgument, "[Aether]");
  expect_refused(
      tokenizer_json(
          R"("post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[X]","type_id":0}}],"pair":[],"special_tokens":{}},)"),
      ErrorCode::kIllegalArgument, "[X]");
  expect_refused(tokenizer_json(R"("added_tokens":[{"content":"x"}],)"), ErrorCode::kIllegalArgument, "[x]");
  std::string deep = R"("post_processor":)";
  for (int i = 0; i < 100; ++i) deep += R"({"type":"Sequence","processors":[)";
  for (int i = 0; i < 100; ++i) deep += "]}";
  expect_refused(tokenizer_json(deep + ","), ErrorCode::kIllegalArgument, "[Sequence]");
}

TEST(TokenizerTest, StepsThatAreUnknownAreNamed) {
  const auto with = [](std::string_view part) {
    return R"({)" + std::string(part) + R"(,"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",-1]]}})";
  };
  using base::ErrorCode;
  expect_refused(with(R"("normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Ether"}]})"),
                 ErrorCode::kIllegalArgument, "unknown normalizer [Ether]");
  expect_refused(with(R"("normalizer":{"type":"Replace","pattern":{"Regex":"(a+)+$"},"content":""})"), ErrorCode::kIllegalArgument,
                 "unsupported pattern [(a+)+$]");
  expect_refused(with(R"("normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAB"})"), ErrorCode::kIllegalArgument,
                 "precompiled_charsmap");
  expect_refused(with(R"("pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a+)+$"},"behavior":"Isolated"})"),
                 ErrorCode::kIllegalArgument, "supported are those of [GPT-2, Qwen 2, Llama 3]");
  expect_refused(with(R"("pre_tokenizer":{"type":"ByteLevel"})"), ErrorCode::kIllegalArgument, "not with [Unigram]");
  expect_refused(R"({"model":{"type":"Unigram","unk_id":7,"vocab":[["a",-1]]}})", ErrorCode::kIllegalArgument, "[model.unk_id]");
  expect_refused(R"({"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}})", ErrorCode::kIllegalArgument, "joins [a] and [b]");
  expect_refused(R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}})", ErrorCode::kIllegalArgument,
                 "[model.dropout]");
}

/// A quadratic time over these would take minutes.
TEST(TokenizerTest, LongHostileTextsTakeLinearTime) {
  std::string marks;
  for (int i = 0; i < 100'000; ++i) marks += i % 2 == 0 ? "\u0345" : "\u0316";
  std::string kept_marks;
  for (int i = 0; i < 100'000; ++i) kept_marks += i % 2 == 0 ? "\u302E" : "\U0001D165";
  const std::string one_word(300'000, 'a');
  const std::string blanks(300'000, ' ');
  const auto bpe = make(
      R"({"normalizer":{"type":"NFC"},"pre_tokenizer":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"a":0,"aa":1,"aaaa":2,"\u0120":3},"merges":["a a","aa aa"]}})");
  const auto bert = make(tokenizer_json(R"("added_tokens":[{"id":20,"content":"x","normalized":true}],)"));
  for (const std::string& text : {marks, kept_marks, one_word, blanks}) {
    ids_of(*bpe, text);
    ids_of(*bert, text);
  }
  EXPECT_EQ(ids_of(*bpe, "aaaaaaa"), (Ids{3, 2, 1, 0}));
}

TEST(TokenizerTest, AFileThatIsNotThereIsNamed) {
  const auto tokenizer = Tokenizer::load("/nowhere/tokenizer.json");
  ASSERT_FALSE(tokenizer.has_value());
  EXPECT_EQ(tokenizer.error().code(), base::ErrorCode::kResourceNotFound);
}

TEST(TokenizerTest, DamagedFilesAreRefusedOrStillTokenize) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 rng(seed);
  for (int i = 0; i < 500; ++i) {
    std::string json = tokenizer_json(R"("added_tokens":[{"id":20,"content":"<m>","normalized":true}],)");
    for (int n = 0; n <= i % 4; ++n) {
      const size_t at = rng() % json.size();
      if (rng() % 3 == 0) {
        json.erase(at, rng() % 12);
      } else {
        json[at] = "{}[]\",:0a9\\"[rng() % 11];
      }
    }
    const auto tokenizer = Tokenizer::parse(json);
    if (tokenizer.has_value()) (*tokenizer)->encode_single("Moons <m> hide\xFF?", 8, Offsets::kKeep);
  }
}

}  // namespace
}  // namespace selene::models
