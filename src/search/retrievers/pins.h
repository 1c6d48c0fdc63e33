#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/query/pinned_query.h"
#include "search/retrievers/generated_json.h"
#include "search/retrievers/retriever.h"

namespace selene::search {

/// The query that finds given documents, the first one scoring highest, all above any other score: `pinned` around `match_none`.
/// Errors: kIllegalArgument (more than 100).
base::Result<std::unique_ptr<GeneratedJson>> pins_query(const std::vector<PinnedDoc>& pins);

/// Puts what `pins` (a pins_query) finds under `context`'s filters in front of `organic`, from which it is taken out, and cuts to
/// the window of `context`. Errors: those of SearchBackend::search.
base::Result<RankDocs> put_pins_first(const RetrieveContext& context, base::JsonValue pins, RankDocs organic);

/// The sort of a standard retriever that is not by score, as JSON text; empty for all others.
std::string sort_other_than_score(const base::JsonDocument& document, const Retriever& retriever);

}  // namespace selene::search
