#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/mapping/mapping.h"
#include "index/segments/segment_reader.h"
#include "search/script/script_value.h"
#include "search/script/vector_source.h"

namespace selene::search {

/// doc['f'] of one segment: the doc values of a field as scripts see them. One thread.
class DocField {
 public:
  DocField(const index::MappedField& field, const index::SegmentReader& segment);

  void move_to(index::DocId doc) { doc_ = doc; }
  int32_t size() const;
  /// Errors: kIllegalState where the document has no such value.
  base::Result<ScriptValue> value(int32_t i) const;
  const index::MappedField& field() const { return field_; }
  /// `num_dims`: of the query vector; none: any will do. Errors: kIllegalArgument (not a vector field, no vector, another number of
  /// dimensions).
  base::Result<std::span<const float>> vector(std::optional<size_t> num_dims);

 private:
  const index::MappedField& field_;
  const index::NumericDocValues* numbers_;
  std::shared_ptr<const index::KeywordDocValues> keywords_;
  std::unique_ptr<VectorSource> vectors_;
  index::DocId doc_ = 0;
};

}  // namespace selene::search
