#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace selene::models {

/// The operators that a frozen encoder's text may name: the list of torchscript_graph.cpp, alphabetically. kInput, kConstant and
/// kPhi have no text of their own: an argument of forward, `CONSTANTS.c<i>`, and a value that an `if` chose.
enum class TorchOp : uint8_t {
  kInput,
  kConstant,
  kPhi,
  kAbs,
  kAdd,
  kAddInPlace,
  kAmax,
  kAnd,
  kArange,
  kArgmax,
  kBitwiseNot,
  kBmm,
  kCat,
  kCeil,
  kClamp,
  kClampMin,
  kClone,
  kContiguous,
  kCumsum,
  kDetach,
  kDevice,
  kDiv,
  kDropout,
  kEmbedding,
  kEq,
  kExpand,
  kExpandAs,
  kFlatten,
  kFloorDivide,
  kFullLike,
  kGather,
  kGe,
  kGelu,
  kGt,
  kInt,
  kLayerNorm,
  kLe,
  kLinalgVectorNorm,
  kLinear,
  kLog,
  kLt,
  kMaskedFill,
  kMatmul,
  kMin,
  kMul,
  kNe,
  kNeg,
  kNumToTensor,
  kPermute,
  kPow,
  kPrimDevice,
  kQuantizedLinear,
  kRelu,
  kRepeat,
  kReshape,
  kRsub,
  kSdpa,
  kSelect,
  kSigmoid,
  kSign,
  kSilu,
  kSize,
  kSlice,
  kSoftmax,
  kSqrt,
  kSqueeze,
  kSub,
  kSum,
  kTanh,
  kTensor,
  kTo,
  kTranspose,
  kTypeAs,
  kUnsqueeze,
  kView,
  kWhere,
};
/// The operator as the text names it, without "torch.".
std::string_view torch_op_name(TorchOp op);

using NodeId = uint32_t;
struct GraphArg;
using GraphList = std::vector<GraphArg>;
struct GraphNodeRef {
  NodeId id;
};
/// An argument of an operator: None, a literal, another node's value, or a list of those.
struct GraphArg {
  std::variant<std::monostate, bool, int64_t, double, std::string, GraphNodeRef, GraphList> value;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }
  bool is_none() const { return std::holds_alternative<std::monostate>(value); }
};

struct GraphNode {
  TorchOp op = TorchOp::kInput;
  std::vector<GraphArg> args;  ///< kPhi: condition, value of `if`, value of `else`
  std::vector<std::pair<std::string, GraphArg>> named_args;
  int64_t index = 0;          ///< of kInput among the arguments, of kConstant among the constants
  std::vector<NodeId> users;  ///< in the order of the text; twice if it takes this node twice
};

/// The dataflow of `forward` of a frozen TorchScript module, parsed from its text and never run: straight-line assignments of
/// operator calls, and `if` over a name. Nodes stand in the order of the text; arguments precede their users. Immutable.
struct TorchGraph {
  static constexpr size_t kMaxTextBytes = 8 << 20;
  static constexpr size_t kMaxNodes = 200'000;
  static constexpr int kMaxDepth = 32;  ///< nesting of calls
  static constexpr size_t kMaxArgs = 64;

  std::vector<std::string> inputs;  ///< names of forward's arguments without `self`
  std::vector<GraphNode> nodes;
  GraphArg result;  ///< a node, or the list of a returned tuple

  /// Errors: kIllegalArgument naming the operator that is not on the list, or the line that is not understood.
  static base::Result<TorchGraph> parse(std::string_view text);
};

}  // namespace selene::models
