#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "search/query/query.h"

namespace selene::search {

/// No organic score is higher; pins score from the next float on.
inline constexpr float kMaxOrganicScore = std::bit_cast<float>(0xFEU << 23);

/// A document to be shown first.
struct PinnedDoc {
  std::string index;  ///< empty: any
  std::string id;
};

/// `pins` in their order above what `organic` matches, whose scores are capped. `organic`: bound with scores unless none are read.
WeightPtr pinned_weight(const BindContext& context, const std::vector<PinnedDoc>& pins, WeightPtr organic);

/// Given documents first, in the order given, then those of `organic`: {"pinned": {"ids": [..] | "docs": [{"_index", "_id"}],
/// "organic": {...}}}.
class PinnedQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override { return {organic_.get()}; }

 private:
  base::Status read_docs(const QueryParser& parser, base::JsonValue list);

  std::vector<PinnedDoc> pins_;
  QueryPtr organic_;
};

}  // namespace selene::search
