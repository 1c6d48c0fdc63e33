#pragma once

#include <string_view>

#include "base/result.h"
#include "search/retrievers/fusion_tree.h"
#include "search/retrievers/retriever.h"

namespace selene::search {

/// The node whose simplified form (`query` and `fields`) is resolved.
struct FusionNode {
  std::string_view type;      ///< "rrf", "linear"
  std::string_view settings;  ///< JSON members that an inner node of this type shares: `"rank_constant":60`; may be empty
};

/// Adds the children of the simplified form for one index, at most two of weight 1: a multi_match over the fields that are not
/// semantic_text, and a node of the same type over a `match` for each semantic_text field, weighted by its boost. Each is
/// restricted to the index. Fields are those of `fields`, or of index.query.default_field; wildcards find both kinds. Errors:
/// kIllegalArgument (`[rrf] per-field weights must be non-negative`).
base::Status add_children_of(FusionNode node, const ResolveTarget& target, FusionTree& tree);

}  // namespace selene::search
