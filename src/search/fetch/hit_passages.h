#pragma once

#include <vector>

#include "base/json/json_writer.h"
#include "search/rerank/passage.h"

namespace selene::search {

/// `"_passages":[{"retriever"?,"field","text","start_offset","end_offset","score"}]` into the `fields` of a hit, which are open:
/// the best passage by each re-ranker that explains its passages, the outermost first. Nothing if none has scored the document.
void write_passages(const std::vector<RerankedPassages>& reranked, DocAddress document, base::JsonWriter& out);

}  // namespace selene::search
