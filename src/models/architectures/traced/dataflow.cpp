#include "models/architectures/traced/dataflow.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace selene::models {
namespace {

constexpr size_t kMaxTerms = 16;

/// Operators whose result holds elements of their first argument, moved or converted.
bool moves_elements(TorchOp op) {
  switch (op) {
    case TorchOp::kView:
    case TorchOp::kReshape:
    case TorchOp::kTranspose:
    case TorchOp::kPermute:
    case TorchOp::kContiguous:
    case TorchOp::kSlice:
    case TorchOp::kSelect:
    case TorchOp::kExpand:
    case TorchOp::kExpandAs:
    case TorchOp::kSqueeze:
    case TorchOp::kUnsqueeze:
    case TorchOp::kTo:
    case TorchOp::kTypeAs:
    case TorchOp::kRepeat:
    case TorchOp::kFlatten:
    case TorchOp::kClone:
    case TorchOp::kDetach:
    case TorchOp::kDropout: return true;
    default: return false;
  }
}

/// Operators whose result does not depend on what the argument holds.
bool reads_shape_only(TorchOp op) { return op == TorchOp::kSize || op == TorchOp::kFullLike || op == TorchOp::kPrimDevice; }

/// Operators that an encoder's meaning is made of: each must have found its place.
bool carries_meaning(TorchOp op) {
  switch (op) {
    case TorchOp::kLinear:
    case TorchOp::kQuantizedLinear:
    case TorchOp::kLayerNorm:
    case TorchOp::kEmbedding:
    case TorchOp::kSdpa:
    case TorchOp::kSoftmax:
    case TorchOp::kMatmul:
    case TorchOp::kBmm:
    case TorchOp::kGelu:
    case TorchOp::kRelu:
    case TorchOp::kSilu:
    case TorchOp::kSigmoid:
    case TorchOp::kTanh:
    case TorchOp::kPow:
    case TorchOp::kSum:
    case TorchOp::kAmax:
    case TorchOp::kLinalgVectorNorm:
    case TorchOp::kCat: return true;
    default: return false;
  }
}

template <class T>
double load_as(const TensorView& tensor, int64_t i) {
  T value;
  std::memcpy(&value, tensor.bytes.data() + static_cast<size_t>(i) * sizeof(T), sizeof value);
  return static_cast<double>(value);
}

}  // namespace

double tensor_number(const TensorView& tensor, int64_t i) {
  switch (tensor.dtype) {
    case DType::kF32: return load_as<float>(tensor, i);
    case DType::kF64: return load_as<double>(tensor, i);
    case DType::kI64: return load_as<int64_t>(tensor, i);
    case DType::kI32: return load_as<int32_t>(tensor, i);
    case DType::kI16: return load_as<int16_t>(tensor, i);
    case DType::kI8: return load_as<int8_t>(tensor, i);
    case DType::kU8:
    case DType::kBool: return load_as<uint8_t>(tensor, i);
    default: return std::nan("");
  }
}

std::optional<double> single_number(const TracedConstant& constant) {
  if (const auto* number = std::get_if<double>(&constant)) return *number;
  const auto* tensor = std::get_if<TensorView>(&constant);
  if (tensor == nullptr || tensor->bytes.size() != static_cast<size_t>(dtype_bytes(tensor->dtype))) return std::nullopt;
  return tensor_number(*tensor, 0);
}

base::Result<Dataflow> Dataflow::analyse(const TorchScriptArchive& archive) {
  Dataflow flow(archive);
  RETURN_IF_ERROR(flow.name_inputs());
  flow.trace_sources();
  RETURN_IF_ERROR(flow.trace_result());
  return flow;
}

base::Status Dataflow::name_inputs() {
  const std::vector<std::string>& inputs = archive_->graph.inputs;
  if (inputs.size() < 2 || inputs.size() > 4 || inputs[0] != "input_ids" || inputs[1] != "attention_mask") {
    return unmatched("forward must take input_ids and attention_mask, then at most token_type_ids and position_ids");
  }
  constexpr uint8_t kByPlace[] = {kInputIds, kMask, kTokenTypes, kPositions};
  for (size_t i = 0; i < inputs.size(); ++i) input_sources_.push_back(kByPlace[i]);
  return {};
}

