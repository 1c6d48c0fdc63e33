#pragma once

#include <string_view>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/exec/weight.h"
#include "search/fetch/fetch_phase.h"
#include "search/highlight/highlighter.h"

namespace selene::search {

/// A nested object as a hit of its own.
struct NestedObject {
  const index::Snapshot& snapshot;
  const SegmentContext& segment;
  DocId object = 0;                     ///< in the segment
  std::string_view path;                ///< of its nested mapping
  const index::StoredDocument& stored;  ///< of the root document
  base::JsonValue source;               ///< of the root document
};

/// The members `_index` to `highlight` of such a hit, into an object that is open. `highlighter` may be null.
base::Status write_nested_object(const NestedObject& shown, float score, const FetchOptions& options,
                                 const Highlighter* highlighter, base::JsonWriter& out);

}  // namespace selene::search
