#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "models/archives/safetensors.h"

namespace selene::models {

/// Where a pickled tensor's elements lie: the storage `key`, of that many elements.
struct TorchStorage {
  DType dtype = DType::kF32;
  std::string key;
  int64_t num_elements = 0;
};

/// A tensor as a pickle describes it: element i of dimension d lies strides[d] * i behind `offset`, all in elements. Checked:
/// nothing is negative, nothing lies outside the storage, products do not overflow.
struct TorchTensor {
  TorchStorage storage;
  int64_t offset = 0;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
  /// Of a quantized tensor (per_tensor_affine): value = (element - zero_point) * scale.
  struct Affine {
    double scale = 0.0;
    int64_t zero_point = 0;
  };
  std::optional<Affine> affine;
};

/// What torch.ao.nn.quantized.dynamic.Linear packs: weight [out, in] int8, bias [out] or none.
struct TorchPackedLinear {
  TorchTensor weight;
  std::optional<TorchTensor> bias;
};

/// One constant of a frozen module; monostate is None.
using TorchConstant = std::variant<std::monostate, bool, int64_t, double, std::string, TorchTensor, TorchPackedLinear>;

/// The two pickles of a frozen TorchScript archive, read as data: a machine of the opcodes that such archives hold, over an
/// allow-list of names. Nothing is looked up, imported or called; "calls" of the few names on the list make one of the structs
/// above.
///
/// Errors: kIllegalArgument naming the opcode or the name that is not on the list, or what is malformed.  Bounded: at most
/// `kMaxPickleBytes` and 200,000 values.  Source: CPython pickletools.py for opcodes; torch/csrc/jit/serialization.
inline constexpr size_t kMaxPickleBytes = 4 << 20;

/// data.pkl: the root module's class, "__torch__.some.module Name". The module must have no state of its own (frozen).
base::Result<std::string> read_module_class(std::string_view pickle);
/// constants.pkl: the tuple of constants, `CONSTANTS.c<i>` of the code being the i-th.
base::Result<std::vector<TorchConstant>> read_torch_constants(std::string_view pickle);

}  // namespace selene::models
