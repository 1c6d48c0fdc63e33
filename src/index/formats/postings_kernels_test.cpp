#include "index/formats/postings_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

using reference::TestRandom;

constexpr size_t kCounts[] = {0, 1, 7, 8, 15, 16, 17, 31, 127, 128};

struct Postings {
  std::vector<int32_t> docs;
  std::vector<int32_t> freqs;
  std::vector<float> scores;
};

Postings random_postings(TestRandom& random, size_t count) {
  Postings postings;
  int32_t doc = -1;
  for (size_t i = 0; i < count; ++i) {
    postings.docs.push_back(doc += 1 + static_cast<int32_t>(random.below(50)));
    postings.freqs.push_back(1 + static_cast<int32_t>(random.below(random.one_in(4) ? 100 : 2)));
    postings.scores.push_back(static_cast<float>(random.below(1000)) / 333.0F);
  }
  return postings;
}

template <class Check>
void for_each_case(Check&& check) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const PostingsKernels* kernels : supported_postings_kernels()) {
    SCOPED_TRACE(std::string(kernels->isa));
    for (const size_t count : kCounts) check(*kernels, random, random_postings(random, count));
  }
}

TEST(PostingsKernelsTest, ScoresEqualThePlainFormulaToTheLastBit) {
  for_each_case([](const PostingsKernels& kernels, TestRandom&, Postings postings) {
    std::vector<float> expected;
    for (size_t i = 0; i < postings.docs.size(); ++i) {
      const volatile float product = static_cast<float>(postings.freqs[i]) * postings.scores[i];
      expected.push_back(1.7F - 1.7F / (1.0F + product));
    }
    kernels.score_bm25(postings.freqs.data(), 1.7F, postings.scores.data(), postings.scores.size());
    EXPECT_EQ(postings.scores, expected);
  });
}

TEST(PostingsKernelsTest, CountsWhatIsBelowAndFindsTheLargest) {
  for_each_case([](const PostingsKernels& kernels, TestRandom& random, const Postings& postings) {
    const auto target = static_cast<int32_t>(random.below(4000));
    const auto below = std::count_if(postings.docs.begin(), postings.docs.end(), [&](int32_t doc) { return doc < target; });
    EXPECT_EQ(kernels.count_below(postings.docs.data(), target, postings.docs.size()), below);
    const float best = postings.scores.empty() ? 0 : *std::max_element(postings.scores.begin(), postings.scores.end());
    EXPECT_EQ(kernels.largest(postings.scores.data(), postings.scores.size()), best);
  });
}

TEST(PostingsKernelsTest, UnpacksAndCountsBitsOfABitmap) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const PostingsKernels* kernels : supported_postings_kernels()) {
    SCOPED_TRACE(std::string(kernels->isa));
    for (const uint64_t rareness : {1, 2, 9, 300}) {
      std::vector<uint8_t> bytes(64, 0);
      std::vector<int32_t> expected;
      for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        EXPECT_EQ(kernels->count_bits(bytes.data(), bit), static_cast<int32_t>(expected.size()));
        if (!random.one_in(rareness)) continue;
        bytes[bit / 8] |= static_cast<uint8_t>(1U << bit % 8);
        expected.push_back(500 + static_cast<int32_t>(bit));
      }
      std::vector<int32_t> numbers(expected.size() + kSpare);
      kernels->unpack_bitmap(bytes.data(), bytes.size(), 500, numbers.data());
      numbers.resize(expected.size());
      EXPECT_EQ(numbers, expected);
    }
  }
}

TEST(PostingsKernelsTest, KeepsScoresThatReachTheLeast) {
  for_each_case([](const PostingsKernels& kernels, TestRandom& random, const Postings& postings) {
    const size_t count = postings.docs.size();
    const float least = count == 0 ? 1 : postings.scores[random.below(count)];
    std::vector<int32_t> docs(count + kSpare);
    std::vector<double> scores(count + kSpare);
    const size_t kept = kernels.keep_scores(postings.docs.data(), postings.scores.data(), count, least, docs.data(), scores.data());
    docs.resize(kept);
    scores.resize(kept);
    std::vector<int32_t> expected_docs;
    std::vector<double> expected_scores;
    for (size_t i = 0; i < count; ++i) {
      if (postings.scores[i] < least) continue;
      expected_docs.push_back(postings.docs[i]);
      expected_scores.push_back(static_cast<double>(postings.scores[i]));
    }
    EXPECT_EQ(docs, expected_docs);
    EXPECT_EQ(scores, expected_scores);
  });
}

