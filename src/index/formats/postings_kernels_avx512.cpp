// GCC 12 takes the undefined operands inside its own intrinsics for mistakes (GCC PR 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__  // has no such warning
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <cstring>

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

uint64_t word_at(const uint8_t* bytes, size_t bit) {
  uint64_t word;
  std::memcpy(&word, bytes + bit / 8, sizeof word);
  return word;
}

void unpack_bitmap(const uint8_t* bytes, size_t num_bytes, int32_t first, int32_t* numbers) noexcept {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m512i sixteen = _mm512_add_epi32(_mm512_set1_epi32(first), lanes);
  for (size_t i = 0; i < num_bytes; i += 2) {
    uint16_t bits;
    std::memcpy(&bits, bytes + i, sizeof bits);
    _mm512_storeu_si512(numbers, _mm512_maskz_compress_epi32(bits, sixteen));
    numbers += __builtin_popcount(bits);
    sixteen = _mm512_add_epi32(sixteen, _mm512_set1_epi32(16));
  }
}

int32_t count_bits(const uint8_t* bytes, size_t num_bits) noexcept {
  int32_t count = 0;
  size_t at = 0;
  for (; at + 64 <= num_bits; at += 64) count += __builtin_popcountll(word_at(bytes, at));
  if (at < num_bits) count += __builtin_popcountll(word_at(bytes, at) & ((uint64_t{1} << (num_bits - at)) - 1));
  return count;
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

size_t take_sums(const SumGroups& groups, int32_t first, double least, int32_t* kept_docs, double* kept_scores) noexcept {
  const __m512d limit = _mm512_set1_pd(least);
  const __m512d none = _mm512_set1_pd(kNoSum);
  const __m256i first_docs = _mm256_add_epi32(_mm256_set1_epi32(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  double* const all_sums = groups.sums;
  uint8_t* const all_hits = groups.hits;
  size_t kept = 0;
  for (size_t begin = 0; begin < groups.num_groups; begin += 64) {
    const __m512i flags = _mm512_loadu_si512(groups.touched + begin);
    _mm512_storeu_si512(all_hits + begin, _mm512_setzero_si512());
    uint64_t touched = _mm512_test_epi8_mask(flags, flags);
    if (touched == 0) continue;
    _mm512_storeu_si512(groups.touched + begin, _mm512_setzero_si512());
    for (; touched != 0; touched &= touched - 1) {
      const size_t group = begin + static_cast<size_t>(__builtin_ctzll(touched));
      double* const sums = all_sums + group * kSumsPerGroup;
      const __m512d eight = _mm512_loadu_pd(sums);
      _mm512_storeu_pd(sums, none);
      const auto hits = static_cast<__mmask8>(~_mm512_movepi64_mask(_mm512_castpd_si512(eight)));
      all_hits[group] = hits;
      const __mmask8 mask = _mm512_mask_cmp_pd_mask(hits, eight, limit, _CMP_GE_OQ);
      if (mask == 0) continue;
      const __m256i docs = _mm256_add_epi32(first_docs, _mm256_set1_epi32(static_cast<int32_t>(group * kSumsPerGroup)));
      _mm512_storeu_pd(kept_scores + kept, _mm512_maskz_compress_pd(mask, eight));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(kept_docs + kept), _mm256_maskz_compress_epi32(mask, docs));
      kept += static_cast<size_t>(__builtin_popcount(mask));
    }
  }
  return kept;
}

void add_small(const int32_t* docs, const float* scores, size_t count, int32_t first, float scale, uint8_t* sums) noexcept {
  constexpr size_t kAtOnce = 128;
  alignas(64) uint8_t rounded[kAtOnce];
  const __m512 scales = _mm512_set1_ps(scale);
  for (size_t begin = 0; begin < count; begin += kAtOnce) {
    const size_t end = count - begin < kAtOnce ? count : begin + kAtOnce;
    for (size_t i = begin; i < end; i += 16) {
      const __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(first_lanes(end - i), scores + i), scales);
      const __m128i bytes = _mm512_cvtepi32_epi8(_mm512_add_epi32(_mm512_cvttps_epi32(scaled), _mm512_set1_epi32(1)));
      _mm_store_si128(reinterpret_cast<__m128i*>(rounded + (i - begin)), bytes);
    }
    for (size_t i = begin; i < end; ++i) {
      uint8_t& sum = sums[docs[i] - first];
      sum = static_cast<uint8_t>(sum + rounded[i - begin]);
    }
  }
}

size_t take_small(uint8_t* sums, size_t count, uint8_t least, int32_t first, int32_t* docs) noexcept {
  const __m512i limit = _mm512_set1_epi8(static_cast<char>(least));
  size_t taken = 0;
  for (size_t begin = 0; begin < count; begin += 64) {
    uint64_t mask = _mm512_cmpge_epu8_mask(_mm512_loadu_si512(sums + begin), limit);
    _mm512_storeu_si512(sums + begin, _mm512_setzero_si512());
    for (; mask != 0; mask &= mask - 1) docs[taken++] = first + static_cast<int32_t>(begin) + __builtin_ctzll(mask);
  }
  return taken;
}

}  // namespace

constinit const PostingsKernels kAvx512PostingsKernels = {"avx512", score_bm25,  count_below, unpack_bitmap, count_bits,
                                                          largest,  keep_scores, take_sums,   add_small,     take_small};

}  // namespace selene::index
