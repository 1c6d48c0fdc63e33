#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/cancellation.h"
#include "base/result.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// How vectors of a model are meant to be compared, by Elasticsearch's names.
enum class Similarity : uint8_t { kCosine, kDotProduct, kL2Norm };
/// "cosine", "dot_product", "l2_norm".
std::string_view similarity_name(Similarity similarity);

/// A transformer that gives one vector for a text (bi-encoder): hidden states, pooling, then what modules.json asks for.
/// Source: sentence-transformers, models Transformer, Pooling, Dense, LayerNorm, Normalize.
class DenseEncoder : public Encoder {
 public:
  /// embeddings: [num_rows, dims] float32. Errors: as CrossEncoder::forward; kIllegalState if a value is not finite.
  virtual base::Status forward(const PackedBatch& batch, Workspace& workspace, const base::Cancellation& cancellation,
                               std::span<float> embeddings) const = 0;
  virtual int32_t dims() const = 0;
  /// kDotProduct for vectors of length 1, else kCosine, unless config_sentence_transformers.json names one.
  virtual Similarity similarity() const = 0;
};

}  // namespace selene::models