/// Arguments precede their users, so one pass is enough.
void Dataflow::trace_sources() {
  sources_.assign(num_nodes(), 0);
  for (NodeId id = 0; id < num_nodes(); ++id) {
    const GraphNode& n = node(id);
    if (n.op == TorchOp::kInput) {
      sources_[id] = input_sources_[static_cast<size_t>(n.index)];
      continue;
    }
    if (reads_shape_only(n.op)) continue;
    const bool first_only = moves_elements(n.op);
    const size_t begin = n.op == TorchOp::kPhi ? 2 : 0;
    uint8_t all = n.op == TorchOp::kEmbedding || n.op == TorchOp::kLayerNorm ? kHidden : 0;
    for (size_t i = begin; i < n.args.size(); ++i) {
      if (const auto* ref = n.args[i].as<GraphNodeRef>()) all |= sources_[ref->id];
      if (const auto* items = n.args[i].as<GraphList>(); items != nullptr && n.op == TorchOp::kCat) {
        for (const GraphArg& item : *items) {
          if (const auto* ref = item.as<GraphNodeRef>()) all |= sources_[ref->id];
        }
      }
      if (first_only) break;
    }
    sources_[id] = all;
  }
}

base::Status Dataflow::trace_result() {
  const GraphArg* result = &archive_->graph.result;
  if (const auto* items = result->as<GraphList>()) {
    if (items->size() != 1) return unmatched("forward returns [{}] values, not 1", items->size());
    result = &items->front();
  }
  const auto* ref = result->as<GraphNodeRef>();
  if (ref == nullptr) return unmatched("forward returns no tensor");
  result_ = ref->id;
  live_.assign(num_nodes(), false);
  live_[result_] = true;
  for (NodeId id = result_ + 1; id-- > 0;) {
    if (!live_[id] || reads_shape_only(op(id))) continue;
    const GraphNode& n = node(id);
    const auto mark = [this](const GraphArg& arg) {
      if (const auto* user = arg.as<GraphNodeRef>()) live_[user->id] = true;
    };
    for (size_t i = n.op == TorchOp::kPhi ? 2 : 0; i < n.args.size(); ++i) {
      mark(n.args[i]);
      if (const auto* items = n.args[i].as<GraphList>(); items != nullptr && n.op == TorchOp::kCat) {
        for (const GraphArg& item : *items) mark(item);
      }
      if (moves_elements(n.op)) break;
    }
  }
  return {};
}

std::optional<NodeId> Dataflow::operand(NodeId id, size_t i) const {
  const std::vector<GraphArg>& args = node(id).args;
  if (i >= args.size()) return std::nullopt;
  const auto* ref = args[i].as<GraphNodeRef>();
  return ref != nullptr ? std::optional(ref->id) : std::nullopt;
}

bool Dataflow::scales_by_mask(NodeId id) const {
  if (op(id) != TorchOp::kMul) return false;
  const auto factor = operand(id, 1);
  return factor && sources_[*factor] == kMask && (sources_[id] & kHidden) != 0;
}

bool Dataflow::is_transparent(NodeId id) const { return moves_elements(op(id)) || scales_by_mask(id) || op(id) == TorchOp::kPhi; }

std::optional<NodeId> Dataflow::strip(std::optional<NodeId> id) const {
  while (id && is_transparent(*id)) id = operand(*id, op(*id) == TorchOp::kPhi ? 2 : 0);
  return id;
}

std::vector<NodeId> Dataflow::consumers(NodeId id) const {
  std::set<NodeId> seen;
  std::set<NodeId> found;
  std::vector<NodeId> open = {id};
  while (!open.empty()) {
    const NodeId next = open.back();
    open.pop_back();
    for (const NodeId user : node(next).users) {
      if (!live_[user] || reads_shape_only(op(user)) || !seen.insert(user).second) continue;
      if (!is_transparent(user)) {
        found.insert(user);
      } else if (operand(user, op(user) == TorchOp::kPhi ? 2 : 0) == next) {
        open.push_back(user);
      }
    }
  }
  return {found.begin(), found.end()};
}

std::vector<NodeId> Dataflow::consumers(NodeId id, std::initializer_list<TorchOp> ops) const {
  std::vector<NodeId> all = consumers(id);
  std::erase_if(all, [&](NodeId user) { return std::find(ops.begin(), ops.end(), op(user)) == ops.end(); });
  return all;
}

std::optional<int64_t> Dataflow::constant_index(NodeId id) const {
  return op(id) == TorchOp::kConstant ? std::optional(node(id).index) : std::nullopt;
}

