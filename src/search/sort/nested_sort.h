#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/exec/nested_weight.h"
#include "search/query/query.h"

namespace selene::search {

/// `nested` of a sort key: whose objects' values count. Immutable; holds views of the request body.
struct NestedSort {
  std::string path;
  QueryPtr filter;  ///< null: all objects
  int32_t max_children = std::numeric_limits<int32_t>::max();
  std::shared_ptr<const NestedSort> inner;  ///< objects within these; then theirs are the values

  /// {"path", "filter", "max_children", "nested"}. Errors: kIllegalArgument, those of parse_query.
  static base::Result<std::shared_ptr<const NestedSort>> parse(const base::JsonDocument* document, base::JsonValue value);
};

/// The objects of one index that a NestedSort takes. One thread.
class NestedSortObjects {
 public:
  /// Errors: kQueryShard (a path that is no nested object), those of the filters.
  static base::Result<NestedSortObjects> create(const NestedSort& sort, const index::Snapshot& snapshot, int64_t now_ms);
  void set_segment(const SegmentContext& segment);
  /// Calls `use(object)` for those of a root document, ascending, `max_children` at most.
  template <class Use>
  void for_each(DocId root, Use use) const {
    if (!roots_) return;
    const auto first = std::lower_bound(objects_.begin(), objects_.end(), roots_->begin_of(root));
    int32_t left = max_children_;
    for (auto at = first; at != objects_.end() && *at < root && left > 0; ++at, --left) use(*at);
  }

 private:
  struct Level {
    std::string path;
    WeightPtr filter;
  };
  std::vector<Level> levels_;  ///< from the outermost
  int32_t max_children_ = 0;
  std::optional<NestedParents> roots_;  ///< none: the segment has no nested objects
  std::vector<DocId> objects_;
};

}  // namespace selene::search
