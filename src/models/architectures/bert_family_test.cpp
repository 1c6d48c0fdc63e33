#include <gtest/gtest.h>

#include "models/architectures/deberta.h"
#include "models/architectures/golden_test_support.h"
#include "models/architectures/mpnet.h"

namespace selene::models {
namespace {

constexpr const char* kCases[] = {"roberta/plain", "roberta/padding_inside", "electra/projected",
                                  "electra/plain", "distilbert/plain",       "mpnet/plain"};

TEST(BertFamilyTest, Fp32LogitsAreThoseOfTransformers) {
  for (const char* name : kCases) expect_golden_logits(name, Tier::kFp32, 1e-4);
}

// Bounds as for BertTest.
TEST(BertFamilyTest, Bf16LogitsAreCloseToThoseOfTransformers) {
  for (const char* name : kCases) expect_golden_logits(name, Tier::kBf16, 0.06);
}

TEST(BertFamilyTest, Int8LogitsAreCloseToThoseOfTransformers) {
  for (const char* name : kCases) expect_golden_logits(name, Tier::kInt8, 0.15);
}

TEST(BertFamilyTest, RowDoesNotDependOnItsBatch) {
  for (const char* name : kCases) {
    for (const Tier tier : {Tier::kFp32, Tier::kInt8}) expect_row_independence(name, tier);
  }
}

// Values of transformers' MPNetEncoder.relative_position_bucket, 32 buckets.
TEST(MpnetTest, BucketsAreExactNearAndLogarithmicFar) {
  EXPECT_EQ(relative_position_bucket(0, 32), 0);
  EXPECT_EQ(relative_position_bucket(-7, 32), 7);
  EXPECT_EQ(relative_position_bucket(7, 32), 23);
  EXPECT_EQ(relative_position_bucket(-8, 32), 8);
  EXPECT_EQ(relative_position_bucket(-11, 32), 8);
  EXPECT_EQ(relative_position_bucket(-12, 32), 9);
  EXPECT_EQ(relative_position_bucket(64, 32), 30);
  EXPECT_EQ(relative_position_bucket(-1000, 32), 15);
  EXPECT_EQ(relative_position_bucket(1000, 32), 31);
}

// Values of transformers' make_log_bucket_position, 256 buckets, 512 positions.
TEST(DebertaTest, BucketsAreExactNearAndLogarithmicFar) {
  EXPECT_EQ(log_bucket_position(0, 256, 512), 0);
  EXPECT_EQ(log_bucket_position(128, 256, 512), 128);
  EXPECT_EQ(log_bucket_position(-129, 256, 512), -129);
  EXPECT_EQ(log_bucket_position(200, 256, 512), 169);
  EXPECT_EQ(log_bucket_position(-511, 256, 512), -255);
}

}  // namespace
}  // namespace selene::models
