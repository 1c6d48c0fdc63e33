#include "index/formats/postings_kernel_tables.h"

namespace selene::index {
namespace {

void score_bm25(const int32_t* freqs, float weight, float* scores, size_t count) noexcept {
  for (size_t i = 0; i < count; ++i) scores[i] = weight - weight / (1.0F + static_cast<float>(freqs[i]) * scores[i]);
}

int32_t count_below(const int32_t* numbers, int32_t target, size_t count) noexcept {
  int32_t below = 0;
  for (size_t i = 0; i < count; ++i) below += numbers[i] < target ? 1 : 0;
  return below;
}

float largest(const float* scores, size_t count) noexcept {
  float best = 0;
  for (size_t i = 0; i < count; ++i) best = scores[i] > best ? scores[i] : best;
  return best;
}

size_t keep_scores(const int32_t* docs, const float* scores, size_t count, float least, int32_t* kept_docs,
                   double* kept_scores) noexcept {
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    kept_docs[kept] = docs[i];
    kept_scores[kept] = static_cast<double>(scores[i]);
    kept += scores[i] >= least ? 1 : 0;
  }
  return kept;
}

size_t take_sums(double* sums, int32_t first, double least, int32_t* kept_docs, double* kept_scores) noexcept {
  size_t kept = 0;
  for (int32_t i = 0; i < kSumsPerGroup; ++i) {
    const double sum = sums[i];
    sums[i] = 0;
    if (sum < least) continue;
    kept_docs[kept] = first + i;
    kept_scores[kept++] = sum;
  }
  return kept;
}

}  // namespace

constinit const PostingsKernels kScalarPostingsKernels = {"scalar", score_bm25, count_below, largest, keep_scores, take_sums};

}  // namespace selene::index
