#include "base/heap.h"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace selene::base {
namespace {

size_t anonymous_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoul(line.substr(8));
  }
  return 0;
}

TEST(HeapTest, FreedMemoryLeavesTheProcess) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has an allocator of its own";
#endif
  constexpr size_t kPieces = 64 * 1024;
  std::vector<std::unique_ptr<std::string>> pieces;
  for (size_t i = 0; i < kPieces; ++i) pieces.push_back(std::make_unique<std::string>(1000, 'x'));
  auto last = std::make_unique<std::string>(1000, 'x');  // keeps the top of the heap in use
  pieces.clear();
  pieces.shrink_to_fit();
  const size_t before = anonymous_kib();
  return_freed_memory();
  EXPECT_LT(anonymous_kib() + 40 * 1024, before);
}

}  // namespace
}  // namespace selene::base
