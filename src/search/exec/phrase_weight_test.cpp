#include "search/exec/phrase_weight.h"

#include <gtest/gtest.h>

namespace selene::search {
namespace {

// The lists hold positions less the slot's place: "a b" in "a x b" is a at 0, b at 2 - 1.
TEST(PhraseFreqTest, SloppyWeighsByDistance) {
  EXPECT_FLOAT_EQ(sloppy_phrase_freq({{0}, {1}}, {0, 1}, 0), 0);
  EXPECT_FLOAT_EQ(sloppy_phrase_freq({{0}, {1}}, {0, 1}, 1), 0.5F);
  EXPECT_FLOAT_EQ(sloppy_phrase_freq({{0}, {0}}, {0, 1}, 1), 1);
  // "b a": a at 1, b at 0 - 1: two moves.
  EXPECT_FLOAT_EQ(sloppy_phrase_freq({{1}, {-1}}, {0, 1}, 1), 0);
  EXPECT_FLOAT_EQ(sloppy_phrase_freq({{1}, {-1}}, {0, 1}, 2), 1 / 3.0F);
}

TEST(PhraseFreqTest, TwoSlotsNeverShareAToken) {
  // "a a" in "a b": only one a.
  EXPECT_FLOAT_EQ(sloppy_phrase_freq({{0}, {-1}}, {0, 1}, 5), 0);
  // "a a" in "a a".
  EXPECT_GT(sloppy_phrase_freq({{0, 1}, {-1, 0}}, {0, 1}, 0), 0);
}

TEST(PhraseFreqTest, NothingMatchesWithoutPositions) { EXPECT_FLOAT_EQ(sloppy_phrase_freq({{0}, {}}, {0, 1}, 5), 0); }

}  // namespace
}  // namespace selene::search
