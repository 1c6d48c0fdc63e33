#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/backends/local_backend.h"
#include "search/exec/weight.h"
#include "search/fetch/hits_request.h"
#include "search/highlight/highlighter.h"
#include "search/sort/sort_plan.h"

namespace selene::search {

/// `inner_hits` of one `nested` query, bound to one index. One thread; holds views of the request body.
class NestedInnerHits {
 public:
  /// Those of `query` and of the queries below it, except below another one with inner hits: these belong to its hits. Errors:
  /// kIllegalArgument (unknown or unsupported keys, one name twice), kXContentParse, those of sorts.
  static base::Result<std::vector<NestedInnerHits>> bind(const Query& query, const LocalBackend& backend,
                                                         const LocalTarget& target);

  /// The document that objects are shown of: a root document, or an object of the nested path `scope`.
  struct Parent {
    const SegmentContext& segment;
    DocId doc = 0;           ///< in the segment
    std::string_view scope;  ///< empty: a root document
    const index::StoredDocument& stored;
    base::JsonValue source;  ///< of the root document
  };
  /// Appends `"name":{"hits":{...}}` to the JSON members.
  base::Status append(const Parent& parent, std::string& members) const;
  const std::string& name() const { return name_; }

 private:
  base::Status read_body(const base::JsonDocument* document, base::JsonValue body, int64_t max_window);
  base::Status write_hit(const Parent& parent, DocId object, float score, const std::vector<SortKey>& keys,
                         base::JsonWriter& out) const;

  std::string name_;
  std::string path_;
  HitsRequest wanted_;
  const index::Snapshot* snapshot_ = nullptr;
  std::shared_ptr<const Weight> weight_;
  std::shared_ptr<const SortPlan> plan_;            ///< null: by score
  std::shared_ptr<const Highlighter> highlighter_;  ///< null: none
  int64_t now_ms_ = 0;
  std::vector<NestedInnerHits> below_;
};

/// Appends the inner hits of `all` for a hit; the source is parsed only if there are any.
base::Status append_inner_hits(const std::vector<NestedInnerHits>& all, const SegmentContext& segment, DocId doc,
                               const index::StoredDocument& stored, std::string& members);

}  // namespace selene::search
