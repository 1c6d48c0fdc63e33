#include "index/formats/postings_cursor.h"

#include <algorithm>

#include "index/formats/bit_packing.h"
#include "index/formats/byte_io.h"
#include "index/formats/impacts.h"
#include "index/formats/postings_layout.h"
#include "index/formats/postings_reader.h"

namespace selene::index {
namespace {

/// Sums of deltas this narrow cannot wrap: 128 * 2^24 = 2^31.
constexpr int kSafeDeltaBits = 24;
/// Positions of one block are decoded at once; more than this in 128 documents is damage.
constexpr uint64_t kMaxBlockPositions = uint64_t{1} << 28;

bool read_impacts(ByteReader& in, std::vector<PostingsCursor::Impact>* impacts) {
  const uint64_t count = in.varint();
  if (count > 256) return false;
  if (impacts != nullptr) impacts->clear();
  for (uint64_t i = 0; i < count; ++i) {
    const uint32_t freq = in.varint32();
    const auto norm = in.fixed<uint8_t>();
    if (impacts != nullptr) impacts->push_back({static_cast<int32_t>(freq), norm});
  }
  return in.ok();
}

}  // namespace

struct PostingsCursor::State {
  const uint8_t* begin = nullptr;      ///< of the list
  const uint8_t* end = nullptr;        ///< of the section
  const uint8_t* blocks = nullptr;     ///< first block's data
  const uint8_t* positions = nullptr;  ///< the term's; null if the field has none
  const uint8_t* norms = nullptr;
  DocId max_doc = 0;
  int32_t num_blocks = 0;
  int32_t block = -1;
  int32_t impact_block = -1;     ///< whose impacts `block_impacts` holds
  int32_t positions_block = -1;  ///< whose positions `position_values` holds
  bool is_long = false;
  bool short_impacts_known = false;
  int32_t short_last_doc = -1;
  int32_t docs[kBlockSize];
  int32_t freqs[kBlockSize];
  std::vector<uint32_t> position_values;
  std::vector<uint32_t> position_starts;
  std::vector<Impact> block_impacts;
  std::vector<Impact> list_impacts;

