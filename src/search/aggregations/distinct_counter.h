#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace selene::search {

/// A 64-bit hash with well mixed bits (the finalizer of SplitMix64; Steele, Lea & Flood 2014).
uint64_t mix_bits(uint64_t value);
uint64_t hash_text(std::string_view text);

/// Counts distinct hashes: exactly while there are at most `precision_threshold` of them, by HyperLogLog behind that (2^p bytes;
/// p by the threshold as Elasticsearch chooses it, 4 to 18). The estimate needs no correction by tables.
/// Source: Flajolet et al. 2007; Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017.
class DistinctCounter {
 public:
  explicit DistinctCounter(int64_t precision_threshold);
  void add(uint64_t hash);
  int64_t count() const;
  static int32_t precision_of(int64_t precision_threshold);

 private:
  void register_hash(uint64_t hash);

  size_t threshold_;
  int32_t precision_;
  std::unordered_set<uint64_t> exact_;
  std::vector<uint8_t> registers_;  ///< [2^precision], empty while exact
};

}  // namespace selene::search
