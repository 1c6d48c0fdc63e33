#include "models/runtime/issue_peak.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace selene::models {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int32_t kTrials = 4;
constexpr double kTrialSeconds = 0.05;

/// The best of a few trials on this thread: the others were disturbed.
double peak_of_thread(const KernelTable& table, NumberType type) {
  int64_t rounds = 1 << 12;
  double best = 0.0;
  for (int32_t trial = 0; trial < kTrials;) {
    const auto begin = Clock::now();
    const int64_t operations = table.issue_dots(type, rounds);
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (seconds < kTrialSeconds / 2) {
      rounds *= 2;
      continue;
    }
    best = std::max(best, static_cast<double>(operations) / seconds);
    ++trial;
  }
  return best;
}

}  // namespace

double issue_peak_flops(const KernelTable& table, NumberType type, int32_t num_threads) {
  std::vector<double> peaks(static_cast<size_t>(std::max(num_threads, 1)));
  std::vector<std::thread> threads;
  for (double& peak : peaks) threads.emplace_back([&] { peak = peak_of_thread(table, type); });
  for (std::thread& thread : threads) thread.join();
  double sum = 0.0;
  for (const double peak : peaks) sum += peak;
  return sum;
}

}  // namespace selene::models
