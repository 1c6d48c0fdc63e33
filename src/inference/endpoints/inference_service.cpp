#include "inference/endpoints/inference_service.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <utility>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "base/log.h"
#include "inference/endpoints/embedding_rerank.h"
#include "inference/endpoints/endpoint_calls.h"
#include "inference/endpoints/endpoint_request.h"
#include "inference/endpoints/inference_options.h"
#include "inference/endpoints/secret_box.h"
#include "inference/services/service.h"

namespace selene::inference {
namespace {

using base::Cancellation;
using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonValue;
using base::Result;
using base::Status;
using std::chrono::milliseconds;

Error not_found(std::string_view id) { return Error(ErrorCode::kResourceNotFound, "Inference endpoint not found [{}]", id); }

Status check_task_type(const EndpointInfo& info, std::optional<TaskType> requested) {
  if (!requested.has_value() || *requested == info.task_type) return {};
  return Error(ErrorCode::kStatusBadRequest, "Requested task type [{}] does not match the inference endpoint's task type [{}]",
               task_type_name(*requested), task_type_name(info.task_type));
}

bool is_preconfigured(std::string_view id) {
  const auto all = preconfigured_endpoints();
  return std::any_of(all.begin(), all.end(), [&](const PreconfiguredEndpoint& endpoint) { return endpoint.inference_id == id; });
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Status check_unused(std::string_view id, const EndpointReferences& uses) {
  std::string text;
  if (!uses.pipelines.empty()) {
    text = base::format(
        "Inference endpoint {} is referenced by pipelines: [{}]. Ensure that no pipelines are using this inference endpoint, or "
        "use "
        "force to ignore this warning and delete the inference endpoint.",
        id, joined(uses.pipelines));
  }
  if (!uses.indexes.empty()) {
    text += base::format(
        "{}Inference endpoint {} is being used in the mapping for indexes: [{}]. Ensure that no index mappings are using this "
        "inference "
        "endpoint, or use force to ignore this warning and delete the inference endpoint.",
        text.empty() ? "" : " ", id, joined(uses.indexes));
  }
  if (text.empty()) return {};
  return Error(ErrorCode::kStatusConflict, std::move(text));
}

TaskType task_type_of(models::ModelKind kind) {
  switch (kind) {
    case models::ModelKind::kDenseEncoder: return TaskType::kTextEmbedding;
    case models::ModelKind::kSparseEncoder: return TaskType::kSparseEmbedding;
    case models::ModelKind::kCrossEncoder: break;
  }
  return TaskType::kRerank;
}

constexpr std::string_view kDefaultReranker = ".rerank-v1-elasticsearch";
// No inference id holds a colon.
constexpr std::string_view kUnlisted = "model:";

class DefaultInferenceService final : public InferenceService {
 public:
  DefaultInferenceService(ServiceContext context, EndpointStore store, EndpointStore secrets, std::filesystem::path key_file,
                          milliseconds scale_to_zero_time, OtherDeployments others)
      : context_(std::move(context)),
        store_(std::move(store)),
        secrets_(std::move(secrets)),
        box_(std::move(key_file)),
        scale_to_zero_time_(scale_to_zero_time),
        others_(std::move(others)) {
    context_.find_deployment = [this](std::string_view id) { return deployment(id); };
  }
  ~DefaultInferenceService() override { close(); }

  Status load() {
    for (const PreconfiguredEndpoint& preset : preconfigured_endpoints()) {
      ASSIGN_OR_RETURN(const JsonDocument settings, JsonDocument::parse(preset.service_settings));
      const EndpointDefinition definition{preset.inference_id, preset.task_type, settings.root(), {}, {}};
      ASSIGN_OR_RETURN(auto endpoint, find_service(preset.service)->create(definition, context_));
      endpoints_.emplace(preset.inference_id, std::move(endpoint));
    }
    ASSIGN_OR_RETURN(const auto records, store_.load_all());
    std::map<std::string, std::string> sealed;
    if (secrets_.load_all) {
      ASSIGN_OR_RETURN(sealed, secrets_.load_all());
    }
    for (const auto& [id, bytes] : records) {
      const auto secret = sealed.find(id);
      const Status loaded = load_record(id, bytes, secret == sealed.end() ? std::string_view() : secret->second);
      // One endpoint that cannot be read must not keep the others from working.
      if (!loaded.has_value()) base::log_error("inference endpoint [{}] could not be loaded: {}", id, loaded.error().reason());
    }
    housekeeping_ = std::thread([this] { keep_house(); });
    return {};
  }

  Result<EndpointInfo> put(std::string_view id, std::optional<TaskType> task_type, JsonValue body, milliseconds timeout) override {
    RETURN_IF_ERROR(check_new_id(id));
    ASSIGN_OR_RETURN(auto endpoint, endpoint_from_put(id, task_type, body, context_));
    RETURN_IF_ERROR(with_timeout(timeout, Cancellation(), [&](const Cancellation& limited) { return endpoint->start(limited); }));
    const EndpointInfo info = endpoint->info();
    {
      const std::unique_lock lock(mutex_);
      if (endpoints_.contains(id)) return exists_already(id);
      RETURN_IF_ERROR(store(id, *endpoint));
      endpoints_.emplace(id, std::move(endpoint));
    }
    return info;
  }

  Result<EndpointInfo> update(std::string_view id, std::optional<TaskType> task_type, JsonValue body,
                              milliseconds timeout) override {
    ASSIGN_OR_RETURN(const auto current, find(id, task_type));
    if (is_preconfigured(id))
      return Error(ErrorCode::kStatusBadRequest, "[{}] is a reserved inference endpoint and cannot be updated", id);
    ASSIGN_OR_RETURN(auto changed, endpoint_from_update(*current, body, context_));
    RETURN_IF_ERROR(with_timeout(timeout, Cancellation(), [&](const Cancellation& limited) { return changed->start(limited); }));
    const EndpointInfo info = changed->info();
    {
      const std::unique_lock lock(mutex_);
      const auto it = endpoints_.find(id);
      if (it == endpoints_.end()) return not_found(id);
      if (it->second != current)
        return Error(ErrorCode::kStatusConflict, "Inference endpoint [{}] was changed by another request at the same time", id);
      RETURN_IF_ERROR(store(id, *changed));
      it->second = std::move(changed);
    }
    // Calls that run hold the old endpoint; it ends with the last of them.
    return info;
  }

  Result<std::vector<EndpointInfo>> get(std::string_view id, std::optional<TaskType> task_type) const override {
    std::vector<EndpointInfo> infos;
    if (id.empty() || id == "_all" || id == "*") {
      const std::shared_lock lock(mutex_);
      for (const auto& [name, endpoint] : endpoints_) {
        if (!task_type.has_value() || endpoint->info().task_type == *task_type) infos.push_back(endpoint->info());
      }
      return infos;
    }
    ASSIGN_OR_RETURN(const auto endpoint, find(id, task_type));
    infos.push_back(endpoint->info());
    return infos;
  }

  Result<EndpointReferences> remove(std::string_view id, std::optional<TaskType> task_type, DeleteMode mode) override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, task_type));
    const bool preset = is_preconfigured(id);
    if (preset && mode != DeleteMode::kForce) {
      return Error(ErrorCode::kStatusBadRequest,
                   "[{}] is a reserved inference endpoint. Use the force=true query parameter to delete the inference endpoint.",
                   id);
    }
    const EndpointReferences uses = references_ ? references_(id) : EndpointReferences();
    if (mode == DeleteMode::kDryRun) return uses;
    if (mode == DeleteMode::kUnlessUsed) RETURN_IF_ERROR(check_unused(id, uses));
    if (!preset) {
      const std::unique_lock lock(mutex_);
      RETURN_IF_ERROR(store_.remove(id));
      if (secrets_.remove && !endpoint->secrets().empty()) RETURN_IF_ERROR(secrets_.remove(id));
      if (const auto it = endpoints_.find(id); it != endpoints_.end()) endpoints_.erase(it);
    }
    // Running calls end well; a preconfigured endpoint comes back with its next use, as in Elasticsearch.
    endpoint->release();
    return uses;
  }

