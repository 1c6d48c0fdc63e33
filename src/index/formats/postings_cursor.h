#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/formats/posting_list.h"

namespace selene::index {

/// Walks the documents of one term in ascending order, block by block (128 documents a block, decoded at once).
/// A value type, movable, one thread; valid as long as its SegmentReader. After the last document `doc()` is kNoMoreDocs and stays
/// so. Layout: docs/formats/postings.md.
class PostingsCursor {
 public:
  /// The empty list.
  PostingsCursor();
  PostingsCursor(PostingsCursor&&) noexcept;
  PostingsCursor& operator=(PostingsCursor&&) noexcept;
  ~PostingsCursor();

  int32_t doc() const { return doc_; }  ///< the first document right after construction
  int32_t next() {
    if (++index_ < block_length_) [[likely]]
      return doc_ = block_docs_[index_];
    return next_block();
  }
  /// The first document >= target. Never moves back: a target <= doc() leaves the cursor where it is.
  int32_t advance(int32_t target);
  /// REQUIRES: doc() != kNoMoreDocs.
  int32_t freq() const;
  int32_t doc_freq() const { return doc_freq_; }

  /// Positions of the current document, ascending, `freq()` of them; empty if the field has none. Valid until the cursor moves.
  std::span<const uint32_t> positions();

  /// The largest freq * LengthFactors[norm] of the block that holds the first document >= target, rounded up; infinite for a list
  /// of one block, 0 behind the end. `last_doc`: the last document of that block, kNoMoreDocs behind the end.
  float block_bound(int32_t target, int32_t* last_doc) const;
  /// (freq, norm) pairs of which at least one scores as high as any document of the list, for every score that grows with freq and
  /// falls with the decoded length.
  std::span<const Impact> list_impacts() const;

 private:
  int32_t next_block();

  int32_t doc_;
  int32_t index_ = 0;
  int32_t block_length_ = 0;
  int32_t doc_freq_ = 0;
  const int32_t* block_docs_ = nullptr;  ///< decoded block, owned by state_
  struct State;
  std::unique_ptr<State> state_;
  friend class PostingsCursorFactory;
};

}  // namespace selene::index
