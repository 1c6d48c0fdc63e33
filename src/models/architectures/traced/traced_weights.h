#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "models/architectures/traced/traced_model.h"
#include "models/archives/safetensors.h"
#include "models/archives/torchscript_archive.h"

namespace selene::models {

/// Sizes that the weights of a traced model agree on.
struct TracedSizes {
  int64_t vocab_size = 0;
  int64_t embedding_size = 0;  ///< of the embedding tables
  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t position_rows = 0;  ///< 0: no table of positions
  int64_t type_rows = 0;      ///< 0: token types are not looked at
  int64_t head_size = 0;      ///< rows of the head's dense layer; 0: none
  int64_t output_size = 0;    ///< labels, or vocabulary; 0: the hidden state is the result
  int64_t bias_buckets = 0;   ///< rows of the relative bias; 0: none
  bool quantized = false;     ///< linear layers are int8 with dynamic activations
};

/// The weights of a traced model under names of ours, with their shapes checked: word, position, token_type, embedding_norm,
/// embedding_projection,
/// layer.<n>.{query,key,value,attention_output,attention_norm,up,down,ffn_norm,position_keys,position_queries}, relative_bias,
/// relative_table, head_dense, head_norm, head_output; linear layers and norms with .weight and .bias. What a model lacks is made:
/// biases of zeros; int8 weights become float32.
struct TracedWeights {
  std::shared_ptr<const TensorMap> tensors;
  TracedSizes sizes;

  /// `archive` and what it points to must live as long as `owner`, which the map keeps. Errors: kIllegalArgument naming the
  /// constant whose shape does not fit.
  static base::Result<TracedWeights> collect(const TorchScriptArchive& archive, const TracedModel& model, std::string source,
                                             std::shared_ptr<const void> owner);
};

}  // namespace selene::models
