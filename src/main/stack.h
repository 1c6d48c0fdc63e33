#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "index/catalog/catalog.h"
#include "index/mapping/default_inference_id.h"
#include "inference/endpoints/inference_options.h"
#include "inference/endpoints/inference_service.h"
#include "ingest/document_service.h"
#include "ingest/pipelines/pipeline_service.h"
#include "ingest/tasks/task_registry.h"
#include "main/model_folders.h"
#include "models/registry/model_registry.h"
#include "models/registry/trained_deployments.h"
#include "models/registry/trained_model_store.h"
#include "search/request/search_service.h"

namespace selene::main {

struct StackOptions {
  std::filesystem::path data;
  bool sync_writes = true;
  uint64_t min_free_bytes = 0;
  double max_used = 1;
  std::string default_inference_id = std::string(index::kDefaultInferenceId);
  ModelMap models;
  std::filesystem::path pulled_models;  ///< folder that `selene pull` fills; looked into at each use of an id not in `models`
  models::Tier tier = models::Tier::kInt8;
  models::Tier upload_tier = models::Tier::kFp32;  ///< of trained models
  int32_t threads = 1;
  int64_t document_cache_bytes = 0;  ///< of documents that were shown lately
  search::FilterCache::Options filter_cache = {};
  inference::InferenceOptions inference = {};  ///< max_threads, secrets and key_file are set by `build`
};

/// The layers below HTTP, built by hand in their order; torn down in the reverse one. Models are loaded at their first use, not
/// here.
struct Stack {
  std::unique_ptr<index::Catalog> catalog;
  std::shared_ptr<models::ModelRegistry> models;
  std::unique_ptr<models::TrainedModelStore> trained_models;
  std::unique_ptr<models::TrainedDeployments> trained_deployments;
  std::unique_ptr<inference::InferenceService> inference;
  std::unique_ptr<search::SearchService> searches;
  std::unique_ptr<ingest::PipelineService> pipelines;
  std::unique_ptr<ingest::DocumentService> documents;
  std::unique_ptr<ingest::TaskRegistry> tasks;

  static base::Result<Stack> build(const StackOptions& options);
};

/// Durable records of one kind in the catalog, as `Store` (put, remove, load_all) asks for them. `kind` must outlive it.
template <class Store>
Store record_store(index::Catalog& catalog, std::string_view kind) {
  Store store;
  store.put = [&catalog, kind](std::string_view id, std::string_view bytes) { return catalog.put_record(kind, id, bytes); };
  store.remove = [&catalog, kind](std::string_view id) { return catalog.remove_record(kind, id); };
  store.load_all = [&catalog, kind] { return catalog.records(kind); };
  return store;
}

/// One inference thread for each processor this process may use.
int32_t default_threads();

}  // namespace selene::main
