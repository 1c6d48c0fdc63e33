#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "search/retrievers/pins.h"
#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"

namespace selene::search {

/// Given documents first, in the order given (`ids` or `docs`), then those of the child. A pinned document need not match the
/// child's query, but the filters around this node.
class PinnedRetriever final : public Retriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);
  std::string_view type() const override { return "pinned"; }
  bool is_compound() const override { return true; }
  std::string_view name() const override { return base_.name; }
  int32_t rank_window_size() const override { return rank_window_size_; }
  std::optional<float> min_score() const override { return base_.min_score; }
  void validate(RetrieverValidation& validation) const override {
    validate_compound(*this, "rank_window_size", {child_.get()}, validation);
  }
  base::Status resolve(const ResolveContext& context) override { return child_->resolve(context); }
  base::Status prepare(RetrieveContext& context) const override { return child_->prepare(context); }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override;

 private:
  base::Status read_pins(const RetrieverParser& parser, base::JsonMember member, std::vector<PinnedDoc>& pins);

  RetrieverBase base_;
  std::unique_ptr<Retriever> child_;
  std::unique_ptr<GeneratedJson> pins_;
  int32_t rank_window_size_ = 10;
};

}  // namespace selene::search
