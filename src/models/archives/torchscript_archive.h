#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "models/archives/safetensors.h"
#include "models/archives/torch_pickle.h"
#include "models/archives/torchscript_graph.h"

namespace selene::models {

/// A dynamic int8 linear layer: y = x (weight * scale)^T + bias; weight [out, in] int8 with zero point 0.
struct PackedLinear {
  TensorView weight;
  float scale = 0.0F;
  std::optional<TensorView> bias;
};
/// A constant with its elements: monostate is what is neither (None, text).
using TracedConstant = std::variant<std::monostate, double, TensorView, PackedLinear>;

/// A frozen TorchScript archive as Eland uploads it, read as data: constants and the dataflow of `forward`; no code runs.
/// Views point into the bytes it was read from, or into copies that it owns (aligned and contiguous). Movable; immutable,
/// thread-safe.
///
/// Refused, naming the fault: everything that ZipArchive, the pickle machine and TorchGraph refuse; archives that are not frozen
/// (`data/`), big-endian, with entries outside the one top folder; storages whose length is not what the pickle says.
struct TorchScriptArchive {
  std::string class_name;  ///< "BertForSequenceClassification"
  std::vector<TracedConstant> constants;
  TorchGraph graph;
  std::vector<std::unique_ptr<uint64_t[]>> copies;

  /// `file` must outlive the result. Errors: kIllegalArgument.
  static base::Result<TorchScriptArchive> read(std::span<const std::byte> file);
};

}  // namespace selene::models
