#include "search/exec/bm25.h"

#include <gtest/gtest.h>

#include <cmath>

#include "index/formats/length_factors.h"

namespace selene::search {
namespace {

TEST(Bm25Test, IdfIsLuceneLogarithm) {
  EXPECT_FLOAT_EQ(bm25_idf(1, 1), static_cast<float>(std::log(1 + 0.5 / 1.5)));  // 0.2876821
  EXPECT_NEAR(bm25_idf(1, 1), 0.2876821, 1e-7);
  EXPECT_NEAR(bm25_idf(2, 5), std::log(1 + 3.5 / 2.5), 1e-7);
  EXPECT_GT(bm25_idf(5, 5), 0);
}

TEST(Bm25Test, OneTermInOneDocumentScoresAsEverywhere) {
  // The score that a match of a one-word document gives in any Elasticsearch: 0.2876821.
  const Bm25Scorer scorer({}, 1, bm25_idf(1, 1), 1);
  EXPECT_NEAR(scorer.score(1, 1), 0.2876821F, 1e-7);
}

TEST(Bm25Test, FollowsTheFormula) {
  const Bm25Scorer scorer({}, 2, bm25_idf(3, 10), 7.5F);
  for (const int length : {1, 5, 20, 39}) {
    for (const int freq : {1, 2, 7}) {
      const double k = 1.2 * (1 - 0.75 + 0.75 * length / 7.5);
      const double wanted = 2 * 2.2 * std::log(1 + (10 - 3 + 0.5) / (3 + 0.5)) * freq / (freq + k);
      EXPECT_NEAR(scorer.score(static_cast<float>(freq), static_cast<uint8_t>(length)), wanted, 2e-6) << length << " " << freq;
    }
  }
}

TEST(Bm25Test, ConstantsOfTheSimilarityTakePart) {
  const Bm25Scorer scorer({.k1 = 0.5F, .b = 0.1F}, 2, bm25_idf(3, 10), 7.5F);
  const double k = 0.5 * (1 - 0.1 + 0.1 * 20 / 7.5);
  EXPECT_NEAR(scorer.score(3, 20), 2 * 1.5 * std::log(1 + (10 - 3 + 0.5) / (3 + 0.5)) * 3 / (3 + k), 2e-6);
}

TEST(Bm25Test, BooleanScoresTheBoost) {
  const Bm25Scorer scorer({.kind = index::Similarity::Kind::kBoolean}, 2.5F, bm25_idf(3, 10), 7.5F);
  EXPECT_EQ(scorer.score(1, 1), 2.5F);
  EXPECT_EQ(scorer.score(7, 200), 2.5F);
}

/// What is kept of a list is the largest `freq * factor` under k1 = 1.2 and b = 0.75.
TEST(Bm25Test, BoundsOfListsHoldForEverySimilarity) {
  constexpr float kMeanLength = 12;
  const index::LengthFactors factors(kMeanLength);
  for (const index::Similarity& similarity :
       {index::Similarity{}, index::Similarity{.k1 = 0.3F, .b = 1}, index::Similarity{.k1 = 4, .b = 0.2F},
        index::Similarity{.b = 0}, index::Similarity{.k1 = 0}, index::Similarity{.kind = index::Similarity::Kind::kBoolean}}) {
    const Bm25Scorer scorer(similarity, 1.5F, 2, 20);
    for (int norm = 1; norm < 256; ++norm) {
      for (const float freq : {1.0F, 3.0F, 50.0F}) {
        const float bound = freq * factors[static_cast<uint8_t>(norm)] * scorer.bound_scale(kMeanLength);
        EXPECT_LE(scorer.score(freq, static_cast<uint8_t>(norm)), scorer.bound_score(bound)) << similarity.k1 << " " << norm;
      }
    }
  }
}

TEST(Bm25Test, GrowsWithFrequencyAndFallsWithLength) {
  const Bm25Scorer scorer({}, 1, 1, 10);
  for (int norm = 1; norm < 120; ++norm) {
    EXPECT_GE(scorer.score(3, static_cast<uint8_t>(norm)), scorer.score(3, static_cast<uint8_t>(norm + 1)));
    EXPECT_GT(scorer.score(4, static_cast<uint8_t>(norm)), scorer.score(3, static_cast<uint8_t>(norm)));
  }
}

}  // namespace
}  // namespace selene::search
