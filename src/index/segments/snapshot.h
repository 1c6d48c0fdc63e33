#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/mapping/mapping.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// Which documents of a segment are not deleted, at one moment. Immutable, shared between snapshots. Thread-safe.
class LiveDocs {
 public:
  explicit LiveDocs(DocId max_doc) : bits_((static_cast<size_t>(max_doc) + 63) / 64, ~uint64_t{0}), num_docs_(max_doc) {}
  bool live(DocId doc) const { return (bits_[static_cast<size_t>(doc) >> 6] >> (doc & 63)) & 1; }
  /// For the builder only, before it is shared. True if the document was live.
  bool remove(DocId doc) {
    uint64_t& word = bits_[static_cast<size_t>(doc) >> 6];
    const uint64_t bit = uint64_t{1} << (doc & 63);
    if ((word & bit) == 0) return false;
    word &= ~bit;
    --num_docs_;
    return true;
  }
  DocId num_docs() const { return num_docs_; }

 private:
  std::vector<uint64_t> bits_;
  DocId num_docs_;
};

struct SegmentView {
  std::shared_ptr<const SegmentReader> reader;
  std::shared_ptr<const LiveDocs> live_docs;  ///< null: none deleted
  DocId doc_base = 0;                         ///< added to a segment's DocId, it gives the id in the Snapshot
  const NestedDocs* nested = nullptr;         ///< of the reader; set by the snapshot

  /// Whether a search may show the document: not deleted, and no part of another one.
  bool live(DocId doc) const {
    return (live_docs == nullptr || live_docs->live(doc)) && (nested == nullptr || !nested->nested(doc));
  }
  /// Not deleted, nested ones included.
  DocId num_docs() const { return live_docs == nullptr ? reader->max_doc() : live_docs->num_docs(); }
};

/// A document as stored. `source` are the bytes that were sent.
struct StoredDocument {
  std::string id;
  std::string source;
  std::string routing;    ///< empty: none
  std::string inference;  ///< of semantic_text fields, as parse_document takes it; empty: none
  int64_t version = 0;
  int64_t seq_no = 0;
  int64_t primary_term = 1;
};

/// One index (one shard) at one moment: segments, live documents, the store's snapshot, mapping. Published at refresh; searches,
/// points in time and scrolls hold it, so the fetch phase reads the same moment as the query. Immutable, thread-safe.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  virtual const std::string& index_name() const = 0;
  virtual const std::string& index_uuid() const = 0;
  virtual const std::vector<SegmentView>& segments() const = 0;
  virtual const Mapping& mapping() const = 0;
  virtual std::shared_ptr<const Mapping> shared_mapping() const = 0;
  virtual int64_t num_docs() const = 0;          ///< live ones
  virtual int64_t num_deleted_docs() const = 0;  ///< deleted, not yet merged away
  /// `doc`: a Snapshot id, doc_base + DocId. Errors: kIo, kCorruptIndex.
  virtual base::Result<StoredDocument> document(DocId doc) const = 0;
  /// Those to show, in the order of `docs`: cheaper than one by one, and remembered for the next search. Errors as above.
  virtual base::Result<std::vector<std::shared_ptr<const StoredDocument>>> documents(std::span<const DocId> docs) const = 0;
  /// The segment that holds a Snapshot id.
  const SegmentView& segment_of(DocId doc) const;
};

}  // namespace selene::index
