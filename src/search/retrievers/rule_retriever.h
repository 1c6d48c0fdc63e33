#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "search/query/rule_query.h"
#include "search/retrievers/generated_json.h"
#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"

namespace selene::search {

/// The child's list as rulesets change it: documents that rules pin come first, those that they exclude are filtered out of the
/// child and of the pins.
class RuleRetriever final : public Retriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);
  std::string_view type() const override { return "rule"; }
  bool is_compound() const override { return true; }
  std::string_view name() const override { return base_.name; }
  int32_t rank_window_size() const override { return rank_window_size_; }
  std::optional<float> min_score() const override { return base_.min_score; }
  void validate(RetrieverValidation& validation) const override {
    validate_compound(*this, "rank_window_size", {child_.get()}, validation);
  }
  /// Errors: kResourceNotFound (a ruleset).
  base::Status resolve(const ResolveContext& context) override;
  base::Status prepare(RetrieveContext& context) const override { return child_->prepare(context); }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override;

 private:
  RetrieverBase base_;
  std::unique_ptr<Retriever> child_;
  RuleSelection rules_;
  int32_t rank_window_size_ = 10;
  std::unique_ptr<GeneratedJson> pins_;      ///< null: no rule pins
  std::unique_ptr<GeneratedJson> excluded_;  ///< filter among those of base_; null: no rule excludes
};

}  // namespace selene::search
