#include "simd/isa.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace selene::simd {
namespace {

TEST(IsaTest, NamesGoBothWays) {
  for (const Isa isa : kAllIsas) {
    EXPECT_EQ(*parse_isa(isa_name(isa)), isa);
  }
}

TEST(IsaTest, UnknownNameListsTheAllowedOnes) {
  const auto parsed = parse_isa("sse9");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code(), base::ErrorCode::kIllegalArgument);
  EXPECT_EQ(
      parsed.error().reason(),
      "unknown [kernel_isa] [sse9]; allowed values are [scalar, avx2, avx_vnni, avx512, avx512_bf16, neon, neon_dot, neon_i8mm]");
}

TEST(IsaTest, ScalarIsAlwaysSupported) { EXPECT_EQ(supported_isas().front(), Isa::kScalar); }

TEST(IsaTest, SetsComeInAscendingOrder) {
  EXPECT_TRUE(std::is_sorted(supported_isas().begin(), supported_isas().end()));
  EXPECT_EQ(cpu_features().avx512_bf16, supported_isas().back() == Isa::kAvx512Bf16);
  EXPECT_EQ(cpu_features().neon_i8mm, supported_isas().back() == Isa::kNeonI8mm);
}

TEST(IsaTest, SetsOfAnotherFamilyAreRefused) {
  const Isa other = cpu_features().neon ? Isa::kAvx2 : Isa::kNeon;
  EXPECT_EQ(force_isa(other).error().code(), base::ErrorCode::kIllegalArgument);
}

// Each in a process of its own: the choice is made once a process.

void exit_with(bool ok) { std::exit(ok ? 0 : 1); }

TEST(IsaDeathTest, ForcedSetIsActiveAndStays) {
  EXPECT_EXIT(
      {
        const bool forced = force_isa("scalar").has_value() && active_isa().value_or(Isa::kAvx512) == Isa::kScalar;
        const bool again = force_isa(Isa::kScalar).has_value();
        const bool other = supported_isas().size() == 1 || !force_isa(supported_isas().back()).has_value();
        exit_with(forced && again && other);
      },
      testing::ExitedWithCode(0), "");
}

TEST(IsaDeathTest, VariableChooses) {
  EXPECT_EXIT(
      {
        ::setenv("SELENE_KERNEL_ISA", "scalar", 1);
        exit_with(active_isa().value_or(Isa::kAvx512) == Isa::kScalar);
      },
      testing::ExitedWithCode(0), "");
}

TEST(IsaDeathTest, WrongVariableIsAnError) {
  EXPECT_EXIT(
      {
        ::setenv("SELENE_KERNEL_ISA", "mmx", 1);
        const auto isa = active_isa();
        exit_with(!isa.has_value() && isa.error().code() == base::ErrorCode::kIllegalArgument);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace selene::simd
