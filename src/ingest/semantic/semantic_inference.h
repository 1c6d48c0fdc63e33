#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "index/engine/index_engine.h"
#include "inference/endpoints/inference_service.h"

namespace selene::ingest {

/// Fills in what the semantic_text fields of a batch of writes need: values are cut into chunks, those of one endpoint embedded
/// together, at most 96 texts a call. A field's first embedding makes its model_settings part of the mapping. Thread-safe.
class SemanticInference {
 public:
  /// `service` may be null: then documents with semantic_text values are refused.
  explicit SemanticInference(inference::InferenceService* service) : service_(service) {}

  /// Sets `inference` of the ops; its bytes go to `owned`. Deletes and documents without such values stay as they are. What fails
  /// is one op's error: kResourceNotFound `Inference id [x] not found for field [f]`, kInference `Exception when running inference
  /// id [x] on field [f]`. Documents that are no JSON are left to the engine. Size of the answer: ops.size().
  std::vector<std::optional<base::Error>> run(const index::Index& index, std::vector<index::WriteOp>& ops,
                                              std::deque<std::string>& owned) const;

 private:
  inference::InferenceService* service_;
};

/// Names of the indices with a semantic_text field that names the endpoint, sorted.
std::vector<std::string> indices_using_inference(const index::Catalog& catalog, std::string_view inference_id);

}  // namespace selene::ingest
