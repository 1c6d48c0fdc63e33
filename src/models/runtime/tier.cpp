#include <array>
#include <string>

#include "models/runtime/cross_encoder.h"

namespace selene::models {
namespace {

constexpr std::array kTiers = {Tier::kFp32, Tier::kBf16, Tier::kInt8};

}  // namespace

std::string_view tier_name(Tier tier) {
  switch (tier) {
    case Tier::kFp32: return "fp32";
    case Tier::kBf16: return "bf16";
    case Tier::kInt8: return "int8";
  }
  return "fp32";
}

base::Result<Tier> parse_tier(std::string_view name) {
  for (const Tier tier : kTiers) {
    if (name == tier_name(tier)) return tier;
  }
  return base::Error(base::ErrorCode::kIllegalArgument, "unknown [tier] [{}]; allowed values are [fp32, bf16, int8]", name);
}

}  // namespace selene::models
