#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "index/formats/postings_kernels.h"
#include "search/exec/bulk_term.h"

namespace selene::search {

/// Documents and their sums, ascending; may be written to.
struct SummedDocs {
  std::span<DocId> docs;
  double* sums;
};

/// Scores of the documents of a window of so many, added up in double. Scores are not negative. One thread.
template <DocId kWindow>
class WindowSums {
 public:
  WindowSums() { sums_.fill(index::kNoSum); }

  /// REQUIRES: all documents in [begin, begin + kWindow).
  void add(DocId begin, const BulkTerm::Scored& part) {
    add_each(begin, part, [](float score) { return static_cast<double>(score); });
  }
  /// Adds each score less `less`. REQUIRES: no score is below it.
  void add(DocId begin, const BulkTerm::Scored& part, double less) {
    add_each(begin, part, [less](float score) { return static_cast<double>(score) - less; });
  }
  /// What has a sum of `least` or more, and clears everything. The arrays hold until the next call.
  SummedDocs take(DocId begin, double least) {
    const index::SumGroups groups{sums_.data(), touched_.data(), hits_.data(), kNumGroups};
    const size_t kept = kernels_->take_sums(groups, begin, least, docs_.get(), doc_sums_.get());
    return {{docs_.get(), kept}, doc_sums_.get()};
  }
  /// How many documents had a sum at the last `take`, less those of which live(doc) is false.
  template <class Live>
  int64_t count(DocId begin, Live&& live) const {
    int64_t found = 0;
    for (size_t at = 0; at < kWindow; at += 64) {
      for (uint64_t bits = hit_word(at); bits != 0; bits &= bits - 1)
        found += live(begin + static_cast<DocId>(at) + std::countr_zero(bits)) ? 1 : 0;
    }
    return found;
  }
  int64_t count() const { return kernels_->count_bits(hits_.data(), kWindow); }

 private:
  static constexpr size_t kNumGroups = kWindow / index::kSumsPerGroup;
  static_assert(kNumGroups % 64 == 0 && index::kSumsPerGroup == 8);

  template <class Gain>
  void add_each(DocId begin, const BulkTerm::Scored& part, Gain&& gain) {
    for (size_t i = 0; i < part.docs.size(); ++i) {
      const auto at = static_cast<uint32_t>(part.docs[i] - begin);
      sums_[at] += gain(part.scores[i]);
      touched_[at / index::kSumsPerGroup] = 1;
    }
  }
  uint64_t hit_word(size_t at) const {
    uint64_t word;
    std::memcpy(&word, hits_.data() + at / index::kSumsPerGroup, sizeof word);
    return word;
  }

  const index::PostingsKernels* kernels_ = &index::postings_kernels();
  std::array<double, kWindow> sums_;
  std::array<uint8_t, kNumGroups> touched_{};
  std::array<uint8_t, kNumGroups> hits_{};
  std::unique_ptr<DocId[]> docs_ = std::make_unique_for_overwrite<DocId[]>(kWindow + index::kSpare);
  std::unique_ptr<double[]> doc_sums_ = std::make_unique_for_overwrite<double[]>(kWindow + index::kSpare);
};

}  // namespace selene::search
