#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "search/exec/scorer.h"

namespace selene::search {

/// The documents of a filter in one segment: a list where they are few, else a bit each. Immutable, thread-safe.
class CachedDocs {
 public:
  /// `docs`: ascending and distinct, in [0, max_doc).
  CachedDocs(std::vector<DocId> docs, DocId max_doc);
  /// All that `scorer` finds; null stands for nothing.
  static std::shared_ptr<const CachedDocs> of(Scorer* scorer, DocId max_doc);

  int64_t size() const { return size_; }
  int64_t size_bytes() const;
  /// Walks `docs` with score 0; null if there are none. The scorer shares them.
  static ScorerPtr scorer(std::shared_ptr<const CachedDocs> docs);

 private:
  friend class CachedBitsScorer;

  int64_t size_;
  std::vector<DocId> docs_;     ///< empty if bits_ are there
  std::vector<uint64_t> bits_;  ///< 64 documents a word
};

}  // namespace selene::search
