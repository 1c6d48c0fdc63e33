#pragma once

#include <compare>
#include <string>

#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/backends/local_backend.h"

namespace selene::search {

/// What `collapse` groups by: a document's one value of a keyword or number field.
struct CollapseGroup {
  std::string json = "null";  ///< as answers show it; "null": no value
  friend auto operator<=>(const CollapseGroup&, const CollapseGroup&) = default;
};

/// Reads the groups of documents of one index. One thread.
class CollapseReader {
 public:
  /// Errors: kIllegalArgument (no such field, a type that cannot be collapsed).
  static base::Result<CollapseReader> create(const std::string& field, const index::Snapshot& snapshot);
  void set_segment(const SegmentContext& segment);
  /// `doc`: of the segment. Errors: kIllegalArgument (more than one value).
  base::Result<CollapseGroup> read(DocId doc) const;

 private:
  const index::MappedField* field_ = nullptr;
  const index::NumericDocValues* numbers_ = nullptr;
  const index::KeywordDocValues* keywords_ = nullptr;
};

/// The group of one document of a snapshot. Errors: those of CollapseReader.
base::Result<CollapseGroup> collapse_group_of(const std::string& field, const index::Snapshot& snapshot, DocId doc);

}  // namespace selene::search
