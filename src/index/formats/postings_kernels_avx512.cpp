// GCC 12 takes the undefined operands inside its own intrinsics for mistakes (GCC PR 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "index/formats/postings_kernel_tables.h"

namespace selene::index {
namespace {

/// Keeps the compiler from fusing it with what follows, which would round otherwise than the scalar code.
__m512 as_rounded(__m512 product) {
  __asm__("" : "+v"(product));
  return product;
}

__mmask16 first_lanes(size_t count) { return count >= 16 ? __mmask16{0xFFFF} : static_cast<__mmask16>((1U << count) - 1); }

void score_bm25(const int32_t* freqs, float weight, float* scores, size_t count) noexcept {
  const __m512 weights = _mm512_set1_ps(weight);
  const __m512 one = _mm512_set1_ps(1);
  for (size_t i = 0; i < count; i += 16) {
    const __mmask16 lanes = first_lanes(count - i);
    const __m512 freq = _mm512_cvtepi32_ps(_mm512_maskz_loadu_epi32(lanes, freqs + i));
    const __m512 product = as_rounded(_mm512_mul_ps(freq, _mm512_maskz_loadu_ps(lanes, scores + i)));
    const __m512 part = _mm512_div_ps(weights, _mm512_add_ps(one, product));
    _mm512_mask_storeu_ps(scores + i, lanes, _mm512_sub_ps(weights, part));
  }
}

int32_t num_below(__mmask16 lanes, const int32_t* numbers, __m512i limit) {
  return __builtin_popcount(_mm512_mask_cmplt_epi32_mask(lanes, _mm512_maskz_loadu_epi32(lanes, numbers), limit));
}

int32_t count_below(const int32_t* numbers, int32_t target, size_t count) noexcept {
  const __m512i limit = _mm512_set1_epi32(target);
  int32_t below = 0;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) below += num_below(0xFFFF, numbers + i, limit);
  if (i < count) below += num_below(first_lanes(count - i), numbers + i, limit);
  return below;
}

float largest(const float* scores, size_t count) noexcept {
  __m512 best = _mm512_setzero_ps();
  for (size_t i = 0; i < count; i += 16) best = _mm512_max_ps(best, _mm512_maskz_loadu_ps(first_lanes(count - i), scores + i));
  return _mm512_reduce_max_ps(best);
}

size_t keep_scores(const int32_t* docs, const float* scores, size_t count, float least, int32_t* kept_docs,
                   double* kept_scores) noexcept {
  const __m512 limit = _mm512_set1_ps(least);
  size_t kept = 0;
  for (size_t i = 0; i < count; i += 16) {
    const __mmask16 lanes = first_lanes(count - i);
    const __m512 sixteen = _mm512_maskz_loadu_ps(lanes, scores + i);
    const __mmask16 mask = _mm512_mask_cmp_ps_mask(lanes, sixteen, limit, _CMP_GE_OQ);
    // Compressed in a register: straight to memory is slow on some processors.
    _mm512_storeu_si512(kept_docs + kept, _mm512_maskz_compress_epi32(mask, _mm512_maskz_loadu_epi32(lanes, docs + i)));
    const __m512 found = _mm512_maskz_compress_ps(mask, sixteen);
    _mm512_storeu_pd(kept_scores + kept, _mm512_cvtps_pd(_mm512_castps512_ps256(found)));
    _mm512_storeu_pd(kept_scores + kept + 8, _mm512_cvtps_pd(_mm512_extractf32x8_ps(found, 1)));
    kept += static_cast<size_t>(__builtin_popcount(mask));
  }
  return kept;
}

size_t take_sums(double* sums, int32_t first, double least, int32_t* kept_docs, double* kept_scores) noexcept {
  const __m512d limit = _mm512_set1_pd(least);
  __m256i docs = _mm256_add_epi32(_mm256_set1_epi32(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  size_t kept = 0;
  for (int32_t i = 0; i < kSumsPerGroup; i += 8) {
    const __m512d eight = _mm512_loadu_pd(sums + i);
    const __mmask8 mask = _mm512_cmp_pd_mask(eight, limit, _CMP_GE_OQ);
    _mm512_storeu_pd(sums + i, _mm512_setzero_pd());
    _mm512_storeu_pd(kept_scores + kept, _mm512_maskz_compress_pd(mask, eight));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(kept_docs + kept), _mm256_maskz_compress_epi32(mask, docs));
    docs = _mm256_add_epi32(docs, _mm256_set1_epi32(8));
    kept += static_cast<size_t>(__builtin_popcount(mask));
  }
  return kept;
}

}  // namespace

constinit const PostingsKernels kAvx512PostingsKernels = {"avx512", score_bm25, count_below, largest, keep_scores, take_sums};

}  // namespace selene::index
