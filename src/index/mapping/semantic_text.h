#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/default_inference_id.h"
#include "index/mapping/token_pruning.h"
#include "index/mapping/vector_options.h"

namespace selene::index {

struct MappedField;

/// `model_settings` of a semantic_text field: what its endpoint's embeddings look like.
struct SemanticModelSettings {
  std::string service;       ///< empty: not said
  std::string task_type;     ///< "sparse_embedding" or "text_embedding"
  int32_t dimensions = 0;    ///< text_embedding
  std::string similarity;    ///< text_embedding
  std::string element_type;  ///< text_embedding
  std::string to_json() const;
  /// Errors: kMapperParsing.
  static base::Result<SemanticModelSettings> parse(base::JsonValue value);
  /// Whether embeddings of one can be compared with those of the other; the service does not matter.
  bool compatible_with(const SemanticModelSettings& other) const;
  /// `service=x, task_type=text_embedding, dimensions=384, similarity=cosine, element_type=float`, for messages.
  std::string to_text() const;
};

/// What a semantic_text field has beside other fields. Immutable.
struct SemanticText {
  std::string inference_id = std::string(kDefaultInferenceId);
  std::string search_inference_id;                   ///< the same unless given
  std::string chunking_settings;                     ///< JSON object as given; empty: the endpoint's
  SparseIndexOptions sparse_options;                 ///< of index_options
  std::optional<VectorIndexOptions> vector_options;  ///< of index_options
  std::optional<SemanticModelSettings> model_settings;
  /// Path of the hidden nested documents, one a chunk, that hold `embeddings`: "body.inference.chunks".
  std::string chunks_path;
  std::shared_ptr<const MappedField> embeddings;  ///< null until model_settings are known
};

/// Fills in what follows from the rest. `name`: of the field. Errors: kMapperParsing, kIllegalArgument (index_options that do not
/// suit the model).
base::Status complete_semantic_text(const std::string& name, SemanticText& semantic);

/// Names the endpoint of a field whose definition may name another later.  REQUIRES: semantic_text.
void set_inference_id(MappedField& field, std::string_view inference_id);

/// Takes over model_settings that the new definition of a field does not give. True if it did.  REQUIRES: both semantic_text.
/// Errors: those of complete_semantic_text.
base::Result<bool> inherit_model_settings(const MappedField& old_field, MappedField& new_field);

}  // namespace selene::index
