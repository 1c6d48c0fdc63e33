#include "models/runtime/encoder.h"

#include <array>
#include <string>

#include "models/runtime/dense_encoder.h"

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

std::string_view model_kind_name(ModelKind kind) {
  switch (kind) {
    case ModelKind::kCrossEncoder: return "cross-encoder";
    case ModelKind::kDenseEncoder: return "dense encoder";
    case ModelKind::kSparseEncoder: return "sparse encoder";
  }
  return "cross-encoder";
}

std::string_view similarity_name(Similarity similarity) {
  switch (similarity) {
    case Similarity::kCosine: return "cosine";
    case Similarity::kDotProduct: return "dot_product";
    case Similarity::kL2Norm: return "l2_norm";
  }
  return "cosine";
}

}  // namespace selene::models
