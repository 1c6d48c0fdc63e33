#pragma once

#include <cstdint>
#include <string_view>

#include "index/formats/postings_cursor.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// Opens cursors on the lists PostingsWriter wrote. A plain value; valid as long as the mapped bytes.
/// Damaged bytes never lead a cursor out of them nor to a document >= max_doc: the list ends early.
class PostingsCursorFactory {
 public:
  PostingsCursorFactory() = default;
  /// `section`: the field's postings; `norms`: [max_doc] or null.
  PostingsCursorFactory(std::string_view section, const uint8_t* norms, bool positions, DocId max_doc)
      : section_(section), norms_(norms), positions_(positions), max_doc_(max_doc) {}
  PostingsCursor open(const TermMeta& meta) const;
  PostingList list(const TermMeta& meta) const { return PostingList(section_, meta, max_doc_); }

 private:
  std::string_view section_;
  const uint8_t* norms_ = nullptr;
  bool positions_ = false;
  DocId max_doc_ = 0;
};

}  // namespace selene::index
