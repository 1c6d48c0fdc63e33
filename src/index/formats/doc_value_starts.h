#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "index/formats/packed_ints.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// Which entries of a flat array of values belong to which document: value index [begin, end) of a document.
/// One value in every document needs no bytes. Immutable, thread-safe.
class DocValueStarts {
 public:
  DocValueStarts() = default;
  /// `in` fails if the starts do not rise from 0 to `num_values`.
  static DocValueStarts read(ByteReader& in, DocId max_doc, uint64_t num_values);

  std::pair<uint64_t, uint64_t> range(DocId doc) const {
    const auto i = static_cast<uint64_t>(doc);
    if (dense_) return {i, i + 1};
    const uint64_t begin = starts_[i];
    const uint64_t end = starts_[i + 1];
    return begin <= end && end <= num_values_ ? std::pair(begin, end) : std::pair<uint64_t, uint64_t>(0, 0);
  }
  /// The document that holds the value. REQUIRES: index < num_values.
  DocId doc_of(uint64_t index) const;

 private:
  bool dense_ = true;
  DocId max_doc_ = 0;
  uint64_t num_values_ = 0;
  PackedInts starts_;  ///< [max_doc + 1]
};

/// `docs`: the document of each value, ascending.
void write_doc_value_starts(std::span<const DocId> docs, DocId max_doc, ByteWriter& out);

}  // namespace selene::index