  void set_reference_lookup(std::function<EndpointReferences(std::string_view id)> lookup) override {
    references_ = std::move(lookup);
  }

  Result<InferenceResponse> infer(std::string_view id, std::optional<TaskType> task_type, JsonValue body, milliseconds timeout,
                                  const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, task_type));
    return run_inference(*endpoint, body, timeout, cancellation);
  }

  Result<RerankEndpointTraits> rerank_traits(std::string_view id) const override {
    ASSIGN_OR_RETURN(const auto endpoint, find_scoring(id));
    return endpoint->rerank_traits();
  }

  Result<std::vector<RankedDoc>> rerank(std::string_view id, const RerankRequest& request,
                                        const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, find_scoring(id));
    if (request.inputs.empty()) return std::vector<RankedDoc>();
    ASSIGN_OR_RETURN(RerankResult result, with_timeout(request.timeout, cancellation, [&](const Cancellation& limited) {
                       return endpoint->info().task_type == TaskType::kTextEmbedding
                                  ? rerank_by_embeddings(*endpoint, request, limited)
                                  : endpoint->rerank(request, limited);
                     }));
    return std::move(result.docs);
  }

  std::string rerank_endpoint_of(std::string_view model) override {
    const std::unique_lock lock(mutex_);
    for (const auto& [id, endpoint] : endpoints_) {
      const bool scores = endpoint->info().task_type == TaskType::kRerank || endpoint->info().task_type == TaskType::kTextEmbedding;
      if (scores && id == model) return id;
    }
    const std::string uses = base::format("\"model_id\":{}", base::quote(model));
    for (const auto& [id, endpoint] : endpoints_) {
      const EndpointInfo& info = endpoint->info();
      if (info.task_type == TaskType::kRerank && info.service_settings.find(uses) != std::string::npos) return id;
    }
    std::string own = std::string(kUnlisted).append(model);
    if (!context_.models->contains(model)) return std::string(kDefaultReranker);
    if (unlisted_.contains(own)) return own;
    const std::string text =
        base::format(R"({{"model_id":{},"num_threads":1,"adaptive_allocations":{{"enabled":true,"min_number_of_allocations":0}}}})",
                     base::quote(model));
    const auto settings = JsonDocument::parse(text);
    if (!settings.has_value()) return std::string(kDefaultReranker);
    auto endpoint = find_service("elasticsearch")->create({own, TaskType::kRerank, settings->root(), {}, {}}, context_);
    if (!endpoint.has_value()) return std::string(kDefaultReranker);
    unlisted_.emplace(own, *std::move(endpoint));
    return own;
  }

  Result<EmbeddingTraits> embedding_traits(std::string_view id) const override {
    ASSIGN_OR_RETURN(const auto endpoint, find_or_deployed(id, std::nullopt));
    if (endpoint->info().task_type == TaskType::kSparseEmbedding) return endpoint->embedding_traits();
    RETURN_IF_ERROR(check_task_type(endpoint->info(), TaskType::kTextEmbedding));
    return endpoint->embedding_traits();
  }

  Result<std::vector<std::vector<float>>> text_embedding(std::string_view id, const EmbeddingRequest& request,
                                                         const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, find_or_deployed(id, TaskType::kTextEmbedding));
    if (request.inputs.empty()) return std::vector<std::vector<float>>();
    return with_timeout(request.timeout, cancellation,
                        [&](const Cancellation& limited) { return endpoint->text_embedding(request, limited); });
  }

  Result<std::vector<SparseEmbedding>> sparse_embedding(std::string_view id, const EmbeddingRequest& request,
                                                        const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, find_or_deployed(id, TaskType::kSparseEmbedding));
    if (request.inputs.empty()) return std::vector<SparseEmbedding>();
    return with_timeout(request.timeout, cancellation,
                        [&](const Cancellation& limited) { return endpoint->sparse_embedding(request, limited); });
  }

  std::map<std::string, models::DeploymentStats> deployment_stats() const override {
    std::map<std::string, models::DeploymentStats> stats;
    const std::shared_lock lock(mutex_);
    for (const auto& [id, endpoint] : endpoints_) {
      if (const auto running = endpoint->running_deployment(); running != nullptr) stats.emplace(id, running->stats());
    }
    return stats;
  }

  std::vector<EndpointDeployment> own_deployments() const override {
    std::vector<EndpointDeployment> deployments;
    const std::shared_lock lock(mutex_);
    for (const auto& [id, endpoint] : endpoints_) {
      if (auto own = endpoint->own_deployment()) deployments.push_back(*std::move(own));
    }
    return deployments;
  }

  void close() override {
    {
      const std::lock_guard lock(house_mutex_);
      closing_ = true;
      house_changed_.notify_all();
    }
    if (housekeeping_.joinable()) housekeeping_.join();
    for (const auto& endpoint : all()) endpoint->stop();
  }

 private:
  static Error exists_already(std::string_view id) {
    return Error(ErrorCode::kResourceAlreadyExists, "Inference endpoint [{}] already exists", id);
  }

  Status check_new_id(std::string_view id) const {
    {
      const std::shared_lock lock(mutex_);
      if (endpoints_.contains(id)) return exists_already(id);
    }
    if (context_.models->contains(id)) {
      return Error(ErrorCode::kStatusBadRequest,
                   "Inference endpoint IDs must be unique. Requested inference endpoint ID [{}] matches existing trained model "
                   "ID(s) but must not.",
                   id);
    }
    return check_inference_id(id);
  }

  /// REQUIRES: mutex_ held.
  Status store(std::string_view id, const Endpoint& endpoint) {
    if (const std::string secrets = endpoint.secrets(); !secrets.empty()) {
      if (!secrets_.put) return Error(ErrorCode::kIllegalState, std::string("this node has no place to keep secrets"));
      ASSIGN_OR_RETURN(const std::string sealed, box_.seal(id, secrets));
      RETURN_IF_ERROR(secrets_.put(id, sealed));
    }
    return store_.put(id, stored_form(endpoint));
  }

  /// A stored endpoint whose model is gone stays listed; using it says what is missing.
  Status load_record(std::string_view id, std::string_view bytes, std::string_view sealed) {
    ASSIGN_OR_RETURN(const JsonDocument stored, JsonDocument::parse(bytes));
    std::string secret_text = "{}";
    if (!sealed.empty()) {
      ASSIGN_OR_RETURN(secret_text, box_.open(id, sealed));
    }
    ASSIGN_OR_RETURN(const JsonDocument secrets, JsonDocument::parse(secret_text));
    ASSIGN_OR_RETURN(auto endpoint, endpoint_from_store(id, stored.root(), secrets.root(), context_));
    endpoints_.insert_or_assign(std::string(id), std::move(endpoint));
    return {};
  }

  Result<std::shared_ptr<models::Deployment>> deployment(std::string_view id) const {
    {
      const std::shared_lock lock(mutex_);
      if (const auto it = endpoints_.find(id); it != endpoints_.end()) {
        if (auto running = it->second->running_deployment(); running != nullptr) return running;
      }
    }
    if (others_.lease) {
      auto other = others_.lease(id);
      if (other || other.error().code() != ErrorCode::kResourceNotFound) return other;
    }
    return Error(ErrorCode::kResourceNotFound, "No running deployment with id [{}]", id);
  }

  /// The endpoint, or one that is not listed over a deployed trained model of that id.
  Result<std::shared_ptr<Endpoint>> find_or_deployed(std::string_view id, std::optional<TaskType> task_type) const {
    auto endpoint = find(id, task_type);
    if (endpoint || endpoint.error().code() != ErrorCode::kResourceNotFound || !others_.lease) return endpoint;
    const auto deployment = others_.lease(id);
    if (!deployment) return deployment.error().code() == ErrorCode::kResourceNotFound ? endpoint.error() : deployment.error();
    const std::string text = base::format(R"({{"deployment_id":{}}})", base::quote(id));
    ASSIGN_OR_RETURN(const JsonDocument settings, JsonDocument::parse(text));
    const EndpointDefinition definition{id, task_type_of((*deployment)->model().kind()), settings.root(), {}, {}};
    ASSIGN_OR_RETURN(auto made, find_service("elasticsearch")->create(definition, context_));
    RETURN_IF_ERROR(check_task_type(made->info(), task_type));
    return made;
  }

  /// Frees idle deployments, a few times within the idle time.
  void keep_house() {
    const milliseconds pause = std::clamp(scale_to_zero_time_ / 4, milliseconds(10), milliseconds(60000));
    std::unique_lock lock(house_mutex_);
    while (!house_changed_.wait_for(lock, pause, [this] { return closing_; })) {
      const auto now = Cancellation::Clock::now();
      for (const auto& endpoint : all()) endpoint->shrink_if_idle(now, scale_to_zero_time_);
      if (others_.shrink_if_idle) others_.shrink_if_idle(now, scale_to_zero_time_);
    }
  }

  std::vector<std::shared_ptr<Endpoint>> all() const {
    std::vector<std::shared_ptr<Endpoint>> endpoints;
    const std::shared_lock lock(mutex_);
    for (const auto& [id, endpoint] : endpoints_) endpoints.push_back(endpoint);
    for (const auto& [id, endpoint] : unlisted_) endpoints.push_back(endpoint);
    return endpoints;
  }

  /// An endpoint that gives documents a score: rerank, or text_embedding.
  Result<std::shared_ptr<Endpoint>> find_scoring(std::string_view id) const {
    if (id.starts_with(kUnlisted)) {
      const std::shared_lock lock(mutex_);
      if (const auto it = unlisted_.find(id); it != unlisted_.end()) return it->second;
    }
    ASSIGN_OR_RETURN(auto endpoint, find_or_deployed(id, std::nullopt));
    if (endpoint->info().task_type != TaskType::kTextEmbedding)
      RETURN_IF_ERROR(check_task_type(endpoint->info(), TaskType::kRerank));
    return endpoint;
  }

  Result<std::shared_ptr<Endpoint>> find(std::string_view id, std::optional<TaskType> task_type) const {
    std::shared_ptr<Endpoint> endpoint;
    {
      const std::shared_lock lock(mutex_);
      const auto it = endpoints_.find(id);
      if (it == endpoints_.end()) return not_found(id);
      endpoint = it->second;
    }
    RETURN_IF_ERROR(check_task_type(endpoint->info(), task_type));
    return endpoint;
  }

  ServiceContext context_;
  const EndpointStore store_;
  const EndpointStore secrets_;
  SecretBox box_;
  const milliseconds scale_to_zero_time_;
  const OtherDeployments others_;
  std::function<EndpointReferences(std::string_view id)> references_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<Endpoint>, std::less<>> endpoints_;
  std::map<std::string, std::shared_ptr<Endpoint>, std::less<>> unlisted_;  // of models used without an endpoint, under kUnlisted
  std::mutex house_mutex_;
  std::condition_variable house_changed_;
  bool closing_ = false;  // GUARDED_BY(house_mutex_)
  std::thread housekeeping_;
};

}  // namespace

