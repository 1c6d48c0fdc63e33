#include "inference/endpoints/inference_answer.h"

#include <algorithm>

#include "base/json/json_writer.h"

namespace selene::inference {

std::string render_rerank(RerankResult result, const std::vector<std::string_view>& inputs) {
  std::vector<RankedDoc>& docs = result.docs;
  std::stable_sort(docs.begin(), docs.end(), [](const RankedDoc& a, const RankedDoc& b) {
    return a.relevance_score != b.relevance_score ? a.relevance_score > b.relevance_score : a.index < b.index;
  });
  if (result.top_n.has_value()) docs.resize(std::min(docs.size(), static_cast<size_t>(*result.top_n)));
  base::JsonWriter out;
  out.begin_object().key("rerank").begin_array();
  for (const RankedDoc& doc : docs) {
    out.begin_object().field("index", doc.index).field("relevance_score", doc.relevance_score);
    if (result.return_documents) out.field("text", inputs[static_cast<size_t>(doc.index)]);
    out.end_object();
  }
  return out.end_array().end_object().take();
}

std::string render_text_embedding(const std::vector<std::vector<float>>& vectors, std::string_view element_type) {
  const bool whole = element_type == "byte" || element_type == "bit";
  base::JsonWriter out;
  out.begin_object();
  out.key(!whole ? "text_embedding" : element_type == "byte" ? "text_embedding_bytes" : "text_embedding_bits").begin_array();
  for (const std::vector<float>& vector : vectors) {
    out.begin_object().key("embedding").begin_array();
    for (const float element : vector) whole ? out.value(static_cast<int32_t>(element)) : out.value(element);
    out.end_array().end_object();
  }
  return out.end_array().end_object().take();
}

std::string render_sparse_embedding(const std::vector<SparseEmbedding>& embeddings) {
  base::JsonWriter out;
  out.begin_object().key("sparse_embedding").begin_array();
  for (const SparseEmbedding& embedding : embeddings) {
    out.begin_object().field("is_truncated", embedding.is_truncated).key("embedding").begin_object();
    for (const TokenWeight& token : embedding.tokens) out.field(token.token, token.weight);
    out.end_object().end_object();
  }
  return out.end_array().end_object().take();
}

}  // namespace selene::inference
