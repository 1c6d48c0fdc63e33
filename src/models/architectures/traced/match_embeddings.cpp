#include <algorithm>

#include "models/architectures/traced/matcher.h"

namespace selene::models {
namespace {

enum class BufferKind : uint8_t { kZeros, kCounting, kOther };

BufferKind buffer_kind(const TracedConstant& constant) {
  const auto* tensor = std::get_if<TensorView>(&constant);
  if (tensor == nullptr || (tensor->dtype != DType::kI64 && tensor->dtype != DType::kI32)) return BufferKind::kOther;
  const auto count = static_cast<int64_t>(tensor->bytes.size()) / dtype_bytes(tensor->dtype);
  bool zeros = count > 0;
  bool counting = count > 1;
  for (int64_t i = 0; i < count && (zeros || counting); ++i) {
    const double number = tensor_number(*tensor, i);
    zeros = zeros && number == 0.0;
    counting = counting && number == static_cast<double>(i);
  }
  return zeros ? BufferKind::kZeros : counting ? BufferKind::kCounting : BufferKind::kOther;
}

/// positions = cumsum(input_ids != P) * (input_ids != P) + P: gives P. Every operator on the way is one of these.
base::Result<int64_t> match_padding_positions(const Dataflow& flow, NodeId index) {
  std::set<NodeId> seen;
  std::vector<NodeId> open = {index};
  std::optional<double> padding;
  std::vector<double> added;
  bool counts = false;
  while (!open.empty()) {
    const NodeId next = open.back();
    open.pop_back();
    if (!seen.insert(next).second) continue;
    switch (flow.op(next)) {
      case TorchOp::kInput: continue;
      case TorchOp::kNe:
        if (padding && padding != flow.scalar_operand(next, 1)) return unmatched("positions are counted from two padding ids");
        padding = flow.scalar_operand(next, 1);
        break;
      case TorchOp::kCumsum: counts = true; break;
      case TorchOp::kAdd:
      case TorchOp::kAddInPlace:
        if (const auto number = flow.scalar_operand(next, 1)) added.push_back(*number);
        break;
      case TorchOp::kMul:
      case TorchOp::kTo:
      case TorchOp::kTypeAs: break;
      case TorchOp::kConstant: continue;
      default: return unmatched("positions are made with [{}]", torch_op_name(flow.op(next)));
    }
    for (size_t i = 0; i < flow.node(next).args.size(); ++i) {
      if (const auto arg = flow.operand(next, i)) open.push_back(*arg);
    }
  }
  if (!padding || !counts) return unmatched("positions are counted in an unknown way");
  double sum = 0.0;
  for (const double number : added) sum += number;
  if (sum != *padding || *padding < 0.0 || *padding > 1e6)
    return unmatched("positions begin at [{}] for padding id [{}]", sum, *padding);
  return static_cast<int64_t>(*padding);
}

base::Status take_table(Dataflow& flow, NodeId embedding, std::string_view what, int64_t& table) {
  const auto weight = flow.operand(embedding, 0);
  if (table >= 0 || !weight) return unmatched("the embeddings have a second table of {}", what);
  ASSIGN_OR_RETURN(table, take_constant(flow, *weight));
  flow.claim(embedding);
  return {};
}

base::Status match_look_up(Dataflow& flow, NodeId embedding, TracedModel& model) {
  if (flow.op(embedding) != TorchOp::kEmbedding) {
    return unmatched("the sum of the embeddings holds [{}]", torch_op_name(flow.op(embedding)));
  }
  const auto index = flow.stripped_operand(embedding, 1);
  if (!index) return unmatched("an embedding is looked up by no tensor");
  if (flow.op(*index) == TorchOp::kInput) {
    switch (flow.sources(*index)) {
      case Dataflow::kInputIds: return take_table(flow, embedding, "words", model.word);
      case Dataflow::kTokenTypes: return take_table(flow, embedding, "token types", model.token_type);
      case Dataflow::kPositions:
        model.positions = TracedPositions::kFromZero;
        return take_table(flow, embedding, "positions", model.position);
      default: return unmatched("an embedding is looked up by the attention mask");
    }
  }
  if (const auto constant = flow.constant_index(*index)) {
    flow.claim(*index);
    switch (buffer_kind(flow.constant(*constant))) {
      case BufferKind::kZeros: model.zero_token_types = true; return take_table(flow, embedding, "token types", model.token_type);
      case BufferKind::kCounting:
        model.positions = TracedPositions::kFromZero;
        return take_table(flow, embedding, "positions", model.position);
      case BufferKind::kOther: return unmatched("an embedding is looked up by a buffer that is neither zeros nor 0, 1, 2, ...");
    }
  }
  if (flow.sources(*index) != Dataflow::kInputIds)
    return unmatched("an embedding is looked up by [{}]", torch_op_name(flow.op(*index)));
  ASSIGN_OR_RETURN(model.padding_id, match_padding_positions(flow, *index));
  model.positions = TracedPositions::kFromPadding;
  return take_table(flow, embedding, "positions", model.position);
}

}  // namespace

base::Result<NodeId> match_embeddings(Dataflow& flow, TracedModel& model) {
  NodeId norm = 0;
  while (norm < flow.num_nodes() && !(flow.op(norm) == TorchOp::kLayerNorm && flow.is_live(norm))) ++norm;
  if (norm == flow.num_nodes()) return unmatched("it has no layer norm");
  ASSIGN_OR_RETURN(model.embedding_norm, take_norm(flow, norm));
  const auto sum = flow.operand(norm, 0);
  if (!sum) return unmatched("the first layer norm takes no tensor");
  ASSIGN_OR_RETURN(const std::vector<NodeId> look_ups, flow.terms(*sum));
  for (const NodeId look_up : look_ups) RETURN_IF_ERROR(match_look_up(flow, look_up, model));
  if (model.word < 0) return unmatched("the embeddings have no table of words");
  const std::vector<NodeId> linears = flow.consumers(norm, {TorchOp::kLinear, TorchOp::kQuantizedLinear});
  if (linears.size() != 1) return norm;
  ASSIGN_OR_RETURN(model.embedding_projection, take_linear(flow, linears.front()));
  return linears.front();
}

}  // namespace selene::models