std::string InferenceService::rerank_endpoint_of(std::string_view model) { return std::string(model); }

Result<EmbeddingTraits> InferenceService::embedding_traits(std::string_view id) const { return not_found(id); }

Result<std::vector<std::vector<float>>> InferenceService::text_embedding(std::string_view id, const EmbeddingRequest&,
                                                                         const Cancellation&) {
  return not_found(id);
}

Result<std::vector<SparseEmbedding>> InferenceService::sparse_embedding(std::string_view id, const EmbeddingRequest&,
                                                                        const Cancellation&) {
  return not_found(id);
}

Result<EndpointInfo> InferenceService::update(std::string_view id, std::optional<TaskType>, JsonValue, milliseconds) {
  return not_found(id);
}

Result<std::unique_ptr<InferenceService>> InferenceService::create(InferenceOptions options,
                                                                   std::shared_ptr<models::ModelRegistry> models,
                                                                   EndpointStore store) {
  ASSIGN_OR_RETURN(auto client, net::HttpClient::create(std::move(options.http)));
  ServiceContext context;
  context.models = std::move(models);
  context.max_threads = options.max_threads;
  context.queue_capacity = options.queue_capacity;
  context.http = std::move(client);
  context.transport = options.transport;
  context.validate = options.validate;
  context.test_services = options.test_services;
  auto service = std::make_unique<DefaultInferenceService>(std::move(context), std::move(store), std::move(options.secrets),
                                                           std::move(options.key_file), options.scale_to_zero_time,
                                                           std::move(options.other_deployments));
  RETURN_IF_ERROR(service->load());
  return std::unique_ptr<InferenceService>(std::move(service));
}

}  // namespace selene::inference
