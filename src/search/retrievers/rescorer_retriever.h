#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"

namespace selene::search {

/// Gives the child's best documents of each index a second score, as `rescore` of a search does. The list is as long as the
/// smallest `window_size`.
class RescorerRetriever final : public Retriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);
  std::string_view type() const override { return "rescorer"; }
  bool is_compound() const override { return true; }
  std::string_view name() const override { return base_.name; }
  int32_t rank_window_size() const override { return least_window_; }
  std::optional<float> min_score() const override { return base_.min_score; }
  void validate(RetrieverValidation& validation) const override {
    validate_compound(*this, "window_size", {child_.get()}, validation);
  }
  base::Status resolve(const ResolveContext& context) override { return child_->resolve(context); }
  base::Status prepare(RetrieveContext& context) const override { return child_->prepare(context); }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override;
  base::Result<Explanation> explain(const ExplainContext& context, DocAddress doc) const override;

 private:
  RetrieverBase base_;
  std::unique_ptr<Retriever> child_;
  base::JsonValue rescore_;
  int32_t least_window_ = 10;
  int32_t largest_window_ = 10;
};

}  // namespace selene::search
