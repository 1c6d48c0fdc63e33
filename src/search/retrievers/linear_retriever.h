#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "search/retrievers/fusion_tree.h"

namespace selene::search {

/// Weighted sum of the normalized scores of `retrievers`, or of what `query` and `fields` find: see combine_linear. `min_score` is
/// compared with the sum.
class LinearRetriever final : public Retriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);
  std::string_view type() const override { return "linear"; }
  bool is_compound() const override { return true; }
  std::string_view name() const override { return tree_.base.name; }
  int32_t rank_window_size() const override { return tree_.rank_window_size; }
  std::optional<float> min_score() const override { return tree_.base.min_score; }
  void validate(RetrieverValidation& validation) const override;
  base::Status resolve(const ResolveContext& context) override;
  base::Status prepare(RetrieveContext& context) const override { return prepare_fusion(tree_, context); }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override {
    collect_fusion_leaves(tree_, pushed_filters, leaves);
  }
  base::Result<Explanation> explain(const ExplainContext& context, DocAddress doc) const override;

 private:
  base::Status check_normalizers() const;
  LinearPart part(size_t i) const;
  base::Result<Explanation> explain_child(size_t i, float normalized, const ExplainContext& context, DocAddress doc) const;

  FusionTree tree_;
  std::optional<ScoreNormalizer> normalizer_;  ///< of children that name none
};

}  // namespace selene::search
