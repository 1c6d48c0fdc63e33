#include "index/formats/postings_cursor.h"

#include <algorithm>
#include <limits>

#include "index/formats/impacts.h"
#include "index/formats/postings_reader.h"

namespace selene::index {
namespace {

/// Positions of one block; more than this in 128 documents is damage.
constexpr uint64_t kMaxBlockPositions = uint64_t{1} << 28;

}  // namespace

struct PostingsCursor::State {
  PostingList list;
  const uint8_t* positions = nullptr;  ///< the term's; null if the field has none
  const uint8_t* end = nullptr;        ///< of the section
  const uint8_t* norms = nullptr;
  int32_t next_block = 0;        ///< to be loaded
  int32_t positions_block = -1;  ///< whose groups of positions are known
  bool list_impacts_known = false;
  PostingsBlock block;
  std::vector<uint32_t> position_starts;           ///< by document of the block
  ByteReader rest_of_positions{nullptr, nullptr};  ///< of the block, behind the groups found so far
  size_t num_groups = 0;                           ///< of 128 numbers each, then the numbers left
  std::vector<const uint8_t*> position_groups;     ///< those found so far
  int64_t unpacked_group = -1;                     ///< whose numbers stand in `group_numbers`
  uint32_t group_numbers[kBlockSize];
  std::vector<uint32_t> left_positions;  ///< numbers behind the last group; empty: not read yet
  std::vector<uint32_t> doc_positions;
  std::vector<Impact> list_impacts;

