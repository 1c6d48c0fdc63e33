#include "search/retrievers/pinned_retriever.h"

#include "base/format.h"
#include "search/query/parse_support.h"
#include "search/retrievers/compound.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

base::Status PinnedRetriever::read_pins(const RetrieverParser& parser, JsonMember member, std::vector<PinnedDoc>& pins) {
  if (!member.value.is_array()) return parser.wrong_type(member);
  for (const JsonValue entry : member.value.as_array()) {
    PinnedDoc pin;
    if (member.key == "ids") {
      if (!entry.is_string() && !entry.is_number()) return parser.wrong_type({member.key, entry});
      pin.id = scalar_text(entry);
    } else if (!entry.is_object()) {
      return parser.wrong_type({member.key, entry});
    } else {
      for (const JsonMember part : entry.as_object()) {
        if (part.key != "_index" && part.key != "index" && part.key != "_id" && part.key != "id") return parser.unknown_field(part);
        (part.key.ends_with("id") ? pin.id : pin.index) = scalar_text(part.value);
      }
      if (pin.id.empty()) return parser.failed_field(member, Error(ErrorCode::kIllegalArgument, "Required [_id]"));
    }
    pins.push_back(std::move(pin));
  }
  return {};
}

Result<std::unique_ptr<Retriever>> PinnedRetriever::parse(const base::JsonDocument& document, JsonValue body, int32_t depth) {
  const RetrieverParser parser{document, "pinned", {"retriever", "ids", "docs", "rank_window_size"}, depth};
  auto node = std::make_unique<PinnedRetriever>();
  std::vector<PinnedDoc> ids;
  std::vector<PinnedDoc> docs;
  for (const JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, parser.read_base(member, node->base_));
    if (known) continue;
    if (member.key == "retriever") {
      ASSIGN_OR_RETURN(node->child_, parser.read_retriever(member));
    } else if (member.key == "ids" || member.key == "docs") {
      RETURN_IF_ERROR(node->read_pins(parser, member, member.key == "ids" ? ids : docs));
    } else if (member.key == "rank_window_size") {
      ASSIGN_OR_RETURN(node->rank_window_size_, parser.read_count(member));
    } else {
      return parser.unknown_field(member);
    }
  }
  RETURN_IF_ERROR(RetrieverParser::check_required({{"retriever", node->child_ != nullptr}}));
  if (!ids.empty() && !docs.empty())
    return Error(ErrorCode::kIllegalArgument, "Both 'ids' and 'docs' cannot be specified at the same time");
  if (ids.empty() && docs.empty())
    return Error(ErrorCode::kIllegalArgument, "Either 'ids' or 'docs' must be provided and non-empty for pinned retriever");
  if (const std::string sort = sort_other_than_score(document, *node->child_); !sort.empty()) {
    return parsing_error({&document, 0}, body, "[pinned] failed to parse retriever")
        .with_cause(Error(ErrorCode::kIllegalArgument,
                          "[pinned] retriever only supports sorting by score, invalid sort criterion: {}", sort));
  }
  ASSIGN_OR_RETURN(node->pins_, pins_query(ids.empty() ? docs : ids));
  return node;
}

Result<RankDocs> PinnedRetriever::retrieve(RetrieveContext& context) const {
  const RetrieveContext below = context.below(rank_window_size_, base_.filters);
  ASSIGN_OR_RETURN(std::vector<RankDocs> lists, retrieve_children(*this, {child_.get()}, below));
  ASSIGN_OR_RETURN(RankDocs list, put_pins_first(below, pins_->root(), std::move(lists.front())));
  apply_min_score(list, base_.min_score);
  cut_rank_docs(list, context.rank_window_size);
  return list;
}

void PinnedRetriever::collect_leaves(const std::vector<JsonValue>& pushed_filters,
                                     std::vector<SearchBackend::LeafQuery>& leaves) const {
  const std::vector<JsonValue> filters = joined_filters(pushed_filters, base_.filters);
  SearchBackend::LeafQuery pinned;
  pinned.query = pins_->root();
  pinned.filters = filters;
  leaves.push_back(std::move(pinned));
  child_->collect_leaves(filters, leaves);
}

}  // namespace selene::search
