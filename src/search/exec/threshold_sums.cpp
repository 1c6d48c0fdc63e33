#include "search/exec/threshold_sums.h"

#include <algorithm>
#include <cmath>

namespace selene::search {
namespace {

constexpr double kLargestByte = 255;
constexpr double kLargestScale = 1e30;
constexpr double kSlackOfScaling = 1 - 1e-6;  // scores are scaled in float
/// Looking candidates up in every piece pays as long as all look-ups together are below this part of the postings.
constexpr double kLookUpsPerPosting = 2.0 / 3;  // measured: make bench-search
constexpr double kLookUpsAnyway = 40;

}  // namespace

WindowSums<ThresholdSums::kWindow>& ThresholdSums::all() {
  if (all_ == nullptr) all_ = std::make_unique<WindowSums<kWindow>>();
  return *all_;
}

void ThresholdSums::start(DocId begin, double least, double sum_of_max) {
  begin_ = begin;
  least_ = least;
  num_postings_ = end_ = 0;
  pieces_.clear();
  if (in_double()) return;
  // Every score is rounded up by one step at most.
  scale_ = static_cast<float>(std::min((kLargestByte - 1 - static_cast<double>(num_terms_)) / sum_of_max, kLargestScale));
  least_byte_ =
      static_cast<uint8_t>(std::clamp(std::floor(least * static_cast<double>(scale_) * kSlackOfScaling), 1.0, kLargestByte));
}

void ThresholdSums::add(const BulkTerm::Scored& part) {
  const size_t size = part.docs.size();
  num_postings_ += size;
  if (in_double()) return all().add(begin_, part);
  kernels_->add_small(part.docs.data(), part.scores, size, begin_, scale_, bytes_.data());
  if (end_ + size + kStride > docs_.size()) {
    docs_.resize(2 * docs_.size() + size + kStride);
    scores_.resize(docs_.size());
  }
  std::copy(part.docs.begin(), part.docs.end(), docs_.data() + end_);
  std::fill_n(docs_.data() + end_ + size, kStride, kNoMoreDocs);
  std::copy_n(part.scores, size, scores_.data() + end_);
  pieces_.push_back({end_, size});
  end_ += size + kStride;
}

SummedDocs ThresholdSums::take() {
  if (in_double()) {
    windows_in_double_ = std::max(0, windows_in_double_ - 1);
    return all().take(begin_, least_);
  }
  const size_t found = kernels_->take_small(bytes_.data(), kWindow, least_byte_, begin_, candidates_.get());
  if (too_many(found)) return add_all_up();
  last_in_double_ = 0;
  return add_up(found);
}

bool ThresholdSums::too_many(size_t num_candidates) const {
  return static_cast<double>(num_candidates * pieces_.size()) >
         kLookUpsPerPosting * static_cast<double>(num_postings_) + kLookUpsAnyway;
}

/// Adds this window up in double and, more and more often where bytes do not help, has it done with some behind it.
SummedDocs ThresholdSums::add_all_up() {
  windows_in_double_ = last_in_double_ = std::min(2 * last_in_double_ + 1, kMaxWindowsInDouble);
  for (const Piece& piece : pieces_) all().add(begin_, {{docs_.data() + piece.first, piece.size}, scores_.data() + piece.first});
  return all().take(begin_, least_);
}

SummedDocs ThresholdSums::add_up(size_t num_candidates) {
  if (num_candidates == 0) return {{candidates_.get(), 0}, sums_.get()};
  std::fill_n(sums_.get(), num_candidates, 0.0);
  for (const Piece& piece : pieces_) add_up_piece(piece, num_candidates);
  size_t kept = 0;
  for (size_t i = 0; i < num_candidates; ++i) {
    candidates_[kept] = candidates_[i];
    sums_[kept] = sums_[i];
    kept += sums_[i] >= least_ ? 1 : 0;
  }
  return {{candidates_.get(), kept}, sums_.get()};
}

void ThresholdSums::add_up_piece(const Piece& piece, size_t num_candidates) {
  const DocId* const docs = docs_.data() + piece.first;
  const float* const scores = scores_.data() + piece.first;
  const DocId* const candidates = candidates_.get();
  double* const sums = sums_.get();
  size_t at = 0;
  for (size_t i = 0; i < num_candidates; ++i) {
    const DocId doc = candidates[i];
    while (docs[at + kStride - 1] < doc) at += kStride;
    int below = 0;
    for (size_t j = 0; j < kStride; ++j) below += docs[at + j] < doc ? 1 : 0;
    const size_t found = at + static_cast<size_t>(below);
    if (docs[found] == doc) sums[i] += static_cast<double>(scores[found]);
  }
}

}  // namespace selene::search
