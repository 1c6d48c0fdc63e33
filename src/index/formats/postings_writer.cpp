#include "index/formats/postings_writer.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "index/formats/posting_blocks.h"
#include "index/formats/postings_layout.h"

namespace selene::index {
namespace {

void write_impacts(std::span<const Impact> impacts, ByteWriter& out) {
  out.varint(impacts.size());
  for (const Impact& impact : impacts) {
    out.varint(static_cast<uint64_t>(impact.freq));
    out.fixed(impact.norm);
  }
}

}  // namespace

void PostingsWriter::add(DocId doc, uint32_t freq, std::span<const uint32_t> positions) {
  DCHECK(freq >= 1 && (!positions_ || positions.size() == freq));
  block_docs_[block_length_] = static_cast<uint32_t>(doc);
  block_freqs_[block_length_] = freq;
  ++block_length_;
  ++doc_freq_;
  total_term_freq_ += freq;
  if (positions_) {
    uint32_t last = 0;
    for (const uint32_t position : positions) {
      block_positions_.push_back(position - last);
      last = position;
    }
  }
  if (block_length_ == kBlockSize) flush_block();
}

/// Of the documents in the block; notes for the whole list what its head will say.
uint16_t PostingsWriter::gather_bound() {
  if (freq_kind_ == FreqKind::kWeights) {
    for (int32_t i = 0; i < block_length_; ++i) weights_.push_back({block_docs_[i], block_freqs_[i]});
    return static_cast<uint16_t>(std::min<uint32_t>(UINT16_MAX, *std::max_element(block_freqs_, block_freqs_ + block_length_)));
  }
  float bound = 0;
  for (int32_t i = 0; i < block_length_; ++i) {
    const uint8_t norm = norms_ == nullptr ? uint8_t{1} : norms_[block_docs_[i]];
    const auto freq = static_cast<int32_t>(block_freqs_[i]);
    list_impacts_.add(freq, norm);
    guaranteed_.add(freq, norm);
    bound = std::max(bound, static_cast<float>(freq) * length_factors_[norm]);
  }
  return encode_bound(bound);
}

/// The k-th largest of `numbers`, k from 1; puts them into another order.
uint32_t PostingsWriter::largest(std::vector<uint32_t>& numbers, size_t k) {
  const auto place = numbers.end() - static_cast<std::ptrdiff_t>(k);
  std::nth_element(numbers.begin(), place, numbers.end());
  return *place;
}

/// The smallest and the largest weight, the weights that so many documents reach, and the layers.
void PostingsWriter::write_weights_head() {
  ByteWriter head;
  std::vector<uint32_t> weights;
  weights.reserve(weights_.size());
  for (const WeightedDoc& doc : weights_) weights.push_back(doc.weight);
  const auto impact_of = [](uint32_t weight) { return Impact{static_cast<int32_t>(weight), 1}; };
  write_impacts(std::array{impact_of(largest(weights, weights.size())), impact_of(largest(weights, 1))}, head);
  for (const int32_t rung : kGuaranteedRungs) {
    if (rung <= doc_freq_) write_impacts(std::array{impact_of(largest(weights, static_cast<size_t>(rung)))}, head);
  }
  write_weight_layers(weights_, head);
  entries_.string(head.bytes());
  weights_.clear();
}

/// The impacts of the whole list and what so many documents reach at least.
void PostingsWriter::write_head() {
  ByteWriter head;
  list_impacts_.write_to(impacts_);
  write_impacts(impacts_, head);
  for (const int32_t rung : kGuaranteedRungs) {
    if (rung > doc_freq_) break;
    guaranteed_.write_to(rung, impacts_);
    write_impacts(impacts_, head);
  }
  entries_.string(head.bytes());
}

void PostingsWriter::write_positions() {
  size_t begin = 0;
  for (; block_positions_.size() - begin >= kBlockSize; begin += kBlockSize) {
    const int bits = bits_needed(&block_positions_[begin]);
    position_bytes_.fixed(static_cast<uint8_t>(bits));
    uint8_t packed[packed_block_bytes(32)];
    pack_block(&block_positions_[begin], bits, packed);
    position_bytes_.raw({reinterpret_cast<const char*>(packed), packed_block_bytes(bits)});
  }
  for (; begin < block_positions_.size(); ++begin) position_bytes_.varint(block_positions_[begin]);
  block_positions_.clear();
}

/// A block of a long list: its entry, its documents and frequencies.
void PostingsWriter::flush_block() {
  const auto length = static_cast<size_t>(block_length_);
  if (blocks_.size() > UINT32_MAX || position_bytes_.size() > UINT32_MAX) {
    file_.fail(base::Error(base::ErrorCode::kIllegalArgument, "a posting list would pass 4 GiB; use more segments"));
  }
  PostingsBlockEntry entry = append_block({block_docs_, length}, {block_freqs_, length}, last_doc_, blocks_);
  entry.bound = gather_bound();
  entry.positions_offset = static_cast<uint32_t>(position_bytes_.size());
  entries_.fixed(entry);
  last_doc_ = entry.last_doc;
  block_length_ = 0;
  write_positions();
}

TermMeta PostingsWriter::finish_term() {
  DCHECK(doc_freq_ > 0);
  TermMeta meta;
  meta.doc_freq = doc_freq_;
  meta.total_term_freq = total_term_freq_;
  const bool is_long = doc_freq_ >= kBlockSize;
  if (is_long && block_length_ > 0) flush_block();
  meta.postings_offset = file_.section_size();
  if (!is_long) {
    const auto length = static_cast<size_t>(block_length_);
    append_varint_block({block_docs_, length}, {block_freqs_, length}, -1, blocks_);
    write_positions();
  } else if (freq_kind_ == FreqKind::kWeights) {
    write_weights_head();
  } else {
    write_head();
    list_impacts_.clear();
    guaranteed_.clear();
  }
  file_.append(entries_.bytes());
  file_.append(blocks_.bytes());
  meta.positions_offset = file_.section_size();
  file_.append(position_bytes_.bytes());

  entries_.clear();
  blocks_.clear();
  position_bytes_.clear();
  block_length_ = 0;
  last_doc_ = -1;
  doc_freq_ = 0;
  total_term_freq_ = 0;
  return meta;
}

}  // namespace selene::index
