#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/retrievers/chunk_rescorer.h"
#include "search/retrievers/rerank_inputs.h"
#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"
#include "search/retrievers/stored_vectors.h"

namespace selene::search {

/// Re-ranks the child's first `rank_window_size` documents by what a rerank endpoint says of `inference_text` and the first value
/// of `field`, or the first values of several fields. Documents without any are dropped; one that has several texts has the score
/// of its best. `min_score` is compared with the model's own score, before it is mapped.
class TextSimilarityReranker final : public Retriever {
 public:
  static constexpr std::string_view kDefaultInferenceId = ".rerank-v1-elasticsearch";

  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);

  std::string_view type() const override { return "text_similarity_reranker"; }
  bool is_compound() const override { return true; }
  std::string_view name() const override { return base_.name; }
  int32_t rank_window_size() const override { return rank_window_size_; }
  void validate(RetrieverValidation& validation) const override;
  base::Status resolve(const ResolveContext& context) override;
  /// Errors: kResourceNotFound, kStatusBadRequest (no rerank endpoint), kIllegalArgument (its top_n is below the window).
  base::Status prepare(RetrieveContext& context) const override;
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override;
  base::Result<Explanation> explain(const ExplainContext& context, DocAddress doc) const override;
  std::optional<float> min_score() const override { return base_.min_score; }
  /// How a profile shows it.
  std::string_view inference_id() const { return inference_id_; }
  std::string field_text() const;
  /// "null" without one.
  std::string chunk_rescorer_text() const;

 private:
  /// Reads one of its own keys. False if it is none.
  base::Result<bool> read(const RetrieverParser& parser, base::JsonMember member);
  base::Status check_given() const;
  std::vector<base::JsonValue> filters_for_child(const std::vector<base::JsonValue>& pushed_filters) const;
  base::Result<RankDocs> rerank(RetrieveContext& context, const RankDocs& child, DocumentPassages& passages) const;
  base::Result<std::vector<inference::RankedDoc>> score(RetrieveContext& context, const std::vector<DocAddress>& documents,
                                                        const std::vector<RerankInput>& inputs) const;
  base::Result<std::vector<RerankInput>> inputs(RetrieveContext& context, const std::vector<DocAddress>& documents) const;
  bool wants_passages(const RetrieveContext& context) const;

  RetrieverBase base_;
  std::unique_ptr<Retriever> child_;
  std::string_view inference_id_ = kDefaultInferenceId;
  std::optional<std::string_view> inference_text_;
  std::vector<std::string> fields_;
  std::optional<FieldMode> field_mode_;
  std::optional<std::string_view> vector_field_;
  std::optional<StoredVectors> vectors_;  // of vector_field_, once resolved
  std::unique_ptr<const ChunkRescorer> chunk_rescorer_;
  int32_t rank_window_size_ = 10;
  bool allow_rerank_failures_ = false;
  bool explain_passages_ = false;
};

}  // namespace selene::search
