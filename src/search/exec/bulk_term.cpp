#include "search/exec/bulk_term.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace selene::search {
namespace {

/// A block that covers so many times the documents of a window, or more, is decoded to see what of it is in there.
constexpr DocId kSparseBlockSpan = 2;
/// A window over more blocks than this is bounded by the whole list.
constexpr int32_t kMaxBlocksPerBound = 64;

}  // namespace

BulkTerm::BulkTerm(index::PostingList list, const Bm25Scorer& bm25, const uint8_t* norms, bool has_freqs, float mean_length)
    : list_(list), bm25_(&bm25), norms_(norms), has_freqs_(has_freqs), bound_scale_(bm25.bound_scale(mean_length)) {
  find_list_bounds();
}

BulkTerm::BulkTerm(index::PostingList list, float weight) : list_(list), weight_(weight) { find_list_bounds(); }

void BulkTerm::find_list_bounds() {
  std::vector<float> scores;
  if (list_.is_long()) {
    std::vector<index::Impact> impacts;
    if (!list_.impacts(impacts)) impacts.clear();
    for (const index::Impact& impact : impacts) scores.push_back(score(impact.freq, norms_ == nullptr ? uint8_t{1} : impact.norm));
  } else if (list_.num_blocks() > 0) {
    load_scores();
    scores.assign(scores_, scores_ + decoded_.length);
  }
  if (scores.empty()) return;
  const auto [least, most] = std::minmax_element(scores.begin(), scores.end());
  list_min_ = *least;
  list_max_ = *most;
}

int BulkTerm::score_exponent() const {
  // w - w / (1 + x) in float is a multiple of 2^(e - 25), e being the exponent of w; a product has 24 bits.
  if (bm25_ != nullptr) return bm25_->weight() == 0 ? 0 : std::ilogb(bm25_->weight()) - 25;
  constexpr int kSmallest = -149;  // of any float
  return list_min_ == 0 ? kSmallest : std::max(kSmallest, std::ilogb(list_min_) - 23);
}

float BulkTerm::guaranteed_score(int64_t num_docs) const {
  if (list_.num_blocks() == 0 || num_docs > list_.doc_freq()) return 0;
  if (!list_.is_long()) {
    if (num_docs > decoded_.length) return 0;
    std::vector<float> sorted(scores_, scores_ + decoded_.length);
    std::nth_element(sorted.begin(), sorted.begin() + (num_docs - 1), sorted.end(), std::greater<>());
    return sorted[static_cast<size_t>(num_docs - 1)];
  }
  std::vector<index::Impact> impacts;
  list_.guaranteed(num_docs, impacts);
  float best = 0;
  for (const index::Impact& impact : impacts)
    best = std::max(best, score(impact.freq, norms_ == nullptr ? uint8_t{1} : impact.norm));
  return best;
}

std::vector<index::WeightLayer> BulkTerm::weight_layers() const {
  return scores_weights() && list_.is_long() ? list_.weight_layers() : std::vector<index::WeightLayer>();
}

void BulkTerm::rewind() {
  block_ = 0;
  place_ = 0;
  near_ = {{}, 0, -1, 0};
  if (!list_.is_long()) return;  // stays decoded
  scored_block_ = -1;
  decoded_.number = -1;
}

void BulkTerm::seek(DocId target) {
  if (list_.is_long()) {
    if (block_ < list_.num_blocks() && list_.last_doc(block_) < target) block_ = list_.find_block(block_ + 1, target);
  } else if (block_ < list_.num_blocks() && (decoded_.length == 0 || decoded_.docs[decoded_.length - 1] < target)) {
    block_ = list_.num_blocks();
  }
}

void BulkTerm::load() {
  if (is_loaded()) return;
  place_ = 0;
  scored_block_ = -1;
  list_.load_docs(block_, decoded_);  // a damaged block is an empty one
}

void BulkTerm::load_scores() {
  load();
  if (scored_block_ == block_) return;
  scored_block_ = block_;
  const int32_t length = decoded_.length;
  if (length == 0 || !list_.load_freqs(decoded_)) {
    decoded_.length = 0;
    return;
  }
  if (bm25_ == nullptr) return score_weights();
  const auto factors = bm25_->length_factors();
  if (norms_ == nullptr) {
    std::fill_n(scores_, length, factors[1]);
  } else {
    for (int32_t i = 0; i < length; ++i) scores_[i] = factors[norms_[decoded_.docs[i]]];
  }
  const float weight = bm25_->weight();
  if (has_freqs_) {
    kernels_->score_bm25(decoded_.freqs, weight, scores_, static_cast<size_t>(length));
  } else {
    for (int32_t i = 0; i < length; ++i) scores_[i] = weight - weight / (1.0F + scores_[i]);
  }
}

