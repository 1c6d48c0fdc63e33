#include "inference/services/elasticsearch/rerank_chunks.h"

#include <algorithm>
#include <cmath>

#include "inference/chunking/chunker.h"

namespace selene::inference {

int32_t rerank_chunk_words(size_t query_words, int32_t max_input_tokens) {
  constexpr double kWordsPerToken = 0.75;
  constexpr double kSpecialTokens = 3;
  const double query_tokens = std::ceil(static_cast<double>(query_words) / kWordsPerToken);
  const double left = kWordsPerToken * (static_cast<double>(max_input_tokens) - kSpecialTokens - query_tokens);
  const double least = kWordsPerToken * (static_cast<double>(max_input_tokens) / 2);
  return std::max(1, static_cast<int32_t>(std::max(left, least)));
}

DocumentChunks chunk_documents(std::string_view query, std::span<const std::string_view> inputs, int32_t max_input_tokens,
                               std::optional<int32_t> max_chunks_per_doc) {
  const int32_t words = rerank_chunk_words(find_words(query).size(), max_input_tokens);
  const ChunkingSettings settings{ChunkingStrategy::kSentence, words, 1, {}};
  const auto chunker = Chunker::create(settings);  // has no separators, so nothing can be wrong with them
  DocumentChunks chunks;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::vector<Chunk> cut = chunker->chunk(inputs[i]);
    if (max_chunks_per_doc.has_value()) cut.resize(std::min(cut.size(), static_cast<size_t>(*max_chunks_per_doc)));
    for (const Chunk& chunk : cut) {
      chunks.texts.push_back(inputs[i].substr(chunk.bytes.begin, chunk.bytes.end - chunk.bytes.begin));
      chunks.origins.push_back({static_cast<int32_t>(i), chunk.bytes});
    }
  }
  return chunks;
}

std::vector<RankedDoc> best_chunks(const DocumentChunks& chunks, std::span<const float> scores) {
  std::vector<RankedDoc> best;
  for (size_t i = 0; i < scores.size(); ++i) {
    const DocumentChunks::Origin& origin = chunks.origins[i];
    if (best.empty() || best.back().index != origin.document) {
      best.push_back({origin.document, scores[i], origin.bytes});
    } else if (scores[i] > best.back().relevance_score) {
      best.back() = {origin.document, scores[i], origin.bytes};
    }
  }
  return best;
}

}  // namespace selene::inference
