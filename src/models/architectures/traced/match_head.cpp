#include <algorithm>
#include <cmath>

#include "models/architectures/traced/matcher.h"

namespace selene::models {
namespace {

/// Whether, on the way back to `hidden`, the first token of each row is selected.
bool takes_first_token(const Dataflow& flow, std::optional<NodeId> from, NodeId hidden) {
  bool selected = false;
  while (from && *from != hidden) {
    const GraphNode& node = flow.node(*from);
    if (node.op == TorchOp::kSelect) {
      if (selected || flow.scalar_operand(*from, 1) != 1.0 || flow.scalar_operand(*from, 2) != 0.0) return false;
      selected = true;
    } else if (flow.strip(from) == from) {
      return false;
    }
    from = flow.operand(*from, 0);
  }
  return from && selected;
}

base::Status match_classifier(Dataflow& flow, NodeId classifier, NodeId hidden, TracedModel& model) {
  const std::vector<NodeId> linears = flow.consumers(hidden, {TorchOp::kLinear, TorchOp::kQuantizedLinear});
  const auto input = flow.stripped_operand(classifier, 0);
  if (linears.size() != 1 || !input) return unmatched("the classifier's input is unknown");
  const auto activation = activation_between(flow, linears.front(), *input);
  if (!activation || *activation == Activation::kNone) return unmatched("the classifier has no activation before it");
  if (!takes_first_token(flow, flow.operand(linears.front(), 0), hidden))
    return unmatched("the head does not read the first token");
  model.head = TracedHead::kClassifier;
  model.head_act = *activation;
  ASSIGN_OR_RETURN(model.head_dense, take_linear(flow, linears.front()));
  ASSIGN_OR_RETURN(model.head_output, take_linear(flow, classifier));
  return {};
}

base::Status match_masked_lm(Dataflow& flow, NodeId decoder, NodeId norm, NodeId hidden, TracedModel& model) {
  const std::vector<NodeId> linears = flow.consumers(hidden, {TorchOp::kLinear, TorchOp::kQuantizedLinear});
  const auto input = flow.stripped_operand(norm, 0);
  if (linears.size() != 1 || !input) return unmatched("the masked language model's head is unknown");
  const auto activation = activation_between(flow, linears.front(), *input);
  if (!activation || *activation == Activation::kNone) return unmatched("the masked language model's head has no activation");
  model.head = TracedHead::kMaskedLm;
  model.head_act = *activation;
  ASSIGN_OR_RETURN(model.head_dense, take_linear(flow, linears.front()));
  ASSIGN_OR_RETURN(model.head_norm, take_norm(flow, norm));
  ASSIGN_OR_RETURN(model.head_output, take_linear(flow, decoder));
  return {};
}

/// x / max(|x|, eps): gives x.
base::Result<NodeId> match_normalize(Dataflow& flow, NodeId quotient, TracedModel& model) {
  const auto value = flow.operand(quotient, 0);
  const auto limit = flow.stripped_operand(quotient, 1);
  const auto norm = limit && flow.op(*limit) == TorchOp::kClampMin ? flow.operand(*limit, 0) : std::nullopt;
  if (!value || !norm || flow.op(*norm) != TorchOp::kLinalgVectorNorm) return quotient;
  const double least = flow.scalar_operand(*limit, 1).value_or(1.0);
  if (flow.strip(flow.operand(*norm, 0)) != flow.strip(value) || flow.scalar_operand(*norm, 1) != 2.0 || least > 1e-6) {
    return unmatched("embeddings are divided by something other than their length");
  }
  flow.claim(*norm);
  model.normalize = true;
  return *value;
}

/// [cat] of one list element is that element.
std::optional<NodeId> through_cat(Dataflow& flow, std::optional<NodeId> id) {
  const auto cat = flow.strip(id);
  if (!cat || flow.op(*cat) != TorchOp::kCat) return id;
  const auto* items = flow.node(*cat).args.empty() ? nullptr : flow.node(*cat).args[0].as<GraphList>();
  const auto* item = items != nullptr && items->size() == 1 ? items->front().as<GraphNodeRef>() : nullptr;
  if (item == nullptr) return std::nullopt;
  flow.claim(*cat);
  return item->id;
}

/// sum(h * mask) / clamp(sum(mask), tiny).
bool is_mean(Dataflow& flow, NodeId quotient, NodeId hidden) {
  const auto sum = flow.stripped_operand(quotient, 0);
  const auto count = flow.stripped_operand(quotient, 1);
  if (flow.op(quotient) != TorchOp::kDiv || !sum || !count || flow.op(*sum) != TorchOp::kSum || flow.op(*count) != TorchOp::kClamp)
    return false;
  const auto mask_sum = flow.stripped_operand(*count, 0);
  if (!mask_sum || flow.op(*mask_sum) != TorchOp::kSum || flow.sources(*mask_sum) != Dataflow::kMask) return false;
  const auto over_tokens = [&](NodeId id) {
    const auto* axes = flow.node(id).args.size() > 1 ? flow.node(id).args[1].as<GraphList>() : nullptr;
    const auto* axis = axes != nullptr && axes->size() == 1 ? axes->front().as<int64_t>() : nullptr;
    return axis != nullptr && *axis == 1;
  };
  if (!over_tokens(*sum) || !over_tokens(*mask_sum) || flow.stripped_operand(*sum, 0) != hidden) return false;
  if (flow.scalar_operand(*count, 1).value_or(1.0) > 1e-6) return false;
  flow.claim(*sum);
  flow.claim(*mask_sum);
  return true;
}

/// h at the mask's first one: gather(h, 1, argmax(mask)).
bool is_gathered_first(const Dataflow& flow, NodeId gather, NodeId hidden) {
  if (flow.op(gather) != TorchOp::kGather || flow.stripped_operand(gather, 0) != hidden) return false;
  const auto index = flow.stripped_operand(gather, 2);
  return flow.scalar_operand(gather, 1) == 1.0 && index && flow.op(*index) == TorchOp::kArgmax &&
         flow.sources(*index) == Dataflow::kMask;
}

base::Status match_pooling(Dataflow& flow, std::optional<NodeId> from, NodeId hidden, TracedModel& model) {
  const auto pooled = through_cat(flow, from);
  if (pooled && takes_first_token(flow, pooled, hidden)) {
    model.pooling = TracedPooling::kFirstToken;
    return {};
  }
  const auto node = flow.strip(pooled);
  if (node && is_mean(flow, *node, hidden)) {
    model.pooling = TracedPooling::kMean;
    return {};
  }
  if (node && is_gathered_first(flow, *node, hidden)) {
    model.pooling = TracedPooling::kFirstToken;
    return {};
  }
  return unmatched("the pooling is neither the mean of the tokens nor the first one");
}

base::Status match_embedding_tail(Dataflow& flow, NodeId hidden, TracedModel& model) {
  model.head = TracedHead::kEmbedding;
  NodeId at = flow.result();
  if (const auto stripped = flow.strip(at); stripped && flow.op(*stripped) == TorchOp::kDiv) {
    ASSIGN_OR_RETURN(at, match_normalize(flow, *stripped, model));
  }
  const auto value = flow.strip(at);
  if (!value) return unmatched("the result is no tensor");
  NodeId linear = *value;
  if (!is_linear(flow.op(linear))) {
    const auto before = flow.stripped_operand(linear, 0);
    if (!before || !is_linear(flow.op(*before))) return match_pooling(flow, at, hidden, model);
    const auto activation = activation_between(flow, *before, linear);
    if (!activation) return unmatched("the embedding's dense layer has an unknown activation");
    model.head_act = *activation;
    linear = *before;
  }
  ASSIGN_OR_RETURN(model.head_dense, take_linear(flow, linear));
  return match_pooling(flow, flow.operand(linear, 0), hidden, model);
}

}  // namespace

base::Status match_head(Dataflow& flow, NodeId hidden, TracedModel& model) {
  const auto result = flow.strip(flow.result());
  if (!flow.returns_tuple() || !result || !is_linear(flow.op(*result))) return match_embedding_tail(flow, hidden, model);
  const auto input = flow.stripped_operand(*result, 0);
  if (input && flow.op(*input) == TorchOp::kLayerNorm && *input != hidden)
    return match_masked_lm(flow, *result, *input, hidden, model);
  return match_classifier(flow, *result, hidden, model);
}

}  // namespace selene::models
