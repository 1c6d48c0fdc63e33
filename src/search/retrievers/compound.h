#pragma once

#include <vector>

#include "search/retrievers/retriever.h"

namespace selene::search {

/// The lists of all children, each searched with `context` (made by RetrieveContext::below), at the same time as far as threads
/// are free: the caller takes part, so that a full pool only means less of that. Notes the lists in the trace for `node`.
/// Errors: kTaskCancelled, else compound_failure of the children that failed.
base::Result<std::vector<RankDocs>> retrieve_children(const Retriever& node, const std::vector<const Retriever*>& children,
                                                      const RetrieveContext& context);

/// Cuts a list whose ranks are set to what the parent wants.
void cut_rank_docs(RankDocs& docs, int32_t rank_window_size);
/// Leaves out what scores below `min_score` and numbers the ranks anew.
void apply_min_score(RankDocs& docs, std::optional<float> min_score);

/// `pushed` and `own`, in this order.
std::vector<base::JsonValue> joined_filters(const std::vector<base::JsonValue>& pushed, const std::vector<base::JsonValue>& own);

/// The document in the list; null if it is not there.
const RankDoc* find_doc(const RankDocs& docs, DocAddress address);

/// A number as Java prints it: "20.0", "0.8333334".
std::string java_text(float value);
/// "[2.0, NaN]"
std::string java_list(const std::vector<float>& values);

}  // namespace selene::search
