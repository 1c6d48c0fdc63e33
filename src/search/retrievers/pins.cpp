#include "search/retrievers/pins.h"

#include <algorithm>

#include "base/json/json_writer.h"
#include "search/retrievers/compound.h"
#include "search/retrievers/standard_retriever.h"
#include "search/sort/sort_request.h"

namespace selene::search {

using base::Result;

Result<std::unique_ptr<GeneratedJson>> pins_query(const std::vector<PinnedDoc>& pins) {
  base::JsonWriter out;
  out.begin_object().key("pinned").begin_object().key("docs").begin_array();
  for (const PinnedDoc& pin : pins) {
    out.begin_object();
    if (!pin.index.empty()) out.field("_index", pin.index);
    out.field("_id", pin.id).end_object();
  }
  out.end_array().key("organic").begin_object().key("match_none").begin_object().end_object().end_object();
  ASSIGN_OR_RETURN(auto made, GeneratedJson::parse(out.end_object().end_object().take()));
  QueryParser parser{&made->document(), 0};
  RETURN_IF_ERROR(parse_query(parser, made->root()));
  return made;
}

Result<RankDocs> put_pins_first(const RetrieveContext& context, base::JsonValue pins, RankDocs organic) {
  SearchBackend::LeafQuery leaf;
  leaf.query = pins;
  leaf.filters = context.pushed_filters;
  leaf.size = context.rank_window_size;
  leaf.track_total_hits_up_to = 0;
  ASSIGN_OR_RETURN(const SearchBackend::LeafResult found, context.backend.search(leaf, context.cancellation));
  RankDocs list = found.top;
  for (const RankDoc& doc : organic.docs) {
    if (find_doc(found.top, doc.address) != nullptr) continue;
    list.docs.push_back({doc.address, std::min(doc.score, kMaxOrganicScore), 0});
  }
  cut_rank_docs(list, context.rank_window_size);
  int32_t rank = 0;
  for (RankDoc& doc : list.docs) doc.rank = ++rank;
  return list;
}

std::string sort_other_than_score(const base::JsonDocument& document, const Retriever& retriever) {
  const auto* const standard = dynamic_cast<const StandardRetriever*>(&retriever);
  if (standard == nullptr || !standard->sort().exists()) return {};
  const Result<std::vector<SortField>> sort = parse_sort(&document, standard->sort());
  if (!sort.has_value() || is_score_order(*sort)) return {};
  base::JsonWriter out;
  out.value(standard->sort());
  return out.take();
}

}  // namespace selene::search
