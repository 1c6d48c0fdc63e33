#include "models/architectures/traced/matcher.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace selene::models {
namespace {

constexpr double kDefaultEps = 1e-5;  // of layer_norm, where the text does not say one

std::optional<Activation> simple_activation(const GraphNode& node) {
  switch (node.op) {
    case TorchOp::kGelu: {
      for (const auto& [name, value] : node.named_args) {
        const auto* text = value.as<std::string>();
        if (name == "approximate" && text != nullptr && *text == "tanh") return Activation::kGeluNew;
      }
      return Activation::kGelu;
    }
    case TorchOp::kRelu: return Activation::kRelu;
    case TorchOp::kSilu: return Activation::kSilu;
    case TorchOp::kTanh: return Activation::kTanh;
    default: return std::nullopt;
  }
}

/// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) written out: every node from `to` back to `from` is one of these operators,
/// and the numbers are those of the formula.
bool is_written_gelu(Dataflow& flow, NodeId from, NodeId to) {
  std::set<NodeId> seen;
  std::vector<NodeId> open = {to};
  std::vector<double> numbers;
  while (!open.empty()) {
    const auto next = flow.strip(open.back());
    open.pop_back();
    if (!next) return false;
    if (*next == from || !seen.insert(*next).second) continue;
    const TorchOp op = flow.op(*next);
    const bool known = op == TorchOp::kMul || op == TorchOp::kAdd || op == TorchOp::kTanh || op == TorchOp::kPow;
    if (!known || seen.size() > 12) return false;
    for (size_t i = 0; i < flow.node(*next).args.size(); ++i) {
      if (const auto number = flow.scalar_operand(*next, i)) {
        numbers.push_back(*number);
      } else if (const auto arg = flow.operand(*next, i)) {
        open.push_back(*arg);
      }
    }
  }
  constexpr std::array kFormula = {0.044715, 0.5, 0.7978845608, 1.0, 3.0};
  std::sort(numbers.begin(), numbers.end());
  const bool equal = std::equal(numbers.begin(), numbers.end(), kFormula.begin(), kFormula.end(),
                                [](double a, double b) { return std::abs(a - b) < 1e-6; });
  if (!equal) return false;
  for (const NodeId id : seen) flow.claim(id);
  return true;
}

}  // namespace

base::Result<int64_t> take_constant(Dataflow& flow, NodeId id) {
  const auto index = flow.constant_index(id);
  if (!index) return unmatched("[{}] stands where a weight is expected", torch_op_name(flow.op(id)));
  flow.claim(id);
  return *index;
}

std::optional<MatrixShape> matrix_shape(const Dataflow& flow, int64_t constant) {
  const TracedConstant& value = flow.constant(constant);
  const auto* packed = std::get_if<PackedLinear>(&value);
  const auto* tensor = packed != nullptr ? &packed->weight : std::get_if<TensorView>(&value);
  if (tensor == nullptr || tensor->shape.size() != 2) return std::nullopt;
  return MatrixShape{tensor->shape[0], tensor->shape[1]};
}

base::Result<TracedLinear> take_linear(Dataflow& flow, NodeId linear) {
  TracedLinear taken;
  const GraphNode& node = flow.node(linear);
  const auto weight = flow.operand(linear, 1);
  if (!is_linear(node.op) || !weight) return unmatched("[{}] stands where a linear layer is expected", torch_op_name(node.op));
  ASSIGN_OR_RETURN(taken.weight, take_constant(flow, *weight));
  const bool packed = std::holds_alternative<PackedLinear>(flow.constant(taken.weight));
  if (packed != (node.op == TorchOp::kQuantizedLinear)) return unmatched("the weight of a linear layer is of the wrong kind");
  if (node.op == TorchOp::kQuantizedLinear) {
    const auto* reduced = node.args.size() > 2 ? node.args[2].as<bool>() : nullptr;
    if (reduced == nullptr || !*reduced) return unmatched("linear_dynamic without reduce_range");
  } else if (const auto bias = flow.operand(linear, 2)) {
    ASSIGN_OR_RETURN(taken.bias, take_constant(flow, *bias));
  }
  flow.claim(linear);
  return taken;
}

