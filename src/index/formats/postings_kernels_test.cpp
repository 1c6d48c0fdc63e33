#include "index/formats/postings_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
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
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (const PostingsKernels* kernels : supported_postings_kernels()) {
    std::vector<double> sums;
    for (int32_t i = 0; i < kSumsPerGroup; ++i) sums.push_back(random.one_in(2) ? 0 : static_cast<double>(random.below(9)) + 0.5);
    const double least = 4.5;
    std::vector<int32_t> expected_docs;
    std::vector<double> expected_scores;
    for (int32_t i = 0; i < kSumsPerGroup; ++i) {
      if (sums[static_cast<size_t>(i)] < least) continue;
      expected_docs.push_back(1000 + i);
      expected_scores.push_back(sums[static_cast<size_t>(i)]);
    }
    std::vector<int32_t> docs(kSumsPerGroup + kSpare);
    std::vector<double> scores(kSumsPerGroup + kSpare);
    const size_t kept = kernels->take_sums(sums.data(), 1000, least, docs.data(), scores.data());
    docs.resize(kept);
    scores.resize(kept);
    EXPECT_EQ(docs, expected_docs) << kernels->isa;
    EXPECT_EQ(scores, expected_scores) << kernels->isa;
    EXPECT_EQ(sums, std::vector<double>(kSumsPerGroup, 0)) << kernels->isa;
  }
}

}  // namespace
}  // namespace selene::index
