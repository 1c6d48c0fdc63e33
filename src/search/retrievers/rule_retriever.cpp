#include "search/retrievers/rule_retriever.h"

#include "base/json/json_writer.h"
#include "search/query/parse_support.h"
#include "search/query/query_rules.h"
#include "search/retrievers/compound.h"
#include "search/retrievers/pins.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

namespace {

/// {"bool":{"must_not":[..]}}
std::string without(const std::vector<PinnedDoc>& docs) {
  base::JsonWriter out;
  out.begin_object().key("bool").begin_object().key("must_not").begin_array();
  for (const PinnedDoc& doc : docs) {
    out.begin_object().key("bool").begin_object().key("filter").begin_array();
    out.begin_object().key("ids").begin_object().key("values").begin_array().value(doc.id).end_array().end_object().end_object();
    if (!doc.index.empty()) out.begin_object().key("term").begin_object().field("_index", doc.index).end_object().end_object();
    out.end_array().end_object().end_object();
  }
  return out.end_array().end_object().end_object().take();
}

}  // namespace

Result<std::unique_ptr<Retriever>> RuleRetriever::parse(const base::JsonDocument& document, JsonValue body, int32_t depth) {
  const RetrieverParser parser{document, "rule", {"retriever", "ruleset_ids", "match_criteria", "rank_window_size"}, depth};
  auto node = std::make_unique<RuleRetriever>();
  for (const JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, parser.read_base(member, node->base_));
    if (known) continue;
    if (member.key == "retriever") {
      ASSIGN_OR_RETURN(node->child_, parser.read_retriever(member));
      continue;
    }
    if (member.key == "rank_window_size") {
      ASSIGN_OR_RETURN(node->rank_window_size_, parser.read_count(member));
      continue;
    }
    Result<bool> selected = read_rule_selection(member, node->rules_);
    if (!selected.has_value()) return parser.failed_field(member, std::move(selected).error());
    if (!*selected) return parser.unknown_field(member);
  }
  RETURN_IF_ERROR(RetrieverParser::check_required({{"retriever", node->child_ != nullptr},
                                                   {"ruleset_ids", !node->rules_.ruleset_ids.empty()},
                                                   {"match_criteria", node->rules_.match_criteria.exists()}}));
  if (const std::string sort = sort_other_than_score(document, *node->child_); !sort.empty()) {
    return parsing_error({&document, 0}, body, "[rule] failed to parse retriever")
        .with_cause(Error(ErrorCode::kIllegalArgument, "[rule] retriever only supports sort by score, got: {}", sort));
  }
  return node;
}

base::Status RuleRetriever::resolve(const ResolveContext& context) {
  if (context.lookup == nullptr) return Error(ErrorCode::kIllegalArgument, "[rule] retriever is not supported here");
  ASSIGN_OR_RETURN(const AppliedRules rules, apply_query_rules(*context.lookup, rules_.ruleset_ids, rules_.match_criteria));
  if (!rules.pinned.empty()) {
    ASSIGN_OR_RETURN(pins_, pins_query(rules.pinned));
  }
  if (!rules.excluded.empty()) {
    ASSIGN_OR_RETURN(excluded_, GeneratedJson::parse(without(rules.excluded)));
    base_.filters.push_back(excluded_->root());
  }
  return child_->resolve(context);
}

Result<RankDocs> RuleRetriever::retrieve(RetrieveContext& context) const {
  const RetrieveContext below = context.below(rank_window_size_, base_.filters);
  ASSIGN_OR_RETURN(std::vector<RankDocs> lists, retrieve_children(*this, {child_.get()}, below));
  RankDocs list = std::move(lists.front());
  if (pins_ != nullptr) {
    ASSIGN_OR_RETURN(list, put_pins_first(below, pins_->root(), std::move(list)));
  }
  apply_min_score(list, base_.min_score);
  cut_rank_docs(list, context.rank_window_size);
  return list;
}

void RuleRetriever::collect_leaves(const std::vector<JsonValue>& pushed_filters,
                                   std::vector<SearchBackend::LeafQuery>& leaves) const {
  const std::vector<JsonValue> filters = joined_filters(pushed_filters, base_.filters);
  if (pins_ != nullptr) {
    SearchBackend::LeafQuery pinned;
    pinned.query = pins_->root();
    pinned.filters = filters;
    leaves.push_back(std::move(pinned));
  }
  child_->collect_leaves(filters, leaves);
}

}  // namespace selene::search
