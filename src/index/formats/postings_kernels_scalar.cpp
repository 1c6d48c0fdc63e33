#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

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

uint64_t word_at(const uint8_t* bytes, size_t bit) {
  uint64_t word;
  std::memcpy(&word, bytes + bit / 8, sizeof word);
  return word;
}

void unpack_bitmap(const uint8_t* bytes, size_t num_bytes, int32_t first, int32_t* numbers) noexcept {
  for (size_t bit = 0; bit < num_bytes * 8; bit += 64) {
    for (uint64_t word = word_at(bytes, bit); word != 0; word &= word - 1)
      *numbers++ = first + static_cast<int32_t>(bit) + std::countr_zero(word);
  }
}

int32_t count_bits(const uint8_t* bytes, size_t num_bits) noexcept {
  int32_t count = 0;
  size_t at = 0;
  for (; at + 64 <= num_bits; at += 64) count += std::popcount(word_at(bytes, at));
  if (at < num_bits) count += std::popcount(word_at(bytes, at) & ((uint64_t{1} << (num_bits - at)) - 1));
  return count;
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

size_t take_sums(const SumGroups& groups, int32_t first, double least, int32_t* kept_docs, double* kept_scores) noexcept {
  size_t kept = 0;
  for (size_t group = 0; group < groups.num_groups; ++group) {
    groups.hits[group] = 0;
    if (std::exchange(groups.touched[group], uint8_t{0}) == 0) continue;
    for (size_t i = 0; i < kSumsPerGroup; ++i) {
      const size_t at = group * kSumsPerGroup + i;
      const double sum = std::exchange(groups.sums[at], kNoSum);
      if (std::signbit(sum)) continue;
      groups.hits[group] = static_cast<uint8_t>(groups.hits[group] | 1U << i);
      if (sum < least) continue;
      kept_docs[kept] = first + static_cast<int32_t>(at);
      kept_scores[kept++] = sum;
    }
  }
  return kept;
}

void add_small(const int32_t* docs, const float* scores, size_t count, int32_t first, float scale, uint8_t* sums) noexcept {
  for (size_t i = 0; i < count; ++i) {
    uint8_t& sum = sums[docs[i] - first];
    sum = static_cast<uint8_t>(sum + static_cast<int32_t>(scores[i] * scale) + 1);
  }
}

size_t take_small(uint8_t* sums, size_t count, uint8_t least, int32_t first, int32_t* docs) noexcept {
  size_t taken = 0;
  for (size_t i = 0; i < count; ++i) {
    if (std::exchange(sums[i], uint8_t{0}) >= least) docs[taken++] = first + static_cast<int32_t>(i);
  }
  return taken;
}

}  // namespace

constinit const PostingsKernels kScalarPostingsKernels = {"scalar", score_bm25,  count_below, unpack_bitmap, count_bits,
                                                          largest,  keep_scores, take_sums,   add_small,     take_small};

}  // namespace selene::index