  bool find_positions();
  bool find_group(size_t group);
  bool read_positions(int32_t index);
  const std::vector<Impact>& all_impacts();
};

/// Finds out which numbers of the current block are whose; they are looked for when a document is asked for.
bool PostingsCursor::State::find_positions() {
  if (!list.load_freqs(block)) return false;
  position_starts.resize(static_cast<size_t>(block.length) + 1);
  uint64_t total = 0;
  position_starts[0] = 0;
  for (int32_t i = 0; i < block.length; ++i) {
    total += static_cast<uint32_t>(block.freqs[i]);
    if (total > kMaxBlockPositions) return false;
    position_starts[static_cast<size_t>(i) + 1] = static_cast<uint32_t>(total);
  }
  const size_t offset = list.is_long() ? list.positions_offset(block.number) : 0;
  if (offset > static_cast<size_t>(end - positions)) return false;
  rest_of_positions = ByteReader(positions + offset, end);
  num_groups = total / kBlockSize;
  // Each packed group of 128 takes a byte at least, each other position too.
  if (num_groups > rest_of_positions.remaining()) return false;
  position_groups.clear();
  left_positions.clear();
  unpacked_group = -1;
  return true;
}

/// Goes along the groups up to number `group`; behind the last one stand the numbers left. What is damaged stays not found.
bool PostingsCursor::State::find_group(size_t group) {
  while (position_groups.size() < std::min(group + 1, num_groups)) {
    const uint8_t* const at = rest_of_positions.position();
    const int bits = rest_of_positions.fixed<uint8_t>();
    if (bits > 32) rest_of_positions.fail();
    rest_of_positions.raw(packed_block_bytes(bits));
    if (!rest_of_positions.ok()) return false;
    position_groups.push_back(at);
  }
  if (group < num_groups || !left_positions.empty()) return true;
  left_positions.resize(position_starts.back() % kBlockSize);
  for (uint32_t& number : left_positions) number = rest_of_positions.varint32();
  if (!rest_of_positions.ok()) left_positions.clear();
  return rest_of_positions.ok();
}

bool PostingsCursor::State::read_positions(int32_t index) {
  uint32_t i = position_starts[static_cast<size_t>(index)];
  const uint32_t end_of_doc = position_starts[static_cast<size_t>(index) + 1];
  doc_positions.resize(end_of_doc - i);
  uint32_t* out = doc_positions.data();
  uint32_t position = 0;
  while (i < end_of_doc) {
    const size_t group = i / kBlockSize;
    if (!find_group(group)) return false;
    const uint32_t* numbers = left_positions.data();
    if (group < num_groups) {
      if (unpacked_group != static_cast<int64_t>(group)) {
        unpack_block(position_groups[group] + 1, *position_groups[group], group_numbers);
        unpacked_group = static_cast<int64_t>(group);
      }
      numbers = group_numbers;
    }
    const auto end_of_group = static_cast<uint32_t>(std::min<size_t>(end_of_doc, (group + 1) * kBlockSize));
    for (; i < end_of_group; ++i) *out++ = position += numbers[i % kBlockSize];
  }
  return true;
}

/// A short list keeps no impacts: they are gathered when first asked for.
const std::vector<Impact>& PostingsCursor::State::all_impacts() {
  if (list_impacts_known) return list_impacts;
  list_impacts_known = true;
  if (list.is_long()) {
    if (!list.impacts(list_impacts)) list_impacts.clear();
    return list_impacts;
  }
  ImpactAccumulator all;
  PostingsBlock whole;
  if (list.num_blocks() > 0) list.load_docs(0, whole);
  for (int32_t i = 0; i < whole.length; ++i) all.add(whole.freqs[i], norms == nullptr ? uint8_t{1} : norms[whole.docs[i]]);
  all.write_to(list_impacts);
  return list_impacts;
}

PostingsCursor::PostingsCursor() : doc_(kNoMoreDocs) {}
PostingsCursor::PostingsCursor(PostingsCursor&&) noexcept = default;
PostingsCursor& PostingsCursor::operator=(PostingsCursor&&) noexcept = default;
PostingsCursor::~PostingsCursor() = default;

PostingsCursor PostingsCursorFactory::open(const TermMeta& meta) const {
  PostingsCursor cursor;
  if (meta.positions_offset > section_.size()) return cursor;
  const PostingList opened = list(meta);
  if (opened.num_blocks() == 0) return cursor;
  auto state = std::make_unique<PostingsCursor::State>();
  const auto* base = reinterpret_cast<const uint8_t*>(section_.data());
  state->list = opened;
  state->end = base + section_.size();
  state->positions = positions_ ? base + meta.positions_offset : nullptr;
  state->norms = norms_;
  cursor.doc_freq_ = meta.doc_freq;
  cursor.block_docs_ = state->block.docs;
  cursor.state_ = std::move(state);
  cursor.next_block();
  return cursor;
}

int32_t PostingsCursor::next_block() {
  index_ = 0;
  block_length_ = 0;
  if (state_ == nullptr || state_->next_block >= state_->list.num_blocks()) return doc_ = kNoMoreDocs;
  if (!state_->list.load_docs(state_->next_block++, state_->block)) {  // damaged: the list ends here
    state_->next_block = state_->list.num_blocks();
    return doc_ = kNoMoreDocs;
  }
  block_length_ = state_->block.length;
  return doc_ = block_docs_[0];
}

int32_t PostingsCursor::freq() const {
  PostingsBlock& block = state_->block;
  if (!block.has_freqs && !state_->list.load_freqs(block)) return 1;
  return block.freqs[index_];
}

int32_t PostingsCursor::advance(int32_t target) {
  if (target <= doc_) return doc_;
  if (target > block_docs_[block_length_ - 1]) {
    if (state_->list.is_long()) state_->next_block = state_->list.find_block(state_->next_block, target);
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
  if (state_->positions_block != state_->block.number) {
    state_->positions_block = state_->block.number;
    if (!state_->find_positions()) state_->position_starts.clear();
  }
  if (state_->position_starts.empty() || !state_->read_positions(index_)) return {};
  return state_->doc_positions;
}

float PostingsCursor::block_bound(int32_t target, int32_t* last_doc) const {
  *last_doc = kNoMoreDocs;
  if (state_ == nullptr) return 0;
  const PostingList& list = state_->list;
  if (!list.is_long()) {
    if (block_length_ == 0 || block_docs_[block_length_ - 1] < target) return 0;
    *last_doc = block_docs_[block_length_ - 1];
    return std::numeric_limits<float>::infinity();
  }
  const int32_t from = block_length_ > 0 ? state_->block.number : state_->next_block;
  const int32_t block = from >= list.num_blocks() ? from : list.find_block(from, target);
  if (block >= list.num_blocks()) return 0;
  *last_doc = list.last_doc(block);
  return list.bound(block);
}

std::span<const Impact> PostingsCursor::list_impacts() const {
  if (state_ == nullptr) return {};
  return state_->all_impacts();
}

}  // namespace selene::index
