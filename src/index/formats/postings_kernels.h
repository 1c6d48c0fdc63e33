#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace selene::index {

/// Loops over decoded postings and their scores. None allocates; no alignment is needed. Results are the same to the last bit on
/// every instruction set. Of outputs `kSpare` elements behind the input's length are writable.
struct PostingsKernels {
  std::string_view isa;  ///< "scalar", "avx2", "avx512"
  /// scores[i] = weight - weight / (1 + freqs[i] * scores[i]) in float, without a fused product; scores[i] comes as the document's
  /// length factor.
  void (*score_bm25)(const int32_t* freqs, float weight, float* scores, size_t count) noexcept;
  /// How many numbers are below `target`.
  int32_t (*count_below)(const int32_t* numbers, int32_t target, size_t count) noexcept;
  float (*largest)(const float* scores, size_t count) noexcept;
  /// Keeps what scores `least` or more, in order; how many that are.
  size_t (*keep_scores)(const int32_t* docs, const float* scores, size_t count, float least, int32_t* kept_docs,
                        double* kept_scores) noexcept;
  /// The same of 64 sums of the documents from `first` on; sets all sums to 0. REQUIRES: least > 0.
  size_t (*take_sums)(double* sums, int32_t first, double least, int32_t* kept_docs, double* kept_scores) noexcept;
};

inline constexpr int32_t kSumsPerGroup = 64;  ///< of take_sums
inline constexpr size_t kSpare = 16;

/// Those of simd::active_isa(), chosen once per process.
const PostingsKernels& postings_kernels();
/// Every one this machine can run, scalar first.
std::span<const PostingsKernels* const> supported_postings_kernels();

}  // namespace selene::index
