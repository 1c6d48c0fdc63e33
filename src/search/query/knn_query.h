#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "index/mapping/vector_options.h"
#include "search/query/knn_filter.h"
#include "search/query/knn_options.h"
#include "search/query/knn_searches.h"
#include "search/query/query.h"

namespace selene::search {

/// The nearest vectors: {"knn": {"field", "query_vector" | "query_vector_builder", "k", "num_candidates", "filter", "similarity",
/// "rescore_vector"}}. Finds at most k documents of an index, under `nested` k documents around; scores as nearness.h says. Its
/// filters, and those of aliases, act before the search. A semantic_text field whose endpoint gives vectors is searched by its
/// chunks, for documents. Source: Elasticsearch's documentation of the knn query.
class KnnQuery final : public Query {
 public:
  /// The query form.
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  /// One element of the body key `knn`; its k best are those of all indices together.
  static base::Result<QueryPtr> parse_search(QueryParser& parser, base::JsonValue body);
  /// The body of a retriever: as parse_search, with `filter`, `min_score` and `_name` left to the retriever.
  static base::Result<QueryPtr> parse_retriever(QueryParser& parser, base::JsonValue body);

  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override;
  /// More filters that act before the search. Before the first `weight`.
  void add_filters(std::vector<QueryPtr> filters);

  /// The search in one index, not limited to what is best of all indices.
  base::Result<KnnShard> search_shard(const BindContext& context) const;
  /// Tells the searches of one request apart; the same retriever or body key parsed again is the same search.
  uint64_t id() const { return id_; }
  /// Whether k counts over all indices of the request.
  bool best_of_all() const { return best_of_all_; }
  int32_t k(const BindContext& context) const;
  std::optional<float> similarity() const { return options_.similarity; }
  /// `inner_hits` of the body key: the objects around a vector, nearest first.
  std::optional<InnerHits> inner_hits() const override;

  /// What is searched for in one index.
  struct Target {
    const index::MappedField* field = nullptr;  ///< a dense_vector that is indexed; of a semantic_text the embeddings of its chunks
    std::vector<float> vector;                  ///< of its dimensions
  };
  /// Empty if the index has no such vectors. Errors: kIllegalArgument (wrong type of field, wrong vector), those of inference.
  base::Result<std::optional<Target>> target_in(const BindContext& context) const;
  /// Its own filters and those of aliases. `path`: of the nested objects that hold the vectors; empty: the documents do.
  base::Result<KnnFilters> bind_filters(const BindContext& context, std::string_view path) const;

 private:
  static base::Result<QueryPtr> parse_form(QueryParser& parser, base::JsonValue body, KnnForm form);
  int32_t num_candidates(const BindContext& context) const;
  base::Result<std::vector<float>> query_vector(const BindContext& context, const index::MappedField& named,
                                                const index::VectorOptions& options) const;

  KnnOptions options_;
  std::vector<QueryPtr> filters_;
  std::vector<base::JsonValue> filter_bodies_;  ///< of those that came with the query itself
  bool best_of_all_ = false;
  uint64_t id_ = 0;
  std::unique_ptr<const Query> exact_;  ///< of inner hits; null: none asked for
};

}  // namespace selene::search
