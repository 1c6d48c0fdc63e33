#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/archives/torchscript_archive.h"

namespace selene::models {

/// kIllegalArgument `the model is not one of the supported architectures: ...`.
template <class... Args>
base::Error unmatched(base::format_string<Args...> fmt, Args&&... args) {
  return base::Error(base::ErrorCode::kIllegalArgument,
                     "the model is not one of the supported architectures: " + base::format(fmt, std::forward<Args>(args)...));
}

/// Questions that matching asks of a graph. "Strip" goes back through operators that only move or convert elements, and through a
/// product with the attention mask. One thread; refers to the archive.
class Dataflow {
 public:
  /// What a value depends on: arguments of forward by content (not by shape), and hidden states.
  enum Source : uint8_t { kInputIds = 1, kMask = 2, kTokenTypes = 4, kPositions = 8, kHidden = 16 };

  /// Errors: kIllegalArgument for arguments of forward that are not those of an encoder.
  static base::Result<Dataflow> analyse(const TorchScriptArchive& archive);

  const GraphNode& node(NodeId id) const { return archive_->graph.nodes[id]; }
  TorchOp op(NodeId id) const { return node(id).op; }
  size_t num_nodes() const { return archive_->graph.nodes.size(); }
  uint8_t sources(NodeId id) const { return sources_[id]; }
  /// Whether the value comes from the attention mask alone (or from nothing).
  bool is_mask(NodeId id) const { return (sources_[id] & ~kMask) == 0; }
  /// Whether the result depends on it.
  bool is_live(NodeId id) const { return live_[id]; }
  NodeId result() const { return result_; }
  /// Whether forward returns a tuple of one: classifiers and masked language models do, embeddings do not.
  bool returns_tuple() const { return archive_->graph.result.as<GraphList>() != nullptr; }

  /// Argument `i`, if it is a node.
  std::optional<NodeId> operand(NodeId id, size_t i) const;
  std::optional<NodeId> strip(std::optional<NodeId> id) const;
  std::optional<NodeId> stripped_operand(NodeId id, size_t i) const { return strip(operand(id, i)); }
  /// Live nodes that take the value of `id` (stripped) as an argument and do not merely move it, in the order of the text.
  std::vector<NodeId> consumers(NodeId id) const;
  std::vector<NodeId> consumers(NodeId id, std::initializer_list<TorchOp> ops) const;

  /// The constant's number. Nothing if the node is none.
  std::optional<int64_t> constant_index(NodeId id) const;
  const TracedConstant& constant(int64_t index) const { return archive_->constants[static_cast<size_t>(index)]; }
  /// The value of a literal, of a constant with one element, or of an expression of those; size(x, -1) of a head counts as
  /// `head_dim`.
  std::optional<double> scalar(const GraphArg& arg, double head_dim = 0.0) const;
  std::optional<double> scalar_operand(NodeId id, size_t i, double head_dim = 0.0) const;

  /// The terms of a sum, stripped, with at most 16 terms. A term that is no node is left out if it is zero.
  /// Errors: kIllegalArgument.
  base::Result<std::vector<NodeId>> terms(NodeId id) const;
  /// Whether one of the nodes behind `id` has the operator; the first one found.
  std::optional<NodeId> find_behind(NodeId id, TorchOp op) const;

  /// Remembers that a node has found its place.
  void claim(NodeId id) { claimed_.insert(id); }
  /// Errors: kIllegalArgument naming a live operation with weights, or a tensor constant, that nothing has claimed.
  base::Status check_all_claimed() const;

 private:
  explicit Dataflow(const TorchScriptArchive& archive) : archive_(&archive) {}
  base::Status name_inputs();
  void trace_sources();
  base::Status trace_result();
  bool is_transparent(NodeId id) const;
  bool scales_by_mask(NodeId id) const;
  std::optional<double> scalar_node(NodeId id, double head_dim, int depth) const;
  std::optional<double> scalar_at(const GraphArg& arg, double head_dim, int depth) const;

  const TorchScriptArchive* archive_;
  std::vector<uint8_t> input_sources_;
  std::vector<uint8_t> sources_;
  std::vector<bool> live_;
  std::set<NodeId> claimed_;
  NodeId result_ = 0;
};

/// Element `i` as a number, whatever the type of the tensor.
double tensor_number(const TensorView& tensor, int64_t i);
/// The value of a constant with exactly one element.
std::optional<double> single_number(const TracedConstant& constant);

}  // namespace selene::models
