#include "search/fetch/hit_passages.h"

namespace selene::search {

void write_passages(const std::vector<RerankedPassages>& reranked, DocAddress document, base::JsonWriter& out) {
  bool any = false;
  for (auto by = reranked.rbegin(); by != reranked.rend(); ++by) {
    const auto found = by->passages.find(document);
    if (!by->is_explained || found == by->passages.end() || found->second.empty()) continue;
    if (!any) out.key("_passages").begin_array();
    any = true;
    const Passage& best = found->second.front();
    out.begin_object();
    if (!by->retriever_name.empty()) out.field("retriever", by->retriever_name);
    out.field("field", best.field).field("text", best.text);
    out.field("start_offset", best.start_offset).field("end_offset", best.end_offset).field("score", best.score).end_object();
  }
  if (any) out.end_array();
}

}  // namespace selene::search
