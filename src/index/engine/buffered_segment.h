#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/segments/index_buffer.h"

namespace selene::index {

/// An IndexBuffer in the hands of the engine. `buffer` belongs to the one writer that holds it (`busy`); the rest is guarded by the
/// engine's lock.
struct BufferedSegment {
  IndexBuffer buffer;
  bool busy = false;
  uint64_t generation = 0;  ///< refreshes before it was made
  int64_t num_committed = 0;
  /// A document and its nested parts, which stand before it. Kept here: the buffer itself is its writer's alone, without the lock.
  struct Parts {
    DocId first;
    DocId doc;
  };
  /// Newest version of each id, by its bytes in `buffer`.
  std::unordered_map<std::string_view, Parts> newest;
  /// Documents that a later operation replaced or deleted.
  std::vector<DocId> deleted;

  void commit(DocId doc, int64_t seq_no) {
    buffer.set_seq_no(doc, seq_no);
    newest[buffer.id(doc)] = {doc - buffer.num_nested(doc), doc};
    ++num_committed;
  }
  /// Deletes the newest version of `id`; false if there is none here.
  bool remove(std::string_view id) {
    const auto at = newest.find(id);
    if (at == newest.end()) return false;
    for (DocId part = at->second.first; part <= at->second.doc; ++part) deleted.push_back(part);
    newest.erase(at);
    return true;
  }
};

}  // namespace selene::index
