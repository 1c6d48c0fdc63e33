#include "search/query/pinned_query.h"

#include <algorithm>
#include <bit>

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kMaxPins = 100;
class CappedScorer final : public Scorer {
 public:
  explicit CappedScorer(ScorerPtr inner) : inner_(std::move(inner)) { doc_ = inner_->doc(); }
  DocId next() override { return doc_ = inner_->next(); }
  DocId advance(DocId target) override { return doc_ = inner_->advance(target); }
  float score() override { return std::min(inner_->score(), kMaxOrganicScore); }
  int64_t cost() const override { return inner_->cost(); }

 private:
  ScorerPtr inner_;
};

class CappedWeight final : public Weight {
 public:
  explicit CappedWeight(WeightPtr inner) : inner_(std::move(inner)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override {
    ScorerPtr inner = inner_->scorer(segment);
    return inner == nullptr ? nullptr : std::make_unique<CappedScorer>(std::move(inner));
  }
  std::string description() const override { return inner_->description(); }

 private:
  WeightPtr inner_;
};

}  // namespace

base::Status PinnedQuery::read_docs(const QueryParser& parser, base::JsonValue list) {
  for (const base::JsonValue entry : list.as_array()) {
    PinnedDoc pin;
    if (!entry.is_object()) return parsing_error(parser, entry, "[pinned] query expects objects in [docs]");
    for (const base::JsonMember member : entry.as_object()) {
      if (member.key == "_id") {
        pin.id = scalar_text(member.value);
      } else if (member.key == "_index") {
        pin.index = scalar_text(member.value);
      } else {
        return x_content_error(parser.document, member.value, base::format("[pinned] unknown field [{}]", member.key));
      }
    }
    if (pin.id.empty()) return Error(ErrorCode::kIllegalArgument, "[pinned] requires [_id] in each of [docs]");
    pins_.push_back(std::move(pin));
  }
  return {};
}

base::Result<QueryPtr> PinnedQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<PinnedQuery>();
  bool ids = false;
  bool docs = false;
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key == "ids" && member.value.is_array()) {
      ids = true;
      for (const base::JsonValue id : member.value.as_array()) query->pins_.push_back({{}, scalar_text(id)});
    } else if (member.key == "docs" && member.value.is_array()) {
      docs = true;
      RETURN_IF_ERROR(query->read_docs(parser, member.value));
    } else if (member.key == "organic") {
      ASSIGN_OR_RETURN(query->organic_, parse_query(parser, member.value));
    } else {
      return x_content_error(parser.document, member.value, base::format("[pinned] unknown field [{}]", member.key));
    }
  }
  if (query->organic_ == nullptr) return Error(ErrorCode::kIllegalArgument, "Required [organic]");
  if (ids && docs) return Error(ErrorCode::kIllegalArgument, "[ids] and [docs] cannot be used together");
  if (!ids && !docs) return Error(ErrorCode::kIllegalArgument, "[ids] or [docs] must be specified");
  if (query->pins_.size() > kMaxPins)
    return Error(ErrorCode::kIllegalArgument, "[pinned] Max of {} {} exceeded: {} provided.", kMaxPins, ids ? "ids" : "docs",
                 query->pins_.size());
  return query;
}

WeightPtr pinned_weight(const BindContext& context, const std::vector<PinnedDoc>& pins, WeightPtr organic) {
  std::vector<WeightPtr> weights;
  auto bits = std::bit_cast<uint32_t>(kMaxOrganicScore) + 1 + static_cast<uint32_t>(pins.size());
  for (const PinnedDoc& pin : pins) {
    const float score = std::bit_cast<float>(bits--);
    if (pin.index.empty() || pin.index == context.snapshot.index_name()) weights.push_back(ids_weight({pin.id}, score));
  }
  weights.push_back(std::make_unique<CappedWeight>(std::move(organic)));
  return std::make_unique<DisMaxWeight>(std::move(weights), 0.0F);
}

base::Result<WeightPtr> PinnedQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  ASSIGN_OR_RETURN(WeightPtr organic,
                   organic_->weight(context, mode == ScoreMode::kNone ? mode : ScoreMode::kComplete, parent_boost * boost));
  return pinned_weight(context, pins_, std::move(organic));
}

}  // namespace selene::search