  PostingsBlockEntry entry(int32_t b) const {
    return load<PostingsBlockEntry>(begin + static_cast<size_t>(b) * sizeof(PostingsBlockEntry));
  }
  int32_t last_doc(int32_t b) const {
    if (!is_long) return short_last_doc;
    return static_cast<int32_t>(load<uint32_t>(begin + static_cast<size_t>(b) * sizeof(PostingsBlockEntry)));
  }
  /// First block at or after `from` whose last document >= target; num_blocks if there is none.
  int32_t block_for(int32_t from, int32_t target) const {
    int32_t step = 1;
    int32_t low = from;
    while (low < num_blocks && last_doc(low) < target) {
      from = low + 1;
      low += step;
      step *= 2;
    }
    int32_t high = std::min(low, num_blocks);
    while (from < high) {
      const int32_t middle = from + (high - from) / 2;
      if (last_doc(middle) < target) {
        from = middle + 1;
      } else {
        high = middle;
      }
    }
    return from;
  }
  /// Positions `in` behind the impacts of block b; false if it does not lie in the section.
  bool seek_block(int32_t b, ByteReader& in, std::vector<Impact>* impacts) const {
    const PostingsBlockEntry e = entry(b);
    if (e.data_offset > static_cast<size_t>(end - blocks)) return false;
    in = ByteReader(blocks + e.data_offset, end);
    return read_impacts(in, impacts);
  }
  bool decode_varints(ByteReader& in, int32_t base, int32_t count);
  bool decode_packed(ByteReader& in, const PostingsBlockEntry& e, int32_t base);
  int32_t decode_block(int32_t b, int32_t doc_freq);
  bool decode_positions(int32_t count);
  /// A short list keeps no impacts: they are gathered when first asked for. Its one block stays decoded.
  void gather_short_impacts(int32_t count) {
    if (is_long || short_impacts_known) return;
    short_impacts_known = true;
    ImpactAccumulator all;
    for (int32_t i = 0; i < count; ++i) all.add(freqs[i], norms == nullptr ? uint8_t{1} : norms[docs[i]]);
    all.write_to(list_impacts);
  }
};

bool PostingsCursor::State::decode_varints(ByteReader& in, int32_t base, int32_t count) {
  int64_t doc = base;
  for (int32_t i = 0; i < count; ++i) {
    const uint64_t code = in.varint();
    doc += static_cast<int64_t>(std::min<uint64_t>(code >> 1, INT32_MAX)) + 1;
    if (doc >= max_doc) return false;
    docs[i] = static_cast<int32_t>(doc);
    uint32_t freq = 1;
    if ((code & 1) == 0) freq = in.varint32() + 2;
    if (freq > INT32_MAX) return false;
    freqs[i] = static_cast<int32_t>(freq);
  }
  return in.ok();
}

bool PostingsCursor::State::decode_packed(ByteReader& in, const PostingsBlockEntry& e, int32_t base) {
  if (e.doc_bits > 32 || e.freq_bits > 31) return false;
  const std::string_view packed_docs = in.raw(packed_block_bytes(e.doc_bits));
  const std::string_view packed_freqs = in.raw(packed_block_bytes(e.freq_bits));
  if (!in.ok()) return false;
  auto* out = reinterpret_cast<uint32_t*>(docs);
  unpack_deltas(reinterpret_cast<const uint8_t*>(packed_docs.data()), e.doc_bits, static_cast<uint32_t>(base), out);
  unpack_plus_one(reinterpret_cast<const uint8_t*>(packed_freqs.data()), e.freq_bits, reinterpret_cast<uint32_t*>(freqs));
  if (out[kBlockSize - 1] != e.last_doc || e.last_doc >= static_cast<uint32_t>(max_doc)) return false;
  if (e.doc_bits <= kSafeDeltaBits) return true;
  if (docs[0] <= base) return false;
  for (int32_t i = 1; i < kBlockSize; ++i) {
    if (docs[i] <= docs[i - 1]) return false;
  }
  return true;
}

/// Number of documents in block b, now in `docs`; 0 if it is damaged.
int32_t PostingsCursor::State::decode_block(int32_t b, int32_t doc_freq) {
  ByteReader in(begin, end);
  if (!is_long) return decode_varints(in, -1, doc_freq) ? doc_freq : 0;
  const PostingsBlockEntry e = entry(b);
  const int32_t base = b == 0 ? -1 : last_doc(b - 1);
  if (base < -1 || base >= max_doc || !seek_block(b, in, nullptr)) return 0;
  if (e.doc_bits != kVarintBlock) return decode_packed(in, e, base) ? kBlockSize : 0;
  const int32_t count = doc_freq % kBlockSize;
  if (b != num_blocks - 1 || count == 0 || !decode_varints(in, base, count)) return 0;
  return docs[count - 1] == static_cast<int32_t>(e.last_doc) ? count : 0;
}

bool PostingsCursor::State::decode_positions(int32_t count) {
  position_starts.assign(static_cast<size_t>(count) + 1, 0);
  uint64_t total = 0;
  for (int32_t i = 0; i < count; ++i) {
    total += static_cast<uint32_t>(freqs[i]);
    if (total > kMaxBlockPositions) return false;
    position_starts[static_cast<size_t>(i) + 1] = static_cast<uint32_t>(total);
  }
  const size_t offset = is_long ? entry(block).positions_offset : 0;
  if (offset > static_cast<size_t>(end - positions)) return false;
  ByteReader in(positions + offset, end);
  // Each packed group of 128 takes a byte at least, each other position too.
  if (total / kBlockSize > in.remaining()) return false;
  position_values.resize(total);
  size_t at = 0;
  for (; total - at >= kBlockSize; at += kBlockSize) {
    const int bits = in.fixed<uint8_t>();
    if (bits > 32) return false;
    const std::string_view packed = in.raw(packed_block_bytes(bits));
    if (!in.ok()) return false;
    unpack_block(reinterpret_cast<const uint8_t*>(packed.data()), bits, &position_values[at]);
  }
  for (; at < total; ++at) position_values[at] = in.varint32();
  for (int32_t i = 0; i < count; ++i) {
    uint32_t position = 0;
    for (uint32_t p = position_starts[static_cast<size_t>(i)]; p < position_starts[static_cast<size_t>(i) + 1]; ++p) {
      position += position_values[p];
      position_values[p] = position;
    }
  }
  return in.ok();
}

PostingsCursor::PostingsCursor() : doc_(kNoMoreDocs) {}
PostingsCursor::PostingsCursor(PostingsCursor&&) noexcept = default;
PostingsCursor& PostingsCursor::operator=(PostingsCursor&&) noexcept = default;
PostingsCursor::~PostingsCursor() = default;

PostingsCursor PostingsCursorFactory::open(const TermMeta& meta) const {
  PostingsCursor cursor;
  if (meta.doc_freq <= 0 || meta.doc_freq > max_doc_ || meta.postings_offset > section_.size() ||
      meta.positions_offset > section_.size()) {
    return cursor;
  }
  auto state = std::make_unique<PostingsCursor::State>();
  const auto* base = reinterpret_cast<const uint8_t*>(section_.data());
  state->begin = base + meta.postings_offset;
  state->end = base + section_.size();
  state->positions = positions_ ? base + meta.positions_offset : nullptr;
  state->norms = norms_;
  state->max_doc = max_doc_;
  state->is_long = meta.doc_freq >= kBlockSize;
  state->num_blocks = (meta.doc_freq + kBlockSize - 1) / kBlockSize;
  if (state->is_long) {
    const size_t entry_bytes = static_cast<size_t>(state->num_blocks) * sizeof(PostingsBlockEntry);
    if (entry_bytes > static_cast<size_t>(state->end - state->begin)) return cursor;
    ByteReader in(state->begin + entry_bytes, state->end);
    if (!read_impacts(in, &state->list_impacts)) return cursor;
    state->blocks = in.position();
  }
  cursor.doc_freq_ = meta.doc_freq;
  cursor.block_docs_ = state->docs;
  cursor.block_freqs_ = state->freqs;
  cursor.state_ = std::move(state);
  cursor.next_block();
  if (!cursor.state_->is_long && cursor.block_length_ > 0) {
    cursor.state_->short_last_doc = cursor.block_docs_[cursor.block_length_ - 1];
  }
  return cursor;
}

int32_t PostingsCursor::next_block() {
  index_ = 0;
  block_length_ = 0;
  if (state_ != nullptr && state_->block + 1 < state_->num_blocks) {
    ++state_->block;
    block_length_ = state_->decode_block(state_->block, doc_freq_);
    if (block_length_ == 0) {  // damaged: the list ends here
      state_->num_blocks = 0;
      state_->short_impacts_known = true;
    }
  } else if (state_ != nullptr) {
    state_->block = state_->num_blocks;
  }
  if (block_length_ == 0) return doc_ = kNoMoreDocs;
  return doc_ = block_docs_[0];
}

int32_t PostingsCursor::advance(int32_t target) {
  if (target <= doc_) return doc_;
  if (target > block_docs_[block_length_ - 1]) {
    const int32_t block = state_->block_for(state_->block + 1, target);
    state_->block = block - 1;
    next_block();
    if (doc_ >= target) return doc_;
  }
  const int32_t* end = block_docs_ + block_length_;
  const int32_t* at = block_docs_ + index_ + 1;
  for (int i = 0; i < 8 && at != end; ++i, ++at) {
    if (*at >= target) break;
  }
  if (at != end && *at < target) at = std::lower_bound(at, end, target);
  if (at == end) return next_block();  // only a damaged list ends before its block's last document
  index_ = static_cast<int32_t>(at - block_docs_);
  return doc_ = *at;
}

std::span<const uint32_t> PostingsCursor::positions() {
  if (doc_ == kNoMoreDocs || state_->positions == nullptr) return {};
  if (state_->positions_block != state_->block) {
    if (!state_->decode_positions(block_length_)) {
      state_->position_starts.assign(static_cast<size_t>(block_length_) + 1, 0);
      state_->position_values.clear();
    }
    state_->positions_block = state_->block;
  }
  const uint32_t begin = state_->position_starts[static_cast<size_t>(index_)];
  const uint32_t end = state_->position_starts[static_cast<size_t>(index_) + 1];
  return {state_->position_values.data() + begin, end - begin};
}

std::span<const PostingsCursor::Impact> PostingsCursor::block_impacts(int32_t target, int32_t* last_doc) {
  *last_doc = kNoMoreDocs;
  if (state_ == nullptr || state_->num_blocks == 0) return {};
  const int32_t from = std::clamp(state_->block, 0, state_->num_blocks);
  const int32_t block = state_->block_for(from, target);
  if (block >= state_->num_blocks) return {};
  *last_doc = state_->last_doc(block);
  if (!state_->is_long) return list_impacts();
  if (state_->impact_block != block) {
    ByteReader in(state_->begin, state_->end);
    if (!state_->seek_block(block, in, &state_->block_impacts)) state_->block_impacts.clear();
    state_->impact_block = block;
  }
  return state_->block_impacts;
}

std::span<const PostingsCursor::Impact> PostingsCursor::list_impacts() const {
  if (state_ == nullptr) return {};
  state_->gather_short_impacts(doc_freq_);
  return state_->list_impacts;
}

}  // namespace selene::index
