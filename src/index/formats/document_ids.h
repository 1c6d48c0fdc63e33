#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "index/formats/string_table.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// The ids of a segment's documents, [max_doc], both ways: by number, and by a hash table of document numbers. An id may stand
/// twice (an older version, deleted): `find` gives the largest document. Layout: docs/formats/document_ids.md.
std::string write_document_ids(std::span<const std::string_view> ids);

/// Reads it in place. Immutable, thread-safe; valid as long as the bytes.
class DocumentIds {
 public:
  DocumentIds() = default;
  /// Errors: kCorruptIndex.
  static base::Result<DocumentIds> open(std::string_view section, DocId max_doc);
  /// REQUIRES: 0 <= doc < max_doc.
  std::string_view id(DocId doc) const { return ids_[static_cast<uint64_t>(doc)]; }
  std::optional<DocId> find(std::string_view id) const;

 private:
  StringTable ids_;
  PackedInts slots_;  ///< 0: free, else document + 1
};

}  // namespace selene::index
