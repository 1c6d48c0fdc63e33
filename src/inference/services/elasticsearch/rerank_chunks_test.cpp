#include "inference/services/elasticsearch/rerank_chunks.h"

#include <gtest/gtest.h>

#include <string>

namespace selene::inference {
namespace {

std::string words(int count, std::string_view word) {
  std::string text;
  for (int i = 0; i < count; ++i) text.append(word).append(" ");
  return text.append("end. ");
}

TEST(RerankChunksTest, ChunkSizeIsWhatTheQueryLeaves) {
  EXPECT_EQ(rerank_chunk_words(0, 512), 381);    // .75 * 509 = 381.75
  EXPECT_EQ(rerank_chunk_words(10, 512), 371);   // 10 words are 14 tokens: .75 * 495 = 371.25
  EXPECT_EQ(rerank_chunk_words(400, 512), 192);  // no less than .75 * 256
  EXPECT_EQ(rerank_chunk_words(0, 1), 1);
}

TEST(RerankChunksTest, ShortDocumentsAreOneChunk) {
  const std::vector<std::string_view> inputs = {"one text", "", "another"};
  const DocumentChunks chunks = chunk_documents("query", inputs, 512, std::nullopt);
  EXPECT_EQ(chunks.texts, inputs);
  EXPECT_EQ(chunks.origins[2].document, 2);
  EXPECT_EQ(chunks.origins[2].bytes, (ByteSpan{0, 7}));
}

TEST(RerankChunksTest, LongOnesAreCutAndLimited) {
  const std::string text = words(300, "a") + words(300, "b") + words(300, "c");
  const std::vector<std::string_view> inputs = {text, "short"};
  const DocumentChunks all = chunk_documents("query", inputs, 512, std::nullopt);
  ASSERT_GT(all.texts.size(), 3U);
  EXPECT_EQ(all.origins.back().document, 1);
  const DocumentChunks two = chunk_documents("query", inputs, 512, 2);
  ASSERT_EQ(two.texts.size(), 3U);
  EXPECT_EQ(two.origins[1].document, 0);
  EXPECT_EQ(two.texts[1], all.texts[1]);
  EXPECT_EQ(two.texts[2], "short");
}

TEST(RerankChunksTest, BestChunkGivesTheScoreAndThePassage) {
  DocumentChunks chunks;
  chunks.texts = {"a", "b", "c", "d"};
  chunks.origins = {{0, {0, 5}}, {0, {5, 9}}, {0, {9, 12}}, {1, {0, 3}}};
  const std::vector<float> scores = {-1, 2, 2, -4};
  const std::vector<RankedDoc> best = best_chunks(chunks, scores);
  ASSERT_EQ(best.size(), 2U);
  EXPECT_EQ(best[0].relevance_score, 2);
  EXPECT_EQ(best[0].passage, (ByteSpan{5, 9}));
  EXPECT_EQ(best[1].index, 1);
  EXPECT_EQ(best[1].relevance_score, -4);
}

}  // namespace
}  // namespace selene::inference
