#include <algorithm>
#include <cmath>

#include "models/architectures/traced/matcher.h"

namespace selene::models {
namespace {

/// An operand of a product: what is left after views and numeric factors, and the factors.
struct ScaledOperand {
  NodeId node;
  double scale;
};

/// Width of one head, from the word table's or the projection's width.
double head_dim(const Dataflow& flow, const TracedModel& model, NodeId projection) {
  const auto weight = flow.operand(projection, 1);
  const auto constant = weight ? flow.constant_index(*weight) : std::nullopt;
  const auto shape = constant ? matrix_shape(flow, *constant) : std::nullopt;
  return shape && model.num_heads > 0 ? static_cast<double>(shape->rows) / static_cast<double>(model.num_heads) : 0.0;
}

/// Steps back over views, and over div and mul by a number.
base::Result<ScaledOperand> unscale(const Dataflow& flow, std::optional<NodeId> from, double dim) {
  double scale = 1.0;
  for (int steps = 0; steps < 16; ++steps) {
    const auto node = flow.strip(from);
    if (!node) return unmatched("an attention operand is no tensor");
    const TorchOp op = flow.op(*node);
    if (op != TorchOp::kDiv && op != TorchOp::kMul) return ScaledOperand{*node, scale};
    const auto number = flow.scalar_operand(*node, 1, dim);
    if (!number || *number == 0.0) return ScaledOperand{*node, scale};
    scale = op == TorchOp::kDiv ? scale / *number : scale * *number;
    from = flow.operand(*node, 0);
  }
  return unmatched("an attention operand is scaled too often");
}

bool is_projection_of(const Dataflow& flow, NodeId node, NodeId hidden) {
  return is_linear(flow.op(node)) && flow.stripped_operand(node, 0) == hidden;
}

/// A product found among the terms of the scores.
struct ScoreProduct {
  NodeId left, right;
  double scale;
  std::optional<NodeId> index;  ///< of the gather around it
};

/// What a score sum is made of.
struct ScoreTerms {
  std::vector<ScoreProduct> products;
  std::vector<NodeId> biases;  ///< embedding look-ups
};

/// Whether it is a number far enough below all scores to hide a key.
bool hides(std::optional<double> number) { return number && *number < -1e4; }

base::Status add_term(Dataflow& flow, NodeId term, double dim, ScoreTerms& found);

base::Status add_sum(Dataflow& flow, NodeId sum, double dim, ScoreTerms& found) {
  ASSIGN_OR_RETURN(const std::vector<NodeId> terms, flow.terms(sum));
  for (const NodeId term : terms) RETURN_IF_ERROR(add_term(flow, term, dim, found));
  return {};
}

base::Status add_product(Dataflow& flow, NodeId product, double scale, std::optional<NodeId> index, double dim, ScoreTerms& found) {
  ASSIGN_OR_RETURN(const ScaledOperand left, unscale(flow, flow.operand(product, 0), dim));
  ASSIGN_OR_RETURN(const ScaledOperand right, unscale(flow, flow.operand(product, 1), dim));
  flow.claim(product);
  found.products.push_back({left.node, right.node, scale * left.scale * right.scale, index});
  return found.products.size() <= 3 ? base::Status() : unmatched("attention scores have more than 3 products");
}

base::Status add_term(Dataflow& flow, NodeId term, double dim, ScoreTerms& found) {
  ASSIGN_OR_RETURN(const ScaledOperand scaled, unscale(flow, term, dim));
  const NodeId node = scaled.node;
  const TorchOp op = flow.op(node);
  if (op == TorchOp::kMatmul || op == TorchOp::kBmm) return add_product(flow, node, scaled.scale, std::nullopt, dim, found);
  if (flow.sources(node) == Dataflow::kMask) return {};  // hides padding, which packed rows do not have
  if (op == TorchOp::kEmbedding) {
    found.biases.push_back(node);
    return scaled.scale == 1.0 ? base::Status() : unmatched("a relative bias is scaled");
  }
  if (op == TorchOp::kMaskedFill) {
    const auto mask = flow.operand(node, 1);
    const auto inner = flow.operand(node, 0);
    if (!mask || !inner || flow.sources(*mask) != Dataflow::kMask || !hides(flow.scalar_operand(node, 2)) || scaled.scale != 1.0) {
      return unmatched("[masked_fill] of attention scores by something other than the attention mask");
    }
    return add_sum(flow, *inner, dim, found);
  }
  if (op == TorchOp::kGather) {
    const auto index = flow.operand(node, 2);
    ASSIGN_OR_RETURN(const ScaledOperand inner, unscale(flow, flow.operand(node, 0), dim));
    const TorchOp inner_op = flow.op(inner.node);
    if (!index || (inner_op != TorchOp::kMatmul && inner_op != TorchOp::kBmm))
      return unmatched("[gather] of something other than scores");
    return add_product(flow, inner.node, scaled.scale * inner.scale, index, dim, found);
  }
  if ((op == TorchOp::kAdd || op == TorchOp::kAddInPlace) && scaled.scale == 1.0) return add_sum(flow, node, dim, found);
  return unmatched("attention scores hold [{}]", torch_op_name(op));
}

base::Status check_scale(double scale, double dim, size_t num_terms) {
  const double expected = 1.0 / std::sqrt(dim * static_cast<double>(num_terms));
  if (std::abs(scale - expected) < 1e-4 * expected) return {};
  return unmatched("attention scores are scaled by [{}], not by [{}]", scale, expected);
}

base::Result<MatchedAttention> match_sdpa(Dataflow& flow, NodeId attention, NodeId hidden) {
  const GraphNode& node = flow.node(attention);
  NodeId found[3] = {};
  for (size_t i = 0; i < 3; ++i) {
    const auto projection = flow.stripped_operand(attention, i);
    if (!projection || !is_projection_of(flow, *projection, hidden)) {
      return unmatched("attention takes something other than projections of the layer's input");
    }
    found[i] = *projection;
  }
  const auto mask = flow.operand(attention, 3);
  if (mask && !flow.is_mask(*mask)) return unmatched("attention is masked by something other than the attention mask");
  for (size_t i = 4; i < node.args.size(); ++i) {
    const auto* number = node.args[i].as<double>();
    const auto* flag = node.args[i].as<bool>();
    const bool neutral = node.args[i].is_none() || (number != nullptr && *number == 0.0) || (flag != nullptr && !*flag);
    if (!neutral) return unmatched("attention with dropout, causal mask or a scale of its own");
  }
  if (!node.named_args.empty()) return unmatched("attention with a scale of its own");
  flow.claim(attention);
  return MatchedAttention{attention, found[0], found[1], found[2]};
}

/// Position scores of DeBERTa: the query times projected positions, or the key.
base::Status match_position_product(Dataflow& flow, const ScoreProduct& product, const MatchedAttention& attention,
                                    TracedLayer& layer, TracedModel& model) {
  const bool by_query = product.left == attention.query;
  if (!by_query && product.left != attention.key) return unmatched("a position score is of neither query nor key");
  if (!product.index) return unmatched("position scores are not looked up by distance");
  RETURN_IF_ERROR(match_position_index(flow, *product.index, !by_query, model));
  TracedDisentangled& positions = *model.disentangled;
  bool& term = by_query ? positions.content_to_position : positions.position_to_content;
  term = true;
  int64_t& folded = by_query ? layer.position_keys : layer.position_queries;
  if (flow.constant_index(product.right)) {
    ASSIGN_OR_RETURN(folded, take_constant(flow, product.right));
    return {};
  }
  const NodeId shared = by_query ? attention.key : attention.query;
  const auto table = flow.stripped_operand(product.right, 0);
  if (!is_linear(flow.op(product.right)) || !table || flow.operand(product.right, 1) != flow.operand(shared, 1)) {
    return unmatched("positions are not projected by the layer's own key and query");
  }
  flow.claim(product.right);
  ASSIGN_OR_RETURN(const int64_t constant, take_constant(flow, *table));
  if (positions.relative_table >= 0 && positions.relative_table != constant)
    return unmatched("layers have different tables of positions");
  positions.relative_table = constant;
  return {};
}

base::Result<MatchedAttention> match_softmax(Dataflow& flow, NodeId softmax, NodeId hidden, TracedLayer& layer,
                                             TracedModel& model) {
  const std::vector<NodeId> projections = flow.consumers(hidden, {TorchOp::kLinear, TorchOp::kQuantizedLinear});
  const double dim = projections.empty() ? 0.0 : head_dim(flow, model, projections.front());
  if (flow.scalar_operand(softmax, 1) != -1.0) return unmatched("[softmax] over another axis than the last");
  const auto scores = flow.operand(softmax, 0);
  if (!scores) return unmatched("[softmax] of no tensor");
  ScoreTerms terms;
  RETURN_IF_ERROR(add_sum(flow, *scores, dim, terms));
  const auto is_main = [&](const ScoreProduct& product) {
    return is_projection_of(flow, product.left, hidden) && is_projection_of(flow, product.right, hidden);
  };
  const auto main = std::find_if(terms.products.begin(), terms.products.end(), is_main);
  if (main == terms.products.end() || std::count_if(terms.products.begin(), terms.products.end(), is_main) != 1 || main->index) {
    return unmatched("attention scores are not one product of projections of the layer's input");
  }
  MatchedAttention found{0, main->left, main->right, 0};
  for (const ScoreProduct& product : terms.products) {
    RETURN_IF_ERROR(check_scale(product.scale, dim, terms.products.size()));
    if (&product != &*main) RETURN_IF_ERROR(match_position_product(flow, product, found, layer, model));
  }
  if (terms.biases.size() > 1) return unmatched("attention scores have [{}] biases", terms.biases.size());
  for (const NodeId bias : terms.biases) RETURN_IF_ERROR(match_relative_bias(flow, bias, model));
  const std::vector<NodeId> products = flow.consumers(softmax, {TorchOp::kMatmul, TorchOp::kBmm});
  if (products.size() != 1 || flow.stripped_operand(products.front(), 0) != softmax) return unmatched("attention has no context");
  const auto value = flow.stripped_operand(products.front(), 1);
  if (!value || !is_projection_of(flow, *value, hidden)) return unmatched("attention weighs something other than a projection");
  found.context = products.front();
  found.value = *value;
  flow.claim(softmax);
  flow.claim(found.context);
  return found;
}

/// The number by which the logarithm behind `id` is divided; 0 if there is none.
double log_divisor(const Dataflow& flow, NodeId id) {
  const auto log = flow.find_behind(id, TorchOp::kLog);
  const std::vector<NodeId> quotients = log ? flow.consumers(*log, {TorchOp::kDiv}) : std::vector<NodeId>();
  return quotients.size() == 1 ? flow.scalar_operand(quotients.front(), 1).value_or(0.0) : 0.0;
}

/// Distances up to `mid` as they are, then logarithmic: mid from `r < mid`, the end of the logarithm from its divisor.
base::Status match_buckets(const Dataflow& flow, NodeId distance, TracedDisentangled& positions) {
  const auto limit = flow.find_behind(distance, TorchOp::kLt);
  const double mid = limit ? flow.scalar_operand(*limit, 1).value_or(0.0) : 0.0;
  const double ratio = log_divisor(flow, distance);
  if (mid < 2.0 || mid > 32768.0 || ratio <= 0.0 || ratio > 20.0) return unmatched("buckets of distances are unknown");
  positions.buckets = 2 * static_cast<int64_t>(mid);
  positions.max_position = std::llround(mid * std::exp(ratio)) + 1;
  const double expected = std::log(static_cast<double>(positions.max_position - 1) / mid);
  if (positions.buckets != positions.span || std::abs(expected - ratio) > 1e-5)
    return unmatched("buckets of distances are unknown");
  return {};
}

}  // namespace

base::Result<MatchedAttention> match_attention(Dataflow& flow, NodeId attention, NodeId hidden, TracedLayer& layer,
                                               TracedModel& model) {
  if (flow.op(attention) == TorchOp::kSdpa) return match_sdpa(flow, attention, hidden);
  return match_softmax(flow, attention, hidden, layer, model);
}

/// clamp(r + span, 0, 2 span - 1), r or -r being the bucket of query - key.
base::Status match_position_index(Dataflow& flow, NodeId index, bool negated, TracedModel& model) {
  const auto clamp = flow.strip(index);
  if (!clamp || flow.op(*clamp) != TorchOp::kClamp || flow.sources(*clamp) != 0) return unmatched("distances are not clamped");
  const auto low = flow.scalar_operand(*clamp, 1);
  const auto high = flow.scalar_operand(*clamp, 2);
  const auto sum = flow.stripped_operand(*clamp, 0);
  if (low != 0.0 || !high || !sum || flow.op(*sum) != TorchOp::kAdd) return unmatched("distances are not clamped to their table");
  TracedDisentangled positions = model.disentangled.value_or(TracedDisentangled{});
  positions.span = static_cast<int64_t>(*high + 1.0) / 2;
  if (flow.scalar_operand(*sum, 1) != static_cast<double>(positions.span))
    return unmatched("distances do not begin at half their table");
  auto distance = flow.stripped_operand(*sum, 0);
  if (negated) {
    if (!distance || flow.op(*distance) != TorchOp::kNeg) return unmatched("distances of position to content are not negated");
    distance = flow.stripped_operand(*distance, 0);
  }
  if (!distance) return unmatched("distances are no tensor");
  if (flow.op(*distance) == TorchOp::kWhere) {
    RETURN_IF_ERROR(match_buckets(flow, *distance, positions));
  } else if (flow.op(*distance) != TorchOp::kSub) {
    return unmatched("distances are made with [{}]", torch_op_name(flow.op(*distance)));
  }
  const auto& before = model.disentangled;
  if (before && (before->span != positions.span || before->buckets != positions.buckets))
    return unmatched("layers differ in distances");
  model.disentangled = positions;
  return {};
}

base::Status match_relative_bias(Dataflow& flow, NodeId embedding, TracedModel& model) {
  const auto weight = flow.operand(embedding, 0);
  const auto index = flow.operand(embedding, 1);
  if (!weight || !index || (flow.sources(*index) != 0)) return unmatched("a bias is not looked up by distance");
  ASSIGN_OR_RETURN(const int64_t table, take_constant(flow, *weight));
  if (model.relative_bias >= 0 && model.relative_bias != table) return unmatched("layers have different tables of biases");
  const auto shape = matrix_shape(flow, table);
  const auto full = flow.find_behind(*index, TorchOp::kFullLike);
  const double ratio = log_divisor(flow, *index);
  const double last = full ? flow.scalar_operand(*full, 1).value_or(0.0) : 0.0;
  // The engine's own buckets: half for each side, half of those exact, logarithmic up to a distance of 128.
  const double exact = shape ? static_cast<double>(shape->rows) / 4.0 : 0.0;
  if (!shape || exact < 1.0 || last != 2.0 * exact - 1.0 || std::abs(ratio - std::log(128.0 / exact)) > 1e-5) {
    return unmatched("buckets of the relative bias are unknown");
  }
  model.relative_bias = table;
  flow.claim(embedding);
  return {};
}

}  // namespace selene::models