void BulkTerm::score_weights() {
  for (int32_t i = 0; i < decoded_.length; ++i) scores_[i] = weight_ * index::decode_feature_weight(decoded_.freqs[i]);
}

/// In the decoded block, from `place_` on.
int32_t BulkTerm::lower_bound(DocId target) const {
  constexpr int32_t kStride = 16;
  int32_t at = place_ / kStride * kStride;
  while (at + kStride <= decoded_.length && decoded_.docs[at + kStride - 1] < target) at += kStride;
  // Counting a few is quicker than a search whose steps wait for one another.
  const int32_t length = std::min(kStride, decoded_.length - at);
  return std::max(place_, at + kernels_->count_below(decoded_.docs + at, target, static_cast<size_t>(length)));
}

BulkTerm::Scored BulkTerm::part_of(DocId begin, DocId end) const {
  const int32_t first = place_ < decoded_.length && decoded_.docs[place_] >= begin ? place_ : lower_bound(begin);
  const int32_t last = decoded_.length > 0 && decoded_.docs[decoded_.length - 1] < end ? decoded_.length : lower_bound(end);
  return {{decoded_.docs + first, static_cast<size_t>(std::max(0, last - first))}, scores_ + first};
}

float BulkTerm::max_score(DocId begin, DocId end) {
  seek(begin);
  float best = 0;
  float highest = 0;  // of the bounds as they are stored: one of them is worth a division
  for (int32_t block = block_; block < list_.num_blocks(); ++block) {
    const DocId first = block > 0 ? list_.last_doc(block - 1) + 1 : 0;
    if (first >= end) break;
    const DocId last = list_.is_long() ? list_.last_doc(block) : decoded_.docs[decoded_.length - 1];
    if (block == block_ && (scored_block_ == block_ || last - first > kSparseBlockSpan * (end - begin))) {
      load_scores();
      const Scored part = part_of(begin, end);
      best = std::max(best, kernels_->largest(part.scores, part.docs.size()));
    } else if (block - block_ > kMaxBlocksPerBound) {
      return list_max_;
    } else if (list_.is_long()) {
      highest = std::max(highest, stored_bound(block));
    } else {
      return list_max_;
    }
    if (last >= end - 1) break;
  }
  return highest > 0 ? std::max(best, score_of_bound(highest)) : best;
}

DocId BulkTerm::next_possible(DocId from) {
  seek(from);
  if (block_ >= list_.num_blocks()) return kNoMoreDocs;
  if (!is_loaded()) return std::max(from, first_possible());
  const int32_t at = lower_bound(from);
  return at < decoded_.length ? decoded_.docs[at] : std::max(from, last_doc() + 1);
}

/// Finds the block that may hold `doc`, so that documents up to its end need not be searched for again.
void BulkTerm::near(DocId doc) {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  int32_t block = std::max(block_, near_.block);
  if (!list_.is_long()) {
    const bool at_end = list_.num_blocks() == 0 || decoded_.length == 0 || decoded_.docs[decoded_.length - 1] < doc;
    near_ = at_end ? Place{{}, list_.num_blocks(), kNoMoreDocs, kInfinite} : Place{{}, 0, last_doc(), list_max_};
    return;
  }
  if (block < list_.num_blocks() && list_.last_doc(block) < doc) block = list_.find_block(block + 1, doc);
  if (block >= list_.num_blocks()) {
    near_ = {{}, block, kNoMoreDocs, kInfinite};
  } else {
    near_ = {list_.bytes(block), block, list_.last_doc(block), block_bound(block)};
  }
}

/// In a block that `near` found.
float BulkTerm::look_up(int32_t block, DocId doc) {
  block_ = std::max(block_, block);
  if (block_ >= list_.num_blocks()) return kAbsent;
  load();
  if (decoded_.length == 0) return kAbsent;
  place_ = lower_bound(doc);
  if (place_ >= decoded_.length || decoded_.docs[place_] != doc) return kAbsent;
  return score_in_block(0);
}

std::span<const DocId> BulkTerm::docs_from(DocId target) {
  seek(target);
  if (block_ >= list_.num_blocks()) return {};
  load();
  place_ = lower_bound(target);
  return {decoded_.docs + place_, static_cast<size_t>(decoded_.length - place_)};
}

DocId BulkTerm::block_end(DocId target) {
  seek(target);
  if (block_ >= list_.num_blocks()) return kNoMoreDocs;
  return last_doc();
}

float BulkTerm::score_in_block(size_t i) {
  const int32_t at = place_ + static_cast<int32_t>(i);
  if (scored_block_ == block_) return scores_[at];
  return score(has_freqs_ ? list_.freq(decoded_, at) : 1, norm_of(decoded_.docs[at]));
}

}  // namespace selene::search
