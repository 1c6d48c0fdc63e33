#pragma once

#include <optional>
#include <utility>

#include "base/result.h"
#include "models/architectures/traced/dataflow.h"
#include "models/architectures/traced/traced_model.h"

namespace selene::models {

/// The steps of match_traced_model, each of which claims what it finds; see there. One thread.

inline bool is_linear(TorchOp op) { return op == TorchOp::kLinear || op == TorchOp::kQuantizedLinear; }

/// The constants of a linear layer, or of a norm, which become claimed. Errors: kIllegalArgument.
base::Result<TracedLinear> take_linear(Dataflow& flow, NodeId linear);
base::Result<TracedNorm> take_norm(Dataflow& flow, NodeId norm);
/// A constant that node `id` is; it becomes claimed.
base::Result<int64_t> take_constant(Dataflow& flow, NodeId id);
/// Width of a matrix constant's rows and their number; nothing if it is no matrix.
struct MatrixShape {
  int64_t rows = 0;
  int64_t cols = 0;
};
std::optional<MatrixShape> matrix_shape(const Dataflow& flow, int64_t constant);

/// The linear layer that takes an activation of node `from` (a linear), and which activation. Errors: kIllegalArgument.
struct ActivatedLinear {
  NodeId linear;
  Activation activation;
};
base::Result<ActivatedLinear> next_linear(Dataflow& flow, NodeId from);
/// The activation by which `to` (stripped) is made of `from`; kNone if they are the same node. Nothing if it is made otherwise.
std::optional<Activation> activation_between(Dataflow& flow, NodeId from, NodeId to);

/// Embedding look-ups, their sum, norm and projection; gives the hidden states that the first layer takes.
base::Result<NodeId> match_embeddings(Dataflow& flow, TracedModel& model);
/// What attention is computed by: the node that gives the context, and the layer's projections.
struct MatchedAttention {
  NodeId context;
  NodeId query, key, value;
};
/// The attention of a layer at node `attention` (scaled_dot_product_attention or softmax) over hidden states `hidden`; fills what
/// it says about positions into `layer` and `model`. Errors: kIllegalArgument.
base::Result<MatchedAttention> match_attention(Dataflow& flow, NodeId attention, NodeId hidden, TracedLayer& layer,
                                               TracedModel& model);
/// Whether the graph has DeBERTa's look-up of position scores, and by which buckets. Errors: kIllegalArgument.
base::Status match_position_index(Dataflow& flow, NodeId index, bool negated, TracedModel& model);
/// MPNet's bias by relative position. Errors: kIllegalArgument.
base::Status match_relative_bias(Dataflow& flow, NodeId embedding, TracedModel& model);
/// What follows the last hidden states.
base::Status match_head(Dataflow& flow, NodeId hidden, TracedModel& model);

}  // namespace selene::models
