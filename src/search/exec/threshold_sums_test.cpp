#include "search/exec/threshold_sums.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "tests/reference/test_random.h"

namespace selene::search {
namespace {

using reference::TestRandom;

struct Part {
  std::vector<DocId> docs;
  std::vector<float> scores;
};

/// Scores are multiples of 1/256 below 4, so that no sum is rounded.
Part random_part(TestRandom& random, DocId begin, uint64_t rareness) {
  Part part;
  for (DocId doc = begin; doc < begin + ThresholdSums::kWindow; ++doc) {
    if (!random.one_in(rareness)) continue;
    part.docs.push_back(doc);
    part.scores.push_back(static_cast<float>(random.below(1024)) / 256);
  }
  return part;
}

void expect_found(const SummedDocs& found, const std::map<DocId, double>& sums, double least) {
  std::map<DocId, double> expected;
  for (const auto& [doc, sum] : sums) {
    if (sum >= least) expected.emplace(doc, sum);
  }
  std::map<DocId, double> taken;
  for (size_t i = 0; i < found.docs.size(); ++i) {
    EXPECT_TRUE(i == 0 || found.docs[i - 1] < found.docs[i]);
    taken.emplace(found.docs[i], found.sums[i]);
  }
  EXPECT_EQ(taken, expected);
}

/// Windows of `num_parts` parts, each in blocks of 100 documents.
void check_windows(int num_parts, uint64_t rareness, double least) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  ThresholdSums window(static_cast<size_t>(num_parts));
  for (int i = 0; i < 8; ++i) {
    const DocId begin = 5000 + i * ThresholdSums::kWindow;
    std::map<DocId, double> sums;
    size_t num_postings = 0;
    window.start(begin, least, 4.0 * num_parts);
    for (int j = 0; j < num_parts; ++j) {
      const Part part = random_part(random, begin, rareness);
      for (size_t at = 0; at < part.docs.size(); at += 100) {
        const size_t size = std::min<size_t>(100, part.docs.size() - at);
        window.add({{part.docs.data() + at, size}, part.scores.data() + at});
      }
      for (size_t at = 0; at < part.docs.size(); ++at) sums[part.docs[at]] += static_cast<double>(part.scores[at]);
      num_postings += part.docs.size();
    }
    EXPECT_EQ(window.num_postings(), num_postings);
    expect_found(window.take(), sums, least);
  }
}

TEST(ThresholdSumsTest, FindsTheFewThatReachTheThreshold) { check_windows(5, 50, 9); }
TEST(ThresholdSumsTest, FindsThemWhereNobodyDoes) { check_windows(3, 50, 12.5); }
TEST(ThresholdSumsTest, FindsThemWhereMostDo) { check_windows(5, 3, 1); }
TEST(ThresholdSumsTest, FindsThemWhereTheThresholdIsBelowOneStep) { check_windows(60, 400, 0.0078125); }
TEST(ThresholdSumsTest, FindsThemAmongMoreTermsThanAByteHasRoomFor) { check_windows(300, 3000, 5); }

TEST(ThresholdSumsTest, ScoresThatAreTinyAreNotScaledBeyondAFloat) {
  ThresholdSums window(1);
  const std::vector<DocId> docs = {3, 9};
  const std::vector<float> scores = {1e-40F, 3e-40F};
  window.start(0, 2e-40, 4e-40);
  window.add({docs, scores.data()});
  expect_found(window.take(), {{3, static_cast<double>(scores[0])}, {9, static_cast<double>(scores[1])}}, 2e-40);
}

}  // namespace
}  // namespace selene::search
