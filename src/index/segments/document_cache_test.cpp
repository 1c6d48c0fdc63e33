#include "index/segments/document_cache.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <string>
#include <thread>
#include <vector>

namespace selene::index {
namespace {

std::shared_ptr<const StoredDocument> document(int64_t seq_no, size_t source_bytes = 100) {
  StoredDocument made;
  made.id = std::to_string(seq_no);
  made.source.assign(source_bytes, 'x');
  made.seq_no = seq_no;
  return std::make_shared<const StoredDocument>(std::move(made));
}

TEST(DocumentCacheTest, GivesWhatWasAddedToTheSameOwner) {
  DocumentCache cache(1 << 20);
  const uint64_t one = cache.new_owner();
  const uint64_t other = cache.new_owner();
  const auto added = document(7);
  cache.add(one, added);
  EXPECT_EQ(cache.find(one, 7), added);
  EXPECT_EQ(cache.find(one, 8), nullptr);
  EXPECT_EQ(cache.find(other, 7), nullptr);
}

TEST(DocumentCacheTest, StaysWithinItsBytes) {
  constexpr size_t kMaxBytes = 1 << 20;
  DocumentCache cache(kMaxBytes);
  const uint64_t owner = cache.new_owner();
  for (int64_t i = 0; i < 20'000; ++i) {
    cache.add(owner, document(i, static_cast<size_t>(i % 1000)));
    ASSERT_LE(cache.size_bytes(), kMaxBytes);
  }
  EXPECT_GT(cache.size_bytes(), kMaxBytes / 2);
}

TEST(DocumentCacheTest, KeepsWhatIsAskedForAgain) {
  DocumentCache cache(1 << 20);
  const uint64_t owner = cache.new_owner();
  cache.add(owner, document(0));
  for (int64_t i = 1; i < 20'000; ++i) {
    cache.add(owner, document(i));
    ASSERT_NE(cache.find(owner, 0), nullptr) << i;
  }
  EXPECT_EQ(cache.find(owner, 1), nullptr);
}

TEST(DocumentCacheTest, WhatIsRemovedTakesNoMemoryAndLeavesItsPlace) {
  DocumentCache cache(1 << 20);
  const uint64_t owner = cache.new_owner();
  for (int64_t i = 0; i < 3; ++i) cache.add(owner, document(i));
  const size_t each = cache.size_bytes() / 3;
  const std::vector<int64_t> gone = {0, 2, 77};
  cache.remove(cache.new_owner(), gone);
  EXPECT_EQ(cache.size_bytes(), 3 * each);
  cache.remove(owner, gone);
  EXPECT_EQ(cache.size_bytes(), each);
  EXPECT_EQ(cache.find(owner, 0), nullptr);
  EXPECT_NE(cache.find(owner, 1), nullptr);
  for (int64_t i = 10; i < 20'000; ++i) cache.add(owner, document(i));
  EXPECT_LE(cache.size_bytes(), size_t{1} << 20);
  EXPECT_NE(cache.find(owner, 19'999), nullptr);
}

TEST(DocumentCacheTest, KeepsNoDocumentThatWouldDriveOutTheOthers) {
  DocumentCache cache(1 << 20);
  const uint64_t owner = cache.new_owner();
  cache.add(owner, document(1, 1 << 20));
  EXPECT_EQ(cache.find(owner, 1), nullptr);
  EXPECT_EQ(cache.size_bytes(), 0U);
}

TEST(DocumentCacheTest, TellsNearlyAllTheMemoryItTakes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has an allocator of its own";
#endif
  const auto heap_bytes = [] { return mallinfo2().uordblks; };
  const size_t before = heap_bytes();
  DocumentCache cache(size_t{16} << 20);
  const uint64_t owner = cache.new_owner();
  for (int64_t i = 0; i < 50'000; ++i) cache.add(owner, document(i, 300 + static_cast<size_t>(i % 300)));
  EXPECT_LE(heap_bytes() - before, cache.size_bytes() * 105 / 100);
}

TEST(DocumentCacheTest, ThreadsShareIt) {
  DocumentCache cache(1 << 16);
  const uint64_t owner = cache.new_owner();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int64_t i = 0; i < 5000; ++i) {
        const auto found = cache.find(owner, i % 300);
        if (found != nullptr) {
          EXPECT_EQ(found->seq_no, i % 300);
        } else {
          cache.add(owner, document(i % 300));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.size_bytes(), size_t{1} << 16);
}

}  // namespace
}  // namespace selene::index
