#pragma once

#include <memory>
#include <variant>

#include "models/runtime/cross_encoder.h"
#include "models/runtime/dense_encoder.h"
#include "models/runtime/sparse_encoder.h"

namespace selene::models {

/// An encoder of one of the kinds; never null. The alternatives stand in the order of ModelKind.
using AnyEncoder = std::variant<std::unique_ptr<CrossEncoder>, std::unique_ptr<DenseEncoder>, std::unique_ptr<SparseEncoder>>;

inline ModelKind kind_of(const AnyEncoder& encoder) { return static_cast<ModelKind>(encoder.index()); }
inline const Encoder& common_part(const AnyEncoder& encoder) {
  return *std::visit([](const auto& kind) -> const Encoder* { return kind.get(); }, encoder);
}

}  // namespace selene::models
