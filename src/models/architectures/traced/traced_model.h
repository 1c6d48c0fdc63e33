#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "models/archives/torchscript_archive.h"
#include "models/kernels/kernel_table.h"

namespace selene::models {

/// Which constants of an archive are which weights of an encoder: what `match_traced_model` found. Numbers are indices into
/// TorchScriptArchive::constants; -1: there is none.
struct TracedLinear {
  int64_t weight = -1;  ///< a tensor [out, in], or a PackedLinear (then `bias` is -1 and the packed one holds)
  int64_t bias = -1;
  bool empty() const { return weight < 0; }
};
struct TracedNorm {
  int64_t gamma = -1;
  int64_t beta = -1;
  double eps = 1e-5;
};
struct TracedLayer {
  TracedLinear query, key, value, attention_output;
  TracedNorm attention_norm;
  TracedLinear up, down;
  TracedNorm ffn_norm;
  /// DeBERTa: positions projected before tracing, [heads, 2 * span, head_dim]; -1: projected with the layer's own key and query.
  int64_t position_keys = -1;
  int64_t position_queries = -1;
};
/// How a token's position is found.
enum class TracedPositions : uint8_t { kNone, kFromZero, kFromPadding };
/// DeBERTa's disentangled attention. `buckets` < 1: one bucket a distance.
struct TracedDisentangled {
  int64_t relative_table = -1;  ///< [2 * span, hidden], normalised; -1 if every layer is folded
  int64_t span = 0;
  int64_t buckets = -1;
  int64_t max_position = 0;  ///< where the logarithm of the buckets ends
  bool content_to_position = false;
  bool position_to_content = false;
};
enum class TracedHead : uint8_t { kClassifier, kMaskedLm, kEmbedding };
enum class TracedPooling : uint8_t { kFirstToken, kMean };

struct TracedModel {
  int64_t word = -1, token_type = -1, position = -1;
  TracedPositions positions = TracedPositions::kNone;
  int64_t padding_id = -1;        ///< of kFromPadding
  bool zero_token_types = false;  ///< token_type_ids are not looked at: all are 0
  TracedNorm embedding_norm;
  TracedLinear embedding_projection;

  std::vector<TracedLayer> layers;
  int64_t num_heads = 0;
  Activation hidden_act = Activation::kGelu;
  int64_t relative_bias = -1;  ///< MPNet: [buckets, heads]
  std::optional<TracedDisentangled> disentangled;

  TracedHead head = TracedHead::kClassifier;
  TracedLinear head_dense;  ///< pooler, the masked-LM transform, or a sentence-transformers Dense (may be absent)
  Activation head_act = Activation::kNone;
  TracedNorm head_norm;                                ///< of kMaskedLm
  TracedLinear head_output;                            ///< classifier or decoder; absent for kEmbedding
  TracedPooling pooling = TracedPooling::kFirstToken;  ///< of kEmbedding
  bool normalize = false;
};

/// Finds a known encoder in the dataflow: BERT, DistilBERT, ELECTRA, RoBERTa, XLM-RoBERTa, CamemBERT, MPNet, DeBERTa-v2, DPR or
/// ALBERT with a classifier, a masked-LM head or a sentence embedding. Constants are bound by what is done with them, never by
/// order or shape; every operation with weights that the result depends on must have found its place. Errors: kIllegalArgument
/// naming the operator or the reason.
base::Result<TracedModel> match_traced_model(const TorchScriptArchive& archive);

}  // namespace selene::models
