#pragma once

#include <chrono>
#include <string>

#include "index/catalog/catalog.h"
#include "inference/endpoints/inference_service.h"
#include "ingest/document_service.h"
#include "ingest/pipelines/pipeline_service.h"
#include "ingest/tasks/task_registry.h"
#include "models/registry/trained_deployments.h"
#include "models/registry/trained_model_store.h"
#include "rest/cluster_settings.h"
#include "rest/request_metrics.h"
#include "rest/rest_handler.h"
#include "search/request/search_service.h"

namespace selene::rest {

class Security;

/// Who this node is. Fixed from start, except `http_address`, which is known once the port is bound (before the first request).
struct NodeInfo {
  std::string name;
  std::string cluster_name;
  std::string node_id;        ///< 22 URL-safe base64 characters
  std::string http_address;   ///< "127.0.0.1:9200"
  std::string build_version;  ///< Selene's own
  int64_t max_content_length_bytes = 0;
  std::chrono::system_clock::time_point started_at;
};

/// The lower layers as handlers see them; all outlive the handlers.
struct Services {
  index::Catalog& catalog;
  ingest::DocumentService& documents;
  ingest::PipelineService& pipelines;
  ingest::TaskRegistry& tasks;
  search::SearchService& searches;
  inference::InferenceService& inference;
  models::TrainedModelStore& trained_models;
  models::TrainedDeployments& trained_deployments;
  ClusterSettings& cluster_settings;
  RequestMetrics& metrics;
  const NodeInfo& node;
  Security* security = nullptr;  ///< null: security is off
};

/// A handler as a function: most keep no state.
using HandlerFunction = base::Result<RestResponse> (*)(const Services& services, const RestRequest& request);

}  // namespace selene::rest