std::optional<double> Dataflow::scalar_at(const GraphArg& arg, double head_dim, int depth) const {
  if (const auto* number = arg.as<double>()) return *number;
  if (const auto* number = arg.as<int64_t>()) return static_cast<double>(*number);
  const auto* ref = arg.as<GraphNodeRef>();
  return ref != nullptr ? scalar_node(ref->id, head_dim, depth + 1) : std::nullopt;
}

std::optional<double> Dataflow::scalar_node(NodeId id, double head_dim, int depth) const {
  const GraphNode& n = node(id);
  if (depth > 8) return std::nullopt;
  if (n.op == TorchOp::kConstant) return single_number(constant(n.index));
  if (n.args.empty()) return std::nullopt;
  if (n.op == TorchOp::kSize) {
    const auto axis = n.args.size() > 1 ? scalar_at(n.args[1], 0.0, depth) : std::nullopt;
    return axis == -1.0 && head_dim > 0.0 ? std::optional(head_dim) : std::nullopt;
  }
  const auto first = scalar_at(n.args[0], head_dim, depth);
  if (!first) return std::nullopt;
  if (n.op == TorchOp::kSqrt) return std::sqrt(*first);
  if (n.op == TorchOp::kTensor || n.op == TorchOp::kNumToTensor || n.op == TorchOp::kInt || moves_elements(n.op)) return first;
  if (n.args.size() < 2) return std::nullopt;
  const auto second = scalar_at(n.args[1], head_dim, depth);
  if (!second) return std::nullopt;
  if (n.op == TorchOp::kMul) return *first * *second;
  if (n.op == TorchOp::kDiv) return *first / *second;
  return std::nullopt;
}

std::optional<double> Dataflow::scalar(const GraphArg& arg, double head_dim) const { return scalar_at(arg, head_dim, 0); }

std::optional<double> Dataflow::scalar_operand(NodeId id, size_t i, double head_dim) const {
  return i < node(id).args.size() ? scalar(node(id).args[i], head_dim) : std::nullopt;
}

base::Result<std::vector<NodeId>> Dataflow::terms(NodeId id) const {
  std::vector<NodeId> found;
  std::vector<NodeId> open = {id};
  while (!open.empty()) {
    const auto next = strip(open.back());
    open.pop_back();
    if (!next) return unmatched("a sum has a term that is no tensor");
    if (op(*next) != TorchOp::kAdd && op(*next) != TorchOp::kAddInPlace) {
      found.push_back(*next);
      if (found.size() > kMaxTerms) return unmatched("a sum has more than [{}] terms", kMaxTerms);
      continue;
    }
    const GraphNode& sum = node(*next);
    if (sum.args.size() != 2 || !sum.named_args.empty()) return unmatched("[{}] with a factor", torch_op_name(sum.op));
    for (const size_t i : {size_t{1}, size_t{0}}) {
      if (const auto number = scalar(sum.args[i])) {
        if (*number != 0.0) return unmatched("a number is added to a sum of tensors");
        continue;
      }
      const auto term = operand(*next, i);
      if (!term) return unmatched("a sum has a term that is no tensor");
      open.push_back(*term);
    }
    if (open.size() > kMaxTerms) return unmatched("a sum has more than [{}] terms", kMaxTerms);
  }
  return found;
}

std::optional<NodeId> Dataflow::find_behind(NodeId id, TorchOp wanted) const {
  std::set<NodeId> seen;
  std::vector<NodeId> open = {id};
  while (!open.empty() && seen.size() < 200) {
    const NodeId next = open.back();
    open.pop_back();
    if (op(next) == wanted) return next;
    for (size_t i = 0; i < node(next).args.size(); ++i) {
      if (const auto arg = operand(next, i); arg && seen.insert(*arg).second) open.push_back(*arg);
    }
  }
  return std::nullopt;
}

base::Status Dataflow::check_all_claimed() const {
  for (NodeId id = 0; id < num_nodes(); ++id) {
    if (!live_[id] || claimed_.contains(id)) continue;
    if (op(id) == TorchOp::kConstant && !single_number(constant(node(id).index))) {
      return unmatched("CONSTANTS.c{} stands where no known encoder has a weight", node(id).index);
    }
    if (carries_meaning(op(id))) return unmatched("operator [{}] stands where no known encoder has one", torch_op_name(op(id)));
  }
  return {};
}

}  // namespace selene::models
