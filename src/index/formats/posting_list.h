#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "index/formats/bit_packing.h"
#include "index/formats/byte_io.h"
#include "index/formats/postings_layout.h"

namespace selene::index {

struct TermMeta;
struct WeightLayer;

/// (freq, norm) of a document.
struct Impact {
  int32_t freq;
  uint8_t norm;
};

/// One decoded block of a list.
struct PostingsBlock {
  int32_t number = -1;
  int32_t length = 0;
  bool has_freqs = false;  ///< else only `PostingList::freq` knows them
  int32_t docs[kBlockSize + kSpare];
  int32_t freqs[kBlockSize];
};

/// The bytes of one block, for looking single documents up.
struct BlockBytes {
  const uint8_t* bitmap = nullptr;  ///< of the documents from first_doc to the block's last; null: not kept as a bitmap
  int32_t first_doc = 0;
  uint32_t num_docs = 0;           ///< bits that count
  const uint8_t* freqs = nullptr;  ///< packed
  int freq_bits = 0;

  /// Asks for the memory that freq_of(doc) reads.
  void prefetch(int32_t doc) const {
    const auto at = static_cast<uint32_t>(doc - first_doc);
    if (at >= num_docs) return;
    __builtin_prefetch(bitmap + at / 8);
    const uint32_t likely_place = at * static_cast<uint32_t>(kBlockSize) / num_docs;
    __builtin_prefetch(freqs + static_cast<size_t>(likely_place) / 4 * static_cast<size_t>(freq_bits) / 32 * 16);
  }
  /// The frequency of a document, 0 if it is not there. REQUIRES: bitmap != nullptr.
  int32_t freq_of(int32_t doc) const;
};

/// The list of one term as blocks of 128 documents (the last one may be shorter), for cursors and for scorers that work on many
/// documents at once. A plain value, valid as long as the mapped bytes. Layout: docs/formats/postings.md.
/// Damaged bytes are never read past, and no document >= max_doc comes out.
class PostingList {
 public:
  /// The empty list.
  PostingList() = default;
  /// `section`: the field's postings. Empty if `meta` does not fit them.
  PostingList(std::string_view section, const TermMeta& meta, int32_t max_doc);

  int32_t doc_freq() const { return doc_freq_; }
  int32_t num_blocks() const { return num_blocks_; }
  /// Whether blocks have an entry: last document, bound. A list below 128 documents is one block without.
  bool is_long() const { return is_long_; }

  /// REQUIRES of what follows: 0 <= block < num_blocks().

  /// REQUIRES: is_long().
  int32_t last_doc(int32_t block) const { return static_cast<int32_t>(load<uint32_t>(at(block))); }
  /// The largest freq * LengthFactors[norm] of the block, rounded up. REQUIRES: is_long().
  float bound(int32_t block) const;
  /// The largest frequency of the block, of a field whose frequencies are weights. REQUIRES: is_long().
  int32_t largest_weight(int32_t block) const { return entry(block).bound; }
  /// First block at or behind `from` whose last document >= target; num_blocks() if there is none. REQUIRES: is_long().
  int32_t find_block(int32_t from, int32_t target) const;

  /// Replaces `block` by block `number`, documents at least. False, and an empty block, if it is damaged.
  bool load_docs(int32_t number, PostingsBlock& block) const;
  /// Completes a block of `load_docs` by its frequencies.
  bool load_freqs(PostingsBlock& block) const;
  /// Frequency of the i-th document of a block of `load_docs`; cheaper than load_freqs for one or two.
  int32_t freq(const PostingsBlock& block, int32_t i) const;

  /// A bitmap where the block is kept so and not damaged as a whole. REQUIRES: is_long().
  BlockBytes bytes(int32_t number) const;

  /// Pairs of which one scores as high as any document of the list, for every score that grows with freq and falls with length.
  /// REQUIRES: is_long(). False if damaged.
  bool impacts(std::vector<Impact>& impacts) const;
  /// Pairs so that for each of them at least `num_docs` documents of the list have that frequency or more and that length or less.
  /// Empty if the list does not say. REQUIRES: is_long().
  void guaranteed(int64_t num_docs, std::vector<Impact>& impacts) const;
  /// The heaviest parts of a list of weights, the heaviest first; empty if the list does not keep them. REQUIRES: is_long().
  std::vector<WeightLayer> weight_layers() const;
  /// Where the positions of a block begin, from the term's. REQUIRES: is_long().
  uint32_t positions_offset(int32_t block) const { return entry(block).positions_offset; }

 private:
  const uint8_t* at(int32_t block) const { return begin_ + static_cast<size_t>(block) * sizeof(PostingsBlockEntry); }
  PostingsBlockEntry entry(int32_t block) const { return load<PostingsBlockEntry>(at(block)); }
  ByteReader data_of(const PostingsBlockEntry& entry) const;
  bool decode_varints(ByteReader& in, int32_t base, int32_t count, PostingsBlock& block) const;
  bool decode_bitmap(const PostingsBlockEntry& entry, PostingsBlock& block) const;
  bool decode_packed_docs(ByteReader& in, const PostingsBlockEntry& entry, int32_t base, PostingsBlock& block) const;
  const uint8_t* packed_freqs(int32_t number, const PostingsBlockEntry& entry) const;

  const uint8_t* begin_ = nullptr;  ///< of the list
  const uint8_t* end_ = nullptr;    ///< of the section
  const uint8_t* head_ = nullptr;   ///< impacts of the whole list
  const uint8_t* blocks_ = nullptr;
  int32_t doc_freq_ = 0;
  int32_t max_doc_ = 0;
  int32_t num_blocks_ = 0;
  bool is_long_ = false;
};

}  // namespace selene::index
