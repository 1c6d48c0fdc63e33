#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/types/inference_types.h"

namespace selene::inference {

/// Documents as the chunks that a cross-encoder reads instead of them.
struct DocumentChunks {
  struct Origin {
    int32_t document = 0;
    ByteSpan bytes;
  };
  std::vector<std::string_view> texts;
  std::vector<Origin> origins;  ///< of each text; documents ascending
};

/// Words of a chunk that fits the model beside the query: three quarters of the tokens that query and special tokens leave, at
/// least three quarters of half of them all.
/// Source: Elasticsearch's `long_document_strategy: chunk`, whose models take 512 tokens.
int32_t rerank_chunk_words(size_t query_words, int32_t max_input_tokens);

/// Cuts each input into sentence chunks of that size, one sentence in common, and keeps its first `max_chunks_per_doc`. At least
/// one chunk for each input.
DocumentChunks chunk_documents(std::string_view query, std::span<const std::string_view> inputs, int32_t max_input_tokens,
                               std::optional<int32_t> max_chunks_per_doc);

/// The best chunk of each document: the first of equal ones.  REQUIRES: one score for each text, each document has a chunk.
std::vector<RankedDoc> best_chunks(const DocumentChunks& chunks, std::span<const float> scores);

}  // namespace selene::inference