base::Result<TracedNorm> take_norm(Dataflow& flow, NodeId norm) {
  TracedNorm taken;
  const GraphNode& node = flow.node(norm);
  const auto* shape = node.args.size() > 1 ? node.args[1].as<GraphList>() : nullptr;
  const auto gamma = flow.operand(norm, 2);
  const auto beta = flow.operand(norm, 3);
  if (node.op != TorchOp::kLayerNorm || shape == nullptr || shape->size() != 1 || !gamma || !beta) {
    return unmatched("[{}] stands where a layer norm over the last axis is expected", torch_op_name(node.op));
  }
  ASSIGN_OR_RETURN(taken.gamma, take_constant(flow, *gamma));
  ASSIGN_OR_RETURN(taken.beta, take_constant(flow, *beta));
  taken.eps = flow.scalar_operand(norm, 4).value_or(kDefaultEps);
  if (!(taken.eps >= 0.0 && taken.eps < 1.0)) return unmatched("a layer norm has eps [{}]", taken.eps);
  flow.claim(norm);
  return taken;
}

std::optional<Activation> activation_between(Dataflow& flow, NodeId from, NodeId to) {
  if (from == to) return Activation::kNone;
  if (const auto simple = simple_activation(flow.node(to)); simple && flow.stripped_operand(to, 0) == from) {
    flow.claim(to);
    return simple;
  }
  return is_written_gelu(flow, from, to) ? std::optional(Activation::kGeluNew) : std::nullopt;
}

base::Result<ActivatedLinear> next_linear(Dataflow& flow, NodeId from) {
  // Through at most the eight operators of the written gelu.
  std::set<NodeId> seen;
  std::vector<NodeId> open = {from};
  while (!open.empty() && seen.size() < 32) {
    const NodeId next = open.front();
    open.erase(open.begin());
    for (const NodeId user : flow.consumers(next)) {
      if (!is_linear(flow.op(user))) {
        if (seen.insert(user).second) open.push_back(user);
        continue;
      }
      const auto input = flow.stripped_operand(user, 0);
      if (!input || *input == from) continue;
      if (const auto activation = activation_between(flow, from, *input)) return ActivatedLinear{user, *activation};
    }
  }
  return unmatched("a linear layer is not followed by an activation (gelu, gelu_new, relu, silu, tanh) and another one");
}