TEST(PostingsKernelsTest, TakesSumsThatReachTheLeastAndClearsAll) {
  constexpr size_t kNumGroups = 128;
  constexpr size_t kNumSums = kNumGroups * kSumsPerGroup;
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const PostingsKernels* kernels : supported_postings_kernels()) {
    SCOPED_TRACE(std::string(kernels->isa));
    for (const double least : {0.0, 4.5}) {
      std::vector<double> sums(kNumSums, kNoSum);
      std::vector<uint8_t> touched(kNumGroups, 0);
      std::vector<uint8_t> hits(kNumGroups, 0xFF);
      std::vector<uint8_t> expected_hits(kNumGroups, 0);
      std::vector<int32_t> expected_docs;
      std::vector<double> expected_scores;
      for (size_t i = 0; i < kNumSums; ++i) {
        if (i / kSumsPerGroup % 9 == 8 || random.one_in(2)) continue;
        sums[i] += static_cast<double>(random.below(10)) / 2;  // a sum of 0 is a hit too
        touched[i / kSumsPerGroup] = 1;
        expected_hits[i / kSumsPerGroup] |= static_cast<uint8_t>(1U << i % kSumsPerGroup);
        if (sums[i] < least) continue;
        expected_docs.push_back(1000 + static_cast<int32_t>(i));
        expected_scores.push_back(sums[i]);
      }
      std::vector<int32_t> docs(kNumSums + kSpare);
      std::vector<double> scores(kNumSums + kSpare);
      const SumGroups groups{sums.data(), touched.data(), hits.data(), kNumGroups};
      const size_t kept = kernels->take_sums(groups, 1000, least, docs.data(), scores.data());
      docs.resize(kept);
      scores.resize(kept);
      EXPECT_EQ(docs, expected_docs);
      EXPECT_EQ(scores, expected_scores);
      EXPECT_EQ(hits, expected_hits);
      EXPECT_EQ(touched, std::vector<uint8_t>(kNumGroups, 0));
      EXPECT_TRUE(std::all_of(sums.begin(), sums.end(), [](double sum) { return sum == 0 && std::signbit(sum); }));
    }
  }
}

TEST(PostingsKernelsTest, AddsScoresRoundedUpToSmallSums) {
  for_each_case([](const PostingsKernels& kernels, TestRandom& random, const Postings& postings) {
    std::vector<uint8_t> sums(128 * 50, 3);
    std::vector<uint8_t> expected = sums;
    const float scale = 1.0F + static_cast<float>(random.below(60));
    for (size_t i = 0; i < postings.docs.size(); ++i) {
      const volatile float scaled = postings.scores[i] * scale;
      expected[static_cast<size_t>(postings.docs[i])] = static_cast<uint8_t>(4 + static_cast<int>(std::floor(scaled)));
    }
    std::vector<int32_t> docs = postings.docs;
    for (int32_t& doc : docs) doc += 1000;
    kernels.add_small(docs.data(), postings.scores.data(), docs.size(), 1000, scale, sums.data());
    EXPECT_EQ(sums, expected);
  });
}

TEST(PostingsKernelsTest, TakesSmallSumsThatReachTheLeastAndClearsAll) {
  constexpr size_t kNumSums = 320;
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const PostingsKernels* kernels : supported_postings_kernels()) {
    SCOPED_TRACE(std::string(kernels->isa));
    for (const uint64_t least : {1, 7, 127, 128, 200, 255}) {
      std::vector<uint8_t> sums(kNumSums, 0);
      std::vector<int32_t> expected;
      for (size_t i = 0; i < kNumSums; ++i) {
        if (random.one_in(2)) sums[i] = static_cast<uint8_t>(random.one_in(3) ? least : random.below(256));
        if (sums[i] >= least) expected.push_back(1000 + static_cast<int32_t>(i));
      }
      std::vector<int32_t> docs(kNumSums);
      docs.resize(kernels->take_small(sums.data(), kNumSums, static_cast<uint8_t>(least), 1000, docs.data()));
      EXPECT_EQ(docs, expected);
      EXPECT_EQ(sums, std::vector<uint8_t>(kNumSums, 0));
    }
  }
}

}  // namespace
}  // namespace selene::index
