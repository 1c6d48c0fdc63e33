#include <immintrin.h>

#include <cstring>

#include "index/formats/postings_kernel_tables.h"

namespace selene::index {
namespace {

/// Keeps the compiler from fusing it with what follows, which would round otherwise than the scalar code.
__m256 as_rounded(__m256 product) {
  __asm__("" : "+x"(product));
  return product;
}

void score_bm25(const int32_t* freqs, float weight, float* scores, size_t count) noexcept {
  const __m256 weights = _mm256_set1_ps(weight);
  const __m256 one = _mm256_set1_ps(1);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256 freq = _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(freqs + i)));
    const __m256 product = as_rounded(_mm256_mul_ps(freq, _mm256_loadu_ps(scores + i)));
    const __m256 part = _mm256_div_ps(weights, _mm256_add_ps(one, product));
    _mm256_storeu_ps(scores + i, _mm256_sub_ps(weights, part));
  }
  kScalarPostingsKernels.score_bm25(freqs + i, weight, scores + i, count - i);
}

int32_t count_below(const int32_t* numbers, int32_t target, size_t count) noexcept {
  const __m256i limit = _mm256_set1_epi32(target);
  __m256i below = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i eight = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(numbers + i));
    below = _mm256_sub_epi32(below, _mm256_cmpgt_epi32(limit, eight));
  }
  const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(below), _mm256_extracti128_si256(below, 1));
  const __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
  const int32_t sum = _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xB1)));
  return sum + kScalarPostingsKernels.count_below(numbers + i, target, count - i);
}

uint64_t word_at(const uint8_t* bytes, size_t bit) {
  uint64_t word;
  std::memcpy(&word, bytes + bit / 8, sizeof word);
  return word;
}

void unpack_bitmap(const uint8_t* bytes, size_t num_bytes, int32_t first, int32_t* numbers) noexcept {
  kScalarPostingsKernels.unpack_bitmap(bytes, num_bytes, first, numbers);
}

int32_t count_bits(const uint8_t* bytes, size_t num_bits) noexcept {
  int32_t count = 0;
  size_t at = 0;
  for (; at + 64 <= num_bits; at += 64) count += __builtin_popcountll(word_at(bytes, at));
  if (at < num_bits) count += __builtin_popcountll(word_at(bytes, at) & ((uint64_t{1} << (num_bits - at)) - 1));
  return count;
}

float largest(const float* scores, size_t count) noexcept {
  __m256 best = _mm256_setzero_ps();
  size_t i = 0;
  for (; i + 8 <= count; i += 8) best = _mm256_max_ps(best, _mm256_loadu_ps(scores + i));
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(best), _mm256_extractf128_ps(best, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  const float of_vectors = _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
  const float of_rest = kScalarPostingsKernels.largest(scores + i, count - i);
  return of_rest > of_vectors ? of_rest : of_vectors;
}

size_t keep_scores(const int32_t* docs, const float* scores, size_t count, float least, int32_t* kept_docs,
                   double* kept_scores) noexcept {
  const __m256 limit = _mm256_set1_ps(least);
  size_t kept = 0;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    auto mask = static_cast<uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(scores + i), limit, _CMP_GE_OQ)));
    for (; mask != 0; mask &= mask - 1) {
      const size_t at = i + static_cast<size_t>(__builtin_ctz(mask));
      kept_docs[kept] = docs[at];
      kept_scores[kept++] = static_cast<double>(scores[at]);
    }
  }
  return kept + kScalarPostingsKernels.keep_scores(docs + i, scores + i, count - i, least, kept_docs + kept, kept_scores + kept);
}

size_t take_sums(const SumGroups& groups, int32_t first, double least, int32_t* kept_docs, double* kept_scores) noexcept {
  const __m256d limit = _mm256_set1_pd(least);
  const __m256d none = _mm256_set1_pd(kNoSum);
  double* const all_sums = groups.sums;
  uint8_t* const all_hits = groups.hits;
  size_t kept = 0;
  for (size_t begin = 0; begin < groups.num_groups; begin += 32) {
    const __m256i flags = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(groups.touched + begin));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(groups.touched + begin), _mm256_setzero_si256());
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(all_hits + begin), _mm256_setzero_si256());
    auto touched = ~static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(flags, _mm256_setzero_si256())));
    for (; touched != 0; touched &= touched - 1) {
      const size_t group = begin + static_cast<size_t>(__builtin_ctz(touched));
      double* const sums = all_sums + group * kSumsPerGroup;
      uint32_t missing = 0;
      uint32_t mask = 0;
      for (uint32_t half = 0; half < 8; half += 4) {
        const __m256d four = _mm256_loadu_pd(sums + half);
        missing |= static_cast<uint32_t>(_mm256_movemask_pd(four)) << half;
        mask |= static_cast<uint32_t>(_mm256_movemask_pd(_mm256_cmp_pd(four, limit, _CMP_GE_OQ))) << half;
      }
      all_hits[group] = static_cast<uint8_t>(~missing);
      for (mask &= ~missing; mask != 0; mask &= mask - 1) {
        const auto at = static_cast<size_t>(__builtin_ctz(mask));
        kept_docs[kept] = first + static_cast<int32_t>(group * kSumsPerGroup + at);
        kept_scores[kept++] = sums[at];
      }
      _mm256_storeu_pd(sums, none);
      _mm256_storeu_pd(sums + 4, none);
    }
  }
  return kept;
}

void add_small(const int32_t* docs, const float* scores, size_t count, int32_t first, float scale, uint8_t* sums) noexcept {
  const __m256 scales = _mm256_set1_ps(scale);
  alignas(32) int32_t rounded[8];
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(rounded),
                       _mm256_cvttps_epi32(_mm256_mul_ps(_mm256_loadu_ps(scores + i), scales)));
    for (size_t j = 0; j < 8; ++j) {
      uint8_t& sum = sums[docs[i + j] - first];
      sum = static_cast<uint8_t>(sum + rounded[j] + 1);
    }
  }
  kScalarPostingsKernels.add_small(docs + i, scores + i, count - i, first, scale, sums);
}

size_t take_small(uint8_t* sums, size_t count, uint8_t least, int32_t first, int32_t* docs) noexcept {
  const __m256i limit = _mm256_set1_epi8(static_cast<char>(least));
  size_t taken = 0;
  for (size_t begin = 0; begin < count; begin += 32) {
    const __m256i found = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + begin));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + begin), _mm256_setzero_si256());
    auto mask = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(found, limit), found)));
    for (; mask != 0; mask &= mask - 1) docs[taken++] = first + static_cast<int32_t>(begin) + __builtin_ctz(mask);
  }
  return taken;
}

}  // namespace

constinit const PostingsKernels kAvx2PostingsKernels = {"avx2",  score_bm25,  count_below, unpack_bitmap, count_bits,
                                                        largest, keep_scores, take_sums,   add_small,     take_small};

}  // namespace selene::index
