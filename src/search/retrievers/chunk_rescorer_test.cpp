#include "search/retrievers/chunk_rescorer.h"

#include <gtest/gtest.h>

namespace selene::search {
namespace {

base::Result<std::unique_ptr<const ChunkRescorer>> parse(std::string_view json) {
  const auto document = base::JsonDocument::parse(json).value();
  return ChunkRescorer::parse(document.root());
}

std::vector<size_t> best(int32_t size, std::string_view query, const std::vector<std::string_view>& chunks) {
  const auto rescorer = parse(R"({"size":)" + std::to_string(size) + "}").value();
  return rescorer->best_chunks(query, chunks);
}

TEST(ChunkRescorerTest, ChunkThatSharesTheMostWithTheQueryIsBest) {
  EXPECT_EQ(best(1, "moon and sun", {"a lake", "the moon", "the moon and the sun", "sun"}), (std::vector<size_t>{2}));
  EXPECT_EQ(best(2, "moon and sun", {"a lake", "the moon", "the moon and the sun", "sun"}), (std::vector<size_t>{2, 3}));
}

TEST(ChunkRescorerTest, RareWordsOfTheDocumentWeighMore) {
  EXPECT_EQ(best(1, "moon eclipse", {"moon x", "moon y", "eclipse z", "moon w"}), (std::vector<size_t>{2}));
}

TEST(ChunkRescorerTest, ShorterChunkIsBetterAtTheSameWords) {
  EXPECT_EQ(best(2, "moon", {"moon a b c d e f g h i j k l", "moon a"}), (std::vector<size_t>{1, 0}));
}

TEST(ChunkRescorerTest, EqualOnesKeepTheOrderOfTheText) {
  EXPECT_EQ(best(3, "moon", {"x", "moon a", "moon b"}), (std::vector<size_t>{1, 2}));
}

TEST(ChunkRescorerTest, WithoutCommonWordsTheFirstOneStandsForAll) {
  EXPECT_EQ(best(3, "moon", {"a", "b", "c"}), (std::vector<size_t>{0}));
  EXPECT_EQ(best(3, "", {"a", "b"}), (std::vector<size_t>{0}));
  EXPECT_EQ(best(3, "moon", {""}), (std::vector<size_t>{0}));
}

TEST(ChunkRescorerTest, WordsAreThoseOfTheStandardAnalyzer) {
  EXPECT_EQ(best(1, "Moon", {"x", "MOON!"}), (std::vector<size_t>{1}));
  EXPECT_EQ(best(1, "moons", {"moon", "moons"}), (std::vector<size_t>{1}));
}

TEST(ChunkRescorerTest, DefaultIsSentencesOfTheEndpointsWindow) {
  const auto chunks = parse("{}").value()->chunker(2).value().chunk("One two. Three four.");
  ASSERT_EQ(chunks.size(), 2U);
  EXPECT_EQ(chunks[1].start_offset, 9);
  EXPECT_EQ(parse(R"({"chunking_settings":{}})").value()->chunker(2).value().chunk("One two. Three four.").size(), 2U);
}

TEST(ChunkRescorerTest, SizeAloneMeansSentencesWithoutOverlap) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "Word. ";
  const auto chunks = parse(R"({"chunking_settings":{"max_chunk_size":20}})").value()->chunker(300).value().chunk(text);
  ASSERT_EQ(chunks.size(), 2U);
  EXPECT_EQ(chunks[0].end_offset, chunks[1].start_offset);
}

TEST(ChunkRescorerTest, BadSettingsAreRefused) {
  const auto reason = [](std::string_view json) { return parse(json).error().reason(); };
  EXPECT_EQ(reason(R"({"size":0})"), "size must be greater than 0, was: 0");
  EXPECT_EQ(reason(R"({"size":-3})"), "size must be greater than 0, was: -3");
  EXPECT_EQ(reason(R"({"window":3})"), "[chunk_rescorer] unknown field [window]");
  EXPECT_EQ(
      reason(R"({"chunking_settings":{"max_chunk_size":5}})"),
      "Validation Failed: 1: [chunking_settings] Invalid value [5]. [max_chunk_size] must be a greater than or equal to [20];");
  EXPECT_EQ(reason(R"({"chunking_settings":{"strategy":"x"}})"), "Validation Failed: 1: Invalid chunkingStrategy x;");
}

}  // namespace
}  // namespace selene::search
