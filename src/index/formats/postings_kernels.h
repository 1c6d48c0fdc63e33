#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "index/formats/postings_layout.h"

namespace selene::index {

/// Sums of scores that documents got, for PostingsKernels::take_sums.
struct SumGroups {
  double* sums;      ///< [num_groups * kSumsPerGroup]
  uint8_t* touched;  ///< [num_groups]: 1 where a sum changed
  uint8_t* hits;     ///< [num_groups], set by take_sums
  size_t num_groups;
};

/// Loops over decoded postings and their scores. None allocates; no alignment is needed. Results are the same to the last bit on
/// every instruction set. Of outputs `kSpare` elements behind the input's length are writable.
struct PostingsKernels {
  std::string_view isa;  ///< "scalar", "avx2", "avx512"
  /// scores[i] = weight - weight / (1 + freqs[i] * scores[i]) in float, without a fused product; scores[i] comes as the document's
  /// length factor.
  void (*score_bm25)(const int32_t* freqs, float weight, float* scores, size_t count) noexcept;
  /// How many numbers are below `target`.
  int32_t (*count_below)(const int32_t* numbers, int32_t target, size_t count) noexcept;
  /// The numbers of the set bits, bit 0 of the first byte being number `first`. REQUIRES: num_bytes is a multiple of 8.
  void (*unpack_bitmap)(const uint8_t* bytes, size_t num_bytes, int32_t first, int32_t* numbers) noexcept;
  /// How many of the first `num_bits` are set. REQUIRES: whole words of 8 bytes can be read.
  int32_t (*count_bits)(const uint8_t* bytes, size_t num_bits) noexcept;
  float (*largest)(const float* scores, size_t count) noexcept;
  /// Keeps what scores `least` or more, in order; how many that are.
  size_t (*keep_scores)(const int32_t* docs, const float* scores, size_t count, float least, int32_t* kept_docs,
                        double* kept_scores) noexcept;
  /// The same of sums of the documents from `first` on, in groups of kSumsPerGroup: of those groups only whose `touched` is not 0.
  /// Sums that are kNoSum are left out. Sets sums to kNoSum and `touched` to 0. Bit j of hits[i]: sum j of group i was not kNoSum.
  /// REQUIRES: num_groups is a multiple of 64; of groups that are not touched all sums are kNoSum.
  size_t (*take_sums)(const SumGroups& groups, int32_t first, double least, int32_t* kept_docs, double* kept_scores) noexcept;
  /// Adds to sums[docs[i] - first] the score times `scale` in float, rounded down, plus 1. REQUIRES: no sum grows beyond 255.
  void (*add_small)(const int32_t* docs, const float* scores, size_t count, int32_t first, float scale, uint8_t* sums) noexcept;
  /// Of documents from `first` on those whose sum is `least` or more; sets all sums to 0. How many that are.
  /// REQUIRES: count is a multiple of 64; least >= 1.
  size_t (*take_small)(uint8_t* sums, size_t count, uint8_t least, int32_t first, int32_t* docs) noexcept;
};

inline constexpr size_t kSumsPerGroup = 8;
inline constexpr double kNoSum = -0.0;  ///< to which a score that is not negative can be added

/// Those of simd::active_isa(), chosen once per process.
const PostingsKernels& postings_kernels();
/// Every one this machine can run, scalar first.
std::span<const PostingsKernels* const> supported_postings_kernels();

}  // namespace selene::index
