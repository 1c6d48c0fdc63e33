#include "index/formats/posting_list.h"

#include <algorithm>

#include "index/formats/length_factors.h"
#include "index/formats/postings_kernels.h"
#include "index/formats/weight_layers.h"
#include "index/segments/segment_reader.h"

namespace selene::index {
namespace {

/// Sums of deltas this narrow cannot wrap: 128 * 2^24 = 2^31.
constexpr int kSafeDeltaBits = 24;
constexpr int kMaxFreqBits = 30;

bool read_impacts(ByteReader& in, std::vector<Impact>* impacts) {
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

PostingList::PostingList(std::string_view section, const TermMeta& meta, int32_t max_doc) {
  if (meta.doc_freq <= 0 || meta.doc_freq > max_doc || meta.postings_offset > section.size()) return;
  begin_ = reinterpret_cast<const uint8_t*>(section.data()) + meta.postings_offset;
  end_ = reinterpret_cast<const uint8_t*>(section.data()) + section.size();
  const int32_t num_blocks = (meta.doc_freq + kBlockSize - 1) / kBlockSize;
  if (meta.doc_freq >= kBlockSize) {
    const size_t entry_bytes = static_cast<size_t>(num_blocks) * sizeof(PostingsBlockEntry);
    if (entry_bytes > static_cast<size_t>(end_ - begin_)) return;
    head_ = begin_ + entry_bytes;
    ByteReader in(head_, end_);
    const auto head_bytes = in.varint();
    if (!in.ok() || head_bytes > in.remaining()) return;
    head_ = in.position();
    blocks_ = head_ + head_bytes;
    is_long_ = true;
  }
  doc_freq_ = meta.doc_freq;
  max_doc_ = max_doc;
  num_blocks_ = num_blocks;
}

float PostingList::bound(int32_t block) const { return decode_bound(entry(block).bound); }

int32_t PostingList::find_block(int32_t from, int32_t target) const {
  int32_t step = 1;
  int32_t low = from;
  while (low < num_blocks_ && last_doc(low) < target) {
    from = low + 1;
    low += step;
    step *= 2;
  }
  int32_t high = std::min(low, num_blocks_);
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

/// Reads from where a block's data begins; fails if that is not in the section.
ByteReader PostingList::data_of(const PostingsBlockEntry& entry) const {
  if (entry.data_offset > static_cast<size_t>(end_ - blocks_)) return ByteReader(nullptr, nullptr);
  return ByteReader(blocks_ + entry.data_offset, end_);
}

bool PostingList::decode_varints(ByteReader& in, int32_t base, int32_t count, PostingsBlock& block) const {
  int64_t doc = base;
  for (int32_t i = 0; i < count; ++i) {
    const uint64_t code = in.varint();
    doc += static_cast<int64_t>(std::min<uint64_t>(code >> 1, INT32_MAX)) + 1;
    if (doc >= max_doc_) return false;
    block.docs[i] = static_cast<int32_t>(doc);
    uint32_t freq = 1;
    if ((code & 1) == 0) freq = in.varint32() + 2;
    if (freq > INT32_MAX) return false;
    block.freqs[i] = static_cast<int32_t>(freq);
  }
  block.length = count;
  block.has_freqs = true;
  return in.ok();
}

bool PostingList::decode_packed_docs(ByteReader& in, const PostingsBlockEntry& entry, int32_t base, PostingsBlock& block) const {
  if (entry.doc_bits > 32 || entry.freq_bits > kMaxFreqBits) return false;
  const std::string_view packed = in.raw(packed_block_bytes(entry.doc_bits));
  if (!in.ok()) return false;
  auto* out = reinterpret_cast<uint32_t*>(block.docs);
  unpack_deltas(reinterpret_cast<const uint8_t*>(packed.data()), entry.doc_bits, static_cast<uint32_t>(base), out);
  block.length = kBlockSize;
  if (out[kBlockSize - 1] != entry.last_doc || entry.last_doc >= static_cast<uint32_t>(max_doc_)) return false;
  if (entry.doc_bits <= kSafeDeltaBits) return true;
  if (block.docs[0] <= base) return false;
  for (int32_t i = 1; i < kBlockSize; ++i) {
    if (block.docs[i] <= block.docs[i - 1]) return false;
  }
  return true;
}

/// A document is a bit; so many before it are set as documents stand before it.
int32_t BlockBytes::freq_of(int32_t doc) const {
  const auto at = static_cast<uint32_t>(doc - first_doc);
  if (at >= num_docs || (bitmap[at / 8] >> at % 8 & 1) == 0) return 0;
  const int32_t place = postings_kernels().count_bits(bitmap, at);
  if (place >= kBlockSize) return 0;  // damaged
  return static_cast<int32_t>(packed_number(freqs, freq_bits, place)) + 1;
}

BlockBytes PostingList::bytes(int32_t number) const {
  BlockBytes found;
  const PostingsBlockEntry at = entry(number);
  if (at.doc_bits != kBitmapBlock) return found;
  found.first_doc = number == 0 ? 0 : last_doc(number - 1) + 1;
  found.freq_bits = at.freq_bits;
  const int64_t num_docs = int64_t{at.last_doc} - found.first_doc + 1;
  if (found.first_doc < 0 || num_docs < kBlockSize || at.last_doc >= static_cast<uint32_t>(max_doc_)) return found;
  found.num_docs = static_cast<uint32_t>(num_docs);
  ByteReader in = data_of(at);
  const std::string_view bitmap = in.raw(bitmap_bytes(static_cast<size_t>(num_docs)));
  const std::string_view freqs = in.raw(packed_block_bytes(found.freq_bits));
  if (!in.ok() || found.freq_bits > kMaxFreqBits) return found;
  found.freqs = reinterpret_cast<const uint8_t*>(freqs.data());
  found.bitmap = reinterpret_cast<const uint8_t*>(bitmap.data());
  return found;
}

bool PostingList::decode_bitmap(const PostingsBlockEntry& entry, PostingsBlock& block) const {
  const BlockBytes found = bytes(block.number);
  if (found.bitmap == nullptr) return false;
  const size_t num_bytes = bitmap_bytes(found.num_docs);
  if (postings_kernels().count_bits(found.bitmap, num_bytes * 8) != kBlockSize) return false;
  postings_kernels().unpack_bitmap(found.bitmap, num_bytes, found.first_doc, block.docs);
  block.length = kBlockSize;
  return block.docs[kBlockSize - 1] == static_cast<int32_t>(entry.last_doc);
}

bool PostingList::load_docs(int32_t number, PostingsBlock& block) const {
  block.number = number;
  block.length = 0;
  block.has_freqs = false;
  const auto loaded = [&] {
    ByteReader in(begin_, end_);
    if (!is_long_) return decode_varints(in, -1, doc_freq_, block);
    const PostingsBlockEntry found = entry(number);
    const int32_t base = number == 0 ? -1 : last_doc(number - 1);
    if (base < -1 || base >= max_doc_) return false;
    in = data_of(found);
    if (found.doc_bits == kBitmapBlock) return decode_bitmap(found, block);
    if (found.doc_bits != kVarintBlock) return decode_packed_docs(in, found, base, block);
    const int32_t count = doc_freq_ % kBlockSize;
    if (number != num_blocks_ - 1 || count == 0 || !decode_varints(in, base, count, block)) return false;
    return block.docs[count - 1] == static_cast<int32_t>(found.last_doc);
  };
  if (loaded()) return true;
  block.length = 0;
  return false;
}

/// Null if they do not lie in the section.
const uint8_t* PostingList::packed_freqs(int32_t number, const PostingsBlockEntry& entry) const {
  if (entry.doc_bits == kBitmapBlock) return bytes(number).freqs;
  if (entry.doc_bits > 32 || entry.freq_bits > kMaxFreqBits) return nullptr;
  ByteReader in = data_of(entry);
  in.raw(packed_block_bytes(entry.doc_bits));
  const std::string_view packed = in.raw(packed_block_bytes(entry.freq_bits));
  return in.ok() ? reinterpret_cast<const uint8_t*>(packed.data()) : nullptr;
}

bool PostingList::load_freqs(PostingsBlock& block) const {
  if (block.has_freqs) return true;
  const PostingsBlockEntry found = entry(block.number);
  const uint8_t* const packed = packed_freqs(block.number, found);
  if (packed == nullptr) return false;
  unpack_plus_one(packed, found.freq_bits, reinterpret_cast<uint32_t*>(block.freqs));
  block.has_freqs = true;
  return true;
}

int32_t PostingList::freq(const PostingsBlock& block, int32_t i) const {
  if (block.has_freqs) return block.freqs[i];
  const PostingsBlockEntry found = entry(block.number);
  const uint8_t* const packed = packed_freqs(block.number, found);
  return packed == nullptr ? 1 : static_cast<int32_t>(packed_number(packed, found.freq_bits, i)) + 1;
}

bool PostingList::impacts(std::vector<Impact>& impacts) const {
  ByteReader in(head_, blocks_);
  return read_impacts(in, &impacts);
}

void PostingList::guaranteed(int64_t num_docs, std::vector<Impact>& impacts) const {
  impacts.clear();
  ByteReader in(head_, blocks_);
  if (!read_impacts(in, nullptr)) return;
  for (const int32_t rung : kGuaranteedRungs) {
    if (rung > doc_freq_) return;
    if (!read_impacts(in, rung >= num_docs ? &impacts : nullptr)) break;
    if (rung >= num_docs) return;
  }
  impacts.clear();
}

std::vector<WeightLayer> PostingList::weight_layers() const {
  ByteReader in(head_, blocks_);
  if (!read_impacts(in, nullptr)) return {};
  for (const int32_t rung : kGuaranteedRungs) {
    if (rung <= doc_freq_ && !read_impacts(in, nullptr)) return {};
  }
  return read_weight_layers(in, doc_freq_, max_doc_);
}

}  // namespace selene::index
