#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "search/query/knn_options.h"
#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"

namespace selene::search {

/// Keeps `size` of the child's documents, chosen by maximal marginal relevance over the vectors of a dense_vector field, in the
/// child's order with the child's scores. Relevance is the similarity to the query vector, without one the child's score. Of a
/// semantic_text field the nearest of `top_n_chunks` chunks count: those nearest the query vector, without one the first. Documents
/// without a vector are left out.
class DiversifyRetriever final : public Retriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);
  std::string_view type() const override { return "diversify"; }
  bool is_compound() const override { return true; }
  std::string_view name() const override { return base_.name; }
  int32_t rank_window_size() const override { return rank_window_size_; }
  std::optional<float> min_score() const override { return base_.min_score; }
  void validate(RetrieverValidation& validation) const override;
  /// Errors: kIllegalArgument (the field holds no vectors).
  base::Status resolve(const ResolveContext& context) override;
  base::Status prepare(RetrieveContext& context) const override { return child_->prepare(context); }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override;
  base::Result<Explanation> explain(const ExplainContext& context, DocAddress doc) const override;

 private:
  struct Candidate {
    RankDoc doc;
    std::vector<std::vector<float>> vectors;  ///< of equal length; several: of chunks
    const index::VectorOptions* options;
  };
  base::Status read_key(const RetrieverParser& parser, base::JsonMember member);
  base::Status check() const;
  base::Result<std::vector<Candidate>> candidates(const RankDocs& docs) const;
  base::Result<std::vector<float>> query_vector(const RetrieveContext& context, const index::VectorOptions& options) const;
  /// Keeps the best chunks of each.
  base::Result<std::vector<float>> relevance(const RetrieveContext& context, std::vector<Candidate>& candidates) const;
  base::Status check_field(const index::Snapshot& snapshot);

  RetrieverBase base_;
  std::unique_ptr<Retriever> child_;
  std::string_view diversification_;  ///< `type`: "mmr"
  std::string_view field_;
  std::optional<float> lambda_;
  KnnOptions vector_;  ///< `query_vector`, `query_vector_builder`
  bool has_vector_ = false;
  int32_t size_ = 10;
  int32_t rank_window_size_ = 10;
  int32_t top_n_chunks_ = 100;
  std::vector<const index::Snapshot*> snapshots_;  ///< by shard; of the request
};

}  // namespace selene::search