namespace {

/// The norm of the sum of `a` and `b`.
base::Result<NodeId> norm_of_sum(Dataflow& flow, NodeId a, NodeId b) {
  for (const NodeId sum : flow.consumers(a, {TorchOp::kAdd, TorchOp::kAddInPlace})) {
    const auto terms = flow.terms(sum);
    if (!terms || terms->size() != 2) continue;
    const bool both = ((*terms)[0] == a && (*terms)[1] == b) || ((*terms)[0] == b && (*terms)[1] == a);
    const std::vector<NodeId> norms = both ? flow.consumers(sum, {TorchOp::kLayerNorm}) : std::vector<NodeId>();
    if (norms.size() == 1) return norms.front();
  }
  return unmatched("a layer has no layer norm of its residual sum");
}

base::Result<NodeId> only_linear_of(Dataflow& flow, NodeId id, std::string_view what) {
  const std::vector<NodeId> linears = flow.consumers(id, {TorchOp::kLinear, TorchOp::kQuantizedLinear});
  if (linears.size() != 1) return unmatched("{} goes into [{}] linear layers, not 1", what, linears.size());
  return linears.front();
}

/// Heads: the third element of the list that reshapes the projection into [batch, tokens, heads, head_dim].
base::Result<int64_t> num_heads(const Dataflow& flow, NodeId projection) {
  std::set<NodeId> seen;
  std::vector<NodeId> open = {projection};
  while (!open.empty()) {
    const NodeId next = open.back();
    open.pop_back();
    for (const NodeId user : flow.node(next).users) {
      if (flow.operand(user, 0) != next || !seen.insert(user).second) continue;
      const GraphNode& node = flow.node(user);
      if (node.op == TorchOp::kView || node.op == TorchOp::kReshape) {
        const auto* shape = node.args.size() > 1 ? node.args[1].as<GraphList>() : nullptr;
        const auto* heads = shape != nullptr && shape->size() == 4 ? (*shape)[2].as<int64_t>() : nullptr;
        if (heads != nullptr && *heads > 0) return *heads;
      }
      if (flow.strip(user) == flow.strip(projection)) open.push_back(user);
    }
  }
  return unmatched("the number of attention heads is not found");
}

base::Result<NodeId> match_layer(Dataflow& flow, NodeId attention, NodeId hidden, TracedModel& model) {
  TracedLayer layer;
  ASSIGN_OR_RETURN(const MatchedAttention found, match_attention(flow, attention, hidden, layer, model));
  ASSIGN_OR_RETURN(layer.query, take_linear(flow, found.query));
  ASSIGN_OR_RETURN(layer.key, take_linear(flow, found.key));
  ASSIGN_OR_RETURN(layer.value, take_linear(flow, found.value));
  ASSIGN_OR_RETURN(const NodeId output, only_linear_of(flow, found.context, "the attention's context"));
  ASSIGN_OR_RETURN(layer.attention_output, take_linear(flow, output));
  ASSIGN_OR_RETURN(const NodeId attention_norm, norm_of_sum(flow, output, hidden));
  ASSIGN_OR_RETURN(layer.attention_norm, take_norm(flow, attention_norm));
  ASSIGN_OR_RETURN(const NodeId up, only_linear_of(flow, attention_norm, "the attention's output"));
  ASSIGN_OR_RETURN(layer.up, take_linear(flow, up));
  ASSIGN_OR_RETURN(const ActivatedLinear down, next_linear(flow, up));
  ASSIGN_OR_RETURN(layer.down, take_linear(flow, down.linear));
  ASSIGN_OR_RETURN(const NodeId norm, norm_of_sum(flow, down.linear, attention_norm));
  ASSIGN_OR_RETURN(layer.ffn_norm, take_norm(flow, norm));
  if (!model.layers.empty() && model.hidden_act != down.activation) return unmatched("layers have different activations");
  model.hidden_act = down.activation;
  model.layers.push_back(layer);
  return norm;
}

}  // namespace

base::Result<TracedModel> match_traced_model(const TorchScriptArchive& archive) {
  ASSIGN_OR_RETURN(Dataflow flow, Dataflow::analyse(archive));
  TracedModel model;
  ASSIGN_OR_RETURN(NodeId hidden, match_embeddings(flow, model));
  for (NodeId id = 0; id < flow.num_nodes(); ++id) {
    const bool attention = flow.op(id) == TorchOp::kSdpa || flow.op(id) == TorchOp::kSoftmax;
    if (!attention || !flow.is_live(id)) continue;
    if (model.layers.empty()) {
      const std::vector<NodeId> projections = flow.consumers(hidden, {TorchOp::kLinear, TorchOp::kQuantizedLinear});
      if (projections.empty()) return unmatched("the embeddings go into no linear layer");
      ASSIGN_OR_RETURN(model.num_heads, num_heads(flow, projections.front()));
    }
    ASSIGN_OR_RETURN(hidden, match_layer(flow, id, hidden, model));
  }
  if (model.layers.empty()) return unmatched("there is no attention over the embeddings");
  RETURN_IF_ERROR(match_head(flow, hidden, model));
  RETURN_IF_ERROR(flow.check_all_claimed());
  return model;
}

}  // namespace selene::models
