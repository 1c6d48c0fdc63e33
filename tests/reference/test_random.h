#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace selene::reference {

/// Random numbers of one test. The seed is new each run; TEST_SEED=... repeats a run. Print it: SCOPED_TRACE(random.trace()).
class TestRandom {
 public:
  TestRandom() : seed_(choose_seed()), engine_(seed_) {}
  std::string trace() const { return "TEST_SEED=" + std::to_string(seed_); }
  /// In [0, bound). REQUIRES: bound > 0.
  uint64_t below(uint64_t bound) { return engine_() % bound; }
  int64_t between(int64_t low, int64_t high) {
    return static_cast<int64_t>(static_cast<uint64_t>(low) +
                                engine_() % (static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1));
  }
  bool one_in(uint64_t n) { return below(n) == 0; }
  uint64_t bits() { return engine_(); }
  /// Lower-case letters; short ones repeat often.
  std::string word(size_t max_length) {
    std::string word(1 + below(max_length), 'a');
    for (char& c : word) c = static_cast<char>('a' + below(6));
    return word;
  }

 private:
  static uint64_t choose_seed() {
    const char* given = std::getenv("TEST_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  }
  uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace selene::reference
