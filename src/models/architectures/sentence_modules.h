#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "models/architectures/qwen3.h"
#include "models/kernels/kernel_table.h"
#include "models/layers/encoder_weights.h"
#include "models/runtime/dense_encoder.h"

namespace selene::models {

/// A Dense or LayerNorm module: its folder holds the weights.
struct SentenceHeadModule {
  enum class Kind : uint8_t { kDense, kLayerNorm };
  Kind kind = Kind::kDense;
  std::filesystem::path folder;
  int64_t in_features = 0;
  int64_t out_features = 0;  ///< of a LayerNorm: in_features
  Activation activation = Activation::kNone;
  bool bias = true;
};

/// What a sentence-transformers folder says in modules.json and the modules' own files.
///   Transformer -> Pooling -> (Dense | LayerNorm)* -> Normalize?   gives a dense encoder, or a cross-encoder where
///   config_sentence_transformers.json says `"model_type": "CrossEncoder"`;   Transformer   alone, with that, a cross-encoder with
///   its own head;   Transformer -> LogitScore   a causal model scored by the logits of two tokens;   Transformer (or
///   MLMTransformer) -> SpladePooling   a sparse encoder.
/// Source: sentence-transformers 6.2, base/modules and the modules of its model types.
struct SentenceModules {
  ModelKind kind = ModelKind::kDenseEncoder;
  std::filesystem::path transformer;  ///< folder of config.json and model.safetensors
  Pooling pooling = Pooling::kMean;
  bool has_pooling = false;
  std::vector<SentenceHeadModule> head;
  bool normalize = false;
  int32_t max_seq_length = 0;  ///< 0: the transformer's own
  Similarity similarity = Similarity::kCosine;
  AnswerTokens answers;  ///< of LogitScore, for causal models

  /// Whether pooling and head are those of the modules, the transformer being a bare encoder.
  bool head_in_modules() const { return has_pooling || kind == ModelKind::kDenseEncoder; }
  /// Nothing if the folder has no modules.json. Errors: kIllegalArgument naming the file, what is wrong and what is supported.
  static base::Result<std::optional<SentenceModules>> read(const std::filesystem::path& folder);
  /// Sets row_limit and, if they are in modules, pooling and head of a transformer's weights. Errors: as load_bert.
  base::Status apply(const KernelTable& table, EncoderWeights& weights) const;
};

}  // namespace selene::models
