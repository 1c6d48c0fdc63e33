#pragma once

#include <memory>
#include <string_view>

#include "search/retrievers/fusion_tree.h"

namespace selene::search {

/// Reciprocal rank fusion of `retrievers`, or of what `query` and `fields` find: see combine_rrf. `min_score` is compared with the
/// fused score.
class RrfRetriever final : public Retriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);
  std::string_view type() const override { return "rrf"; }
  bool is_compound() const override { return true; }
  std::string_view name() const override { return tree_.base.name; }
  int32_t rank_window_size() const override { return tree_.rank_window_size; }
  std::optional<float> min_score() const override { return tree_.base.min_score; }
  void validate(RetrieverValidation& validation) const override { validate_fusion(*this, tree_, validation); }
  base::Status resolve(const ResolveContext& context) override;
  base::Status prepare(RetrieveContext& context) const override { return prepare_fusion(tree_, context); }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override {
    collect_fusion_leaves(tree_, pushed_filters, leaves);
  }
  base::Result<Explanation> explain(const ExplainContext& context, DocAddress doc) const override;

 private:
  base::Result<Explanation> explain_child(size_t i, const RankDoc* found, const ExplainContext& context) const;

  FusionTree tree_;
  int32_t rank_constant_ = 60;
};

}  // namespace selene::search
