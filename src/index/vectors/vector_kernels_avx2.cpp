#include <immintrin.h>

#include <bit>
#include <cstring>

#include "index/vectors/kernel_tables.h"

namespace selene::index {
namespace {

float sum_of(__m256 v) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

int32_t sum_of(__m256i v) {
  const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  const __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xB1)));
}

float from_bfloat16(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

__m256 load_bfloat16(const uint16_t* at) {
  const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}

__m256i load_bytes(const void* at) { return _mm256_loadu_si256(static_cast<const __m256i*>(at)); }

float dot_float(const float* a, const float* b, size_t dims) noexcept {
  __m256 s0 = _mm256_setzero_ps();
  __m256 s1 = s0;
  __m256 s2 = s0;
  __m256 s3 = s0;
  size_t i = 0;
  for (; i + 32 <= dims; i += 32) {
    s0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), s0);
    s1 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8), s1);
    s2 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16), s2);
    s3 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24), s3);
  }
  float sum = sum_of(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));
  for (; i < dims; ++i) sum += a[i] * b[i];
  return sum;
}

float l2_float(const float* a, const float* b, size_t dims) noexcept {
  __m256 s0 = _mm256_setzero_ps();
  __m256 s1 = s0;
  size_t i = 0;
  for (; i + 16 <= dims; i += 16) {
    const __m256 d0 = _mm256_sub_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));
    const __m256 d1 = _mm256_sub_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8));
    s0 = _mm256_fmadd_ps(d0, d0, s0);
    s1 = _mm256_fmadd_ps(d1, d1, s1);
  }
  float sum = sum_of(_mm256_add_ps(s0, s1));
  for (; i < dims; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

float dot_bfloat16(const float* query, const uint16_t* row, size_t dims) noexcept {
  __m256 s0 = _mm256_setzero_ps();
  __m256 s1 = s0;
  size_t i = 0;
  for (; i + 16 <= dims; i += 16) {
    s0 = _mm256_fmadd_ps(_mm256_loadu_ps(query + i), load_bfloat16(row + i), s0);
    s1 = _mm256_fmadd_ps(_mm256_loadu_ps(query + i + 8), load_bfloat16(row + i + 8), s1);
  }
  float sum = sum_of(_mm256_add_ps(s0, s1));
  for (; i < dims; ++i) sum += query[i] * from_bfloat16(row[i]);
  return sum;
}

float l2_bfloat16(const float* query, const uint16_t* row, size_t dims) noexcept {
  __m256 s = _mm256_setzero_ps();
  size_t i = 0;
  for (; i + 8 <= dims; i += 8) {
    const __m256 difference = _mm256_sub_ps(_mm256_loadu_ps(query + i), load_bfloat16(row + i));
    s = _mm256_fmadd_ps(difference, difference, s);
  }
  float sum = sum_of(s);
  for (; i < dims; ++i) {
    const float difference = query[i] - from_bfloat16(row[i]);
    sum += difference * difference;
  }
  return sum;
}

__m256i widen_signed(const int8_t* at) { return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))); }
__m256i widen_unsigned(const uint8_t* at) { return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))); }

int32_t dot_int8(const int8_t* a, const int8_t* b, size_t dims) noexcept {
  __m256i s = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 16 <= dims; i += 16) s = _mm256_add_epi32(s, _mm256_madd_epi16(widen_signed(a + i), widen_signed(b + i)));
  int32_t sum = sum_of(s);
  for (; i < dims; ++i) sum += int32_t{a[i]} * b[i];
  return sum;
}

int32_t dot_code8(const uint8_t* codes, const int8_t* query, size_t dims) noexcept {
  __m256i s = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 16 <= dims; i += 16) s = _mm256_add_epi32(s, _mm256_madd_epi16(widen_unsigned(codes + i), widen_signed(query + i)));
  int32_t sum = sum_of(s);
  for (; i < dims; ++i) sum += int32_t{codes[i]} * query[i];
  return sum;
}

int32_t dot_code4(const uint8_t* codes, const int8_t* query, size_t dims) noexcept {
  const size_t half = dims / 2;
  const __m256i ones = _mm256_set1_epi16(1);
  const __m256i low_mask = _mm256_set1_epi8(15);
  __m256i s = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 32 <= half; i += 32) {
    const __m256i bytes = load_bytes(codes + i);
    const __m256i low = _mm256_and_si256(bytes, low_mask);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_mask);
    // 2 * 15 * 128 fits in 16 bits.
    s = _mm256_add_epi32(s, _mm256_madd_epi16(_mm256_maddubs_epi16(low, load_bytes(query + i)), ones));
    s = _mm256_add_epi32(s, _mm256_madd_epi16(_mm256_maddubs_epi16(high, load_bytes(query + half + i)), ones));
  }
  int32_t sum = sum_of(s);
  for (; i < half; ++i) sum += (codes[i] & 15) * query[i] + (codes[i] >> 4) * query[half + i];
  return sum;
}

int32_t dot_code1(const uint8_t* bits, const int8_t* query, size_t dims) noexcept {
  // Byte j of 32 takes the byte j / 8 of the bits, then bit j % 8 of that.
  const __m256i spread =
      _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
  const __m256i places = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201ULL));
  const __m256i unsigned_ones = _mm256_set1_epi8(1);
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i s = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 32 <= dims; i += 32) {
    int32_t word = 0;
    std::memcpy(&word, bits + i / 8, sizeof word);
    const __m256i chosen = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(word), spread), places);
    const __m256i mask = _mm256_cmpeq_epi8(chosen, places);
    const __m256i picked = _mm256_and_si256(mask, load_bytes(query + i));
    s = _mm256_add_epi32(s, _mm256_madd_epi16(_mm256_maddubs_epi16(unsigned_ones, picked), ones));
  }
  int32_t sum = sum_of(s);
  for (; i < dims; ++i) sum += (bits[i / 8] >> (i % 8) & 1) * query[i];
  return sum;
}

int32_t hamming(const uint8_t* a, const uint8_t* b, size_t bytes) noexcept {
  int64_t sum = 0;
  size_t i = 0;
  for (; i + 8 <= bytes; i += 8) {
    uint64_t x = 0;
    uint64_t y = 0;
    std::memcpy(&x, a + i, sizeof x);
    std::memcpy(&y, b + i, sizeof y);
    sum += __builtin_popcountll(x ^ y);
  }
  for (; i < bytes; ++i) sum += std::popcount(static_cast<uint8_t>(a[i] ^ b[i]));
  return static_cast<int32_t>(sum);
}

}  // namespace

const VectorKernels kAvx2VectorKernels{"avx2",    &dot_float, &l2_float,  &dot_bfloat16, &l2_bfloat16,
                                       &dot_int8, &dot_code8, &dot_code4, &dot_code1,    &hamming};

}  // namespace selene::index
