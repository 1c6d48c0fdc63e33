#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "index/vectors/ordinal_set.h"
#include "search/exec/weight.h"

namespace selene::search {

/// Queries that act before a kNN search, bound to one snapshot.
struct KnnFilters {
  std::vector<WeightPtr> of_documents;  ///< match the documents themselves; of nested vectors, those around them
  std::vector<WeightPtr> of_objects;    ///< match the nested objects that hold the vectors
};

/// Which vectors of a segment may be found: those of live documents that every filter matches. None: all may.
/// `docs`: the document of each ordinal, ascending. Cost: linear in the matches of the filters and in `docs`.
std::optional<index::OrdinalSet> accepted_vectors(const SegmentContext& segment, const std::vector<DocId>& docs,
                                                  const KnnFilters& filters);

/// Whether a filter speaks of fields of the nested object `path` without a `nested` query around them.
bool concerns_nested_objects(base::JsonValue filter, std::string_view path);

}  // namespace selene::search
