#include "models/runtime/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "tests/reference/test_random.h"

namespace selene::models {
namespace {

/// Logits of which each is relevant as often as `truth` says.
std::vector<LabelledLogit> draw(const Calibration& truth, size_t count, reference::TestRandom& random) {
  std::vector<LabelledLogit> pairs;
  for (size_t i = 0; i < count; ++i) {
    const float logit = static_cast<float>(random.below(16001)) / 1000.0F - 8.0F;
    const float chance = static_cast<float>(random.below(1000000)) / 1e6F;
    pairs.push_back({logit, chance < truth.probability(logit)});
  }
  return pairs;
}

TEST(CalibrationTest, ProbabilityIsTheSigmoidOfTheScaledLogit) {
  EXPECT_FLOAT_EQ(Calibration().probability(0), 0.5F);
  EXPECT_FLOAT_EQ((Calibration{2, 1}).probability(-2), 0.5F);
  EXPECT_NEAR((Calibration{2, -0.5}).probability(3), 0.7310586, 1e-6);  // sigmoid(1)
  EXPECT_EQ(Calibration().probability(1e30F), 1.0F);
  EXPECT_EQ(Calibration().probability(-1e30F), 0.0F);
}

TEST(CalibrationTest, FitFindsTheTruthAgain) {
  reference::TestRandom random;
  SCOPED_TRACE(random.trace());
  const Calibration truth{1.7, -0.9};
  const auto pairs = draw(truth, 60000, random);
  const Calibration fitted = fit_calibration(pairs).value();
  EXPECT_NEAR(fitted.temperature, truth.temperature, 0.1);
  EXPECT_NEAR(fitted.bias, truth.bias, 0.12);
  EXPECT_LE(log_loss(fitted, pairs), log_loss(truth, pairs));
  EXPECT_LT(log_loss(fitted, pairs), log_loss(Calibration(), pairs));
  EXPECT_LT(expected_calibration_error(fitted, pairs), 0.02);
  EXPECT_GT(expected_calibration_error(Calibration(), pairs), 0.05);
}

/// Without slope the best bias is the log odds: two of three at the same logit on either side.
TEST(CalibrationTest, FitOfTwoLogitsIsTheirLogOdds) {
  const std::vector<LabelledLogit> pairs = {{1, true},  {1, true},   {1, false},                 // ln 2
                                            {-1, true}, {-1, false}, {-1, false}, {-1, false}};  // -ln 3
  const Calibration fitted = fit_calibration(pairs).value();
  const double slope = (std::log(2.0) + std::log(3.0)) / 2;
  EXPECT_NEAR(1 / fitted.temperature, slope, 1e-4);
  EXPECT_NEAR(fitted.bias, (std::log(2.0) - std::log(3.0)) / 2, 1e-4);
}

TEST(CalibrationTest, SeparableLabelsStayFinite) {
  const std::vector<LabelledLogit> pairs = {{3, true}, {2, true}, {-2, false}, {-3, false}};
  const Calibration fitted = fit_calibration(pairs).value();
  EXPECT_GT(fitted.temperature, 0);
  EXPECT_TRUE(std::isfinite(fitted.bias));
  EXPECT_GT(fitted.probability(2), 0.99F);
}

TEST(CalibrationTest, UselessPairsAreRefused) {
  const auto reason = [](std::vector<LabelledLogit> pairs) { return fit_calibration(pairs).error().reason(); };
  EXPECT_EQ(reason({}), "calibration needs relevant and other pairs: [0] of [0] are relevant");
  EXPECT_EQ(reason({{1, true}}), "calibration needs relevant and other pairs: [1] of [1] are relevant");
  EXPECT_EQ(reason({{std::numeric_limits<float>::quiet_NaN(), true}, {1, false}}),
            "the model gave a logit that is not a finite number");
  EXPECT_NE(reason({{-1, true}, {1, false}, {-2, true}, {2, false}, {1, true}}).find("does not give relevant pairs higher logits"),
            std::string::npos);
}

TEST(CalibrationTest, LossAndErrorByHand) {
  const std::vector<LabelledLogit> pairs = {{0, true}, {0, true}, {0, true}, {0, false}};
  EXPECT_NEAR(log_loss(Calibration(), pairs), std::log(2.0), 1e-12);
  EXPECT_NEAR(expected_calibration_error(Calibration(), pairs), 0.25, 1e-9);  // says .5, is .75
}

class CalibrationFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "calibration_file_test";
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  auto read(std::string_view text) const {
    std::ofstream(folder_ / "calibration.json") << text;
    return read_calibration(folder_);
  }
  std::filesystem::path folder_;
};

TEST_F(CalibrationFileTest, ReadsWhatItWrites) {
  EXPECT_FALSE(read_calibration(folder_).value().has_value());
  const auto read_back = read(Calibration{1.25, -0.75}.to_json()).value();
  ASSERT_TRUE(read_back.has_value());
  EXPECT_EQ(read_back->temperature, 1.25);
  EXPECT_EQ(read_back->bias, -0.75);
}

TEST_F(CalibrationFileTest, FaultsAreRefused) {
  for (const char* text : {"", "[]", "{}", R"({"temperature":0,"bias":0})", R"({"temperature":-1,"bias":0})",
                           R"({"temperature":1})", R"({"temperature":"1","bias":0})"}) {
    EXPECT_EQ(read(text).error().code(), base::ErrorCode::kIllegalArgument) << text;
  }
}

}  // namespace
}  // namespace selene::models
