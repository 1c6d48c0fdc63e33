#include "inference/endpoints/inference_service.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/format.h"
#include "inference/endpoints/embedding_rerank.h"
#include "inference/endpoints/endpoint_calls.h"
#include "inference/endpoints/endpoint_request.h"
#include "inference/endpoints/endpoint_table.h"
#include "inference/endpoints/inference_options.h"
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
        endpoints_(std::move(store), std::move(secrets), std::move(key_file)),
        scale_to_zero_time_(scale_to_zero_time),
        others_(std::move(others)) {
    context_.find_deployment = [this](std::string_view id) { return deployment(id); };
  }
  ~DefaultInferenceService() override { close(); }

  Status load() {
    RETURN_IF_ERROR(endpoints_.load(context_));
    housekeeping_ = std::thread([this] { keep_house(); });
    return {};
  }

  Result<EndpointInfo> put(std::string_view id, std::optional<TaskType> task_type, JsonValue body, milliseconds timeout) override {
    RETURN_IF_ERROR(check_new_id(id));
    ASSIGN_OR_RETURN(auto endpoint, endpoint_from_put(id, task_type, body, context_));
    RETURN_IF_ERROR(with_timeout(timeout, Cancellation(), [&](const Cancellation& limited) { return endpoint->start(limited); }));
    const EndpointInfo info = endpoint->info();
    RETURN_IF_ERROR(endpoints_.add(id, std::move(endpoint)));
    return info;
  }

  Result<EndpointInfo> update(std::string_view id, std::optional<TaskType> task_type, JsonValue body,
                              milliseconds timeout) override {
    ASSIGN_OR_RETURN(const auto current, endpoints_.find(id, task_type));
    if (is_preconfigured(id))
      return Error(ErrorCode::kStatusBadRequest, "[{}] is a reserved inference endpoint and cannot be updated", id);
    ASSIGN_OR_RETURN(auto changed, endpoint_from_update(*current, body, context_));
    RETURN_IF_ERROR(with_timeout(timeout, Cancellation(), [&](const Cancellation& limited) { return changed->start(limited); }));
    const EndpointInfo info = changed->info();
    RETURN_IF_ERROR(endpoints_.replace(id, current, std::move(changed)));
    // Calls that run hold the old endpoint; it ends with the last of them.
    return info;
  }

  Result<std::vector<EndpointInfo>> get(std::string_view id, std::optional<TaskType> task_type) const override {
    std::vector<EndpointInfo> infos;
    if (id.empty() || id == "_all" || id == "*") {
      for (const auto& endpoint : endpoints_.listed()) {
        if (!task_type.has_value() || endpoint->info().task_type == *task_type) infos.push_back(endpoint->info());
      }
      return infos;
    }
    ASSIGN_OR_RETURN(const auto endpoint, endpoints_.find(id, task_type));
    infos.push_back(endpoint->info());
    return infos;
  }

  Result<EndpointReferences> remove(std::string_view id, std::optional<TaskType> task_type, DeleteMode mode) override {
    ASSIGN_OR_RETURN(const auto endpoint, endpoints_.find(id, task_type));
    const bool preset = is_preconfigured(id);
    if (preset && mode != DeleteMode::kForce) {
      return Error(ErrorCode::kStatusBadRequest,
                   "[{}] is a reserved inference endpoint. Use the force=true query parameter to delete the inference endpoint.",
                   id);
    }
    const EndpointReferences uses = references_ ? references_(id) : EndpointReferences();
    if (mode == DeleteMode::kDryRun) return uses;
    if (mode == DeleteMode::kUnlessUsed) RETURN_IF_ERROR(check_unused(id, uses));
    if (!preset) RETURN_IF_ERROR(endpoints_.remove(id, *endpoint));
    // Running calls end well; a preconfigured endpoint comes back with its next use, as in Elasticsearch.
    endpoint->release();
    return uses;
  }

  void set_reference_lookup(std::function<EndpointReferences(std::string_view id)> lookup) override {
    references_ = std::move(lookup);
  }

  Result<InferenceResponse> infer(std::string_view id, std::optional<TaskType> task_type, JsonValue body, milliseconds timeout,
                                  const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, endpoints_.find(id, task_type));
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
    const std::string uses = base::format("\"model_id\":{}", base::quote(model));
    const auto endpoints = endpoints_.listed();
    const auto of = [&](auto fits) -> std::string {
      const auto found =
          std::find_if(endpoints.begin(), endpoints.end(), [&](const auto& endpoint) { return fits(endpoint->info()); });
      return found == endpoints.end() ? std::string() : (*found)->info().inference_id;
    };
    std::string id = of([&](const EndpointInfo& info) {
      return info.inference_id == model && (info.task_type == TaskType::kRerank || info.task_type == TaskType::kTextEmbedding);
    });
    if (id.empty()) {
      id = of([&](const EndpointInfo& info) {
        return info.task_type == TaskType::kRerank && info.service_settings.find(uses) != std::string::npos;
      });
    }
    if (!id.empty()) return id;
    std::string own = std::string(kUnlisted).append(model);
    if (!context_.models->contains(model)) return std::string(kDefaultReranker);
    if (endpoints_.find_unlisted(own) != nullptr) return own;
    const std::string settings =
        base::format(R"({{"model_id":{},"num_threads":1,"adaptive_allocations":{{"enabled":true,"min_number_of_allocations":0}}}})",
                     base::quote(model));
    const auto made = make_unlisted(own, TaskType::kRerank, settings);
    return made.has_value() ? own : std::string(kDefaultReranker);
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
    for (const auto& endpoint : endpoints_.listed()) {
      if (const auto running = endpoint->running_deployment(); running != nullptr)
        stats.emplace(endpoint->info().inference_id, running->stats());
    }
    return stats;
  }

  std::vector<EndpointDeployment> own_deployments() const override {
    std::vector<EndpointDeployment> deployments;
    for (const auto& endpoint : endpoints_.listed()) {
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
    for (const auto& endpoint : endpoints_.all()) endpoint->stop();
  }

 private:
  Status check_new_id(std::string_view id) const {
    if (endpoints_.contains(id)) return Error(ErrorCode::kResourceAlreadyExists, "Inference endpoint [{}] already exists", id);
    if (context_.models->contains(id)) {
      return Error(ErrorCode::kStatusBadRequest,
                   "Inference endpoint IDs must be unique. Requested inference endpoint ID [{}] matches existing trained model "
                   "ID(s) but must not.",
                   id);
    }
    return check_inference_id(id);
  }

  /// An endpoint that is not listed, of the service `elasticsearch`.
  Result<std::shared_ptr<Endpoint>> make_unlisted(std::string_view name, TaskType task_type, std::string_view settings_text) const {
    ASSIGN_OR_RETURN(const JsonDocument settings, JsonDocument::parse(settings_text));
    ASSIGN_OR_RETURN(auto made, find_service("elasticsearch")->create({name, task_type, settings.root(), {}, {}}, context_));
    return endpoints_.add_unlisted(name, std::move(made));
  }

  Result<std::shared_ptr<models::Deployment>> deployment(std::string_view id) const {
    if (const auto endpoint = endpoints_.find(id, std::nullopt); endpoint.has_value()) {
      if (auto running = (*endpoint)->running_deployment(); running != nullptr) return running;
    }
    if (others_.lease) {
      auto other = others_.lease(id);
      if (other || other.error().code() != ErrorCode::kResourceNotFound) return other;
    }
    return Error(ErrorCode::kResourceNotFound, "No running deployment with id [{}]", id);
  }

  /// The endpoint, or one that is not listed over a deployed trained model of that id; kept while that deployment is of its kind.
  Result<std::shared_ptr<Endpoint>> find_or_deployed(std::string_view id, std::optional<TaskType> task_type) const {
    auto endpoint = endpoints_.find(id, task_type);
    if (endpoint || endpoint.error().code() != ErrorCode::kResourceNotFound || !others_.lease) return endpoint;
    const auto deployment = others_.lease(id);
    if (!deployment) return deployment.error().code() == ErrorCode::kResourceNotFound ? endpoint.error() : deployment.error();
    const TaskType runs = task_type_of((*deployment)->model().kind());
    std::shared_ptr<Endpoint> made = endpoints_.find_unlisted(id);
    if (made != nullptr && made->info().task_type != runs) {  // another model is deployed under that id by now
      endpoints_.remove_unlisted(id);
      made = nullptr;
    }
    if (made == nullptr) {
      ASSIGN_OR_RETURN(made, make_unlisted(id, runs, base::format(R"({{"deployment_id":{}}})", base::quote(id))));
    }
    RETURN_IF_ERROR(check_task_type(made->info(), task_type));
    return made;
  }

  /// Frees idle deployments, a few times within the idle time.
  void keep_house() {
    const milliseconds pause = std::clamp(scale_to_zero_time_ / 4, milliseconds(10), milliseconds(60000));
    std::unique_lock lock(house_mutex_);
    while (!house_changed_.wait_for(lock, pause, [this] { return closing_; })) {
      const auto now = Cancellation::Clock::now();
      for (const auto& endpoint : endpoints_.all()) endpoint->shrink_if_idle(now, scale_to_zero_time_);
      if (others_.shrink_if_idle) others_.shrink_if_idle(now, scale_to_zero_time_);
    }
  }

  /// An endpoint that gives documents a score: rerank, or text_embedding.
  Result<std::shared_ptr<Endpoint>> find_scoring(std::string_view id) const {
    if (id.starts_with(kUnlisted)) {
      if (auto unlisted = endpoints_.find_unlisted(id); unlisted != nullptr) return unlisted;
    }
    ASSIGN_OR_RETURN(auto endpoint, find_or_deployed(id, std::nullopt));
    if (endpoint->info().task_type != TaskType::kTextEmbedding)
      RETURN_IF_ERROR(check_task_type(endpoint->info(), TaskType::kRerank));
    return endpoint;
  }

  ServiceContext context_;
  mutable EndpointTable endpoints_;  // unlisted ones come with their first use
  const milliseconds scale_to_zero_time_;
  const OtherDeployments others_;
  std::function<EndpointReferences(std::string_view id)> references_;
  std::mutex house_mutex_;
  std::condition_variable house_changed_;
  bool closing_ = false;  // GUARDED_BY(house_mutex_)
  std::thread housekeeping_;
};

}  // namespace

std::string InferenceService::rerank_endpoint_of(std::string_view model) { return std::string(model); }

Result<EmbeddingTraits> InferenceService::embedding_traits(std::string_view id) const { return endpoint_not_found(id); }

Result<std::vector<std::vector<float>>> InferenceService::text_embedding(std::string_view id, const EmbeddingRequest&,
                                                                         const Cancellation&) {
  return endpoint_not_found(id);
}

Result<std::vector<SparseEmbedding>> InferenceService::sparse_embedding(std::string_view id, const EmbeddingRequest&,
                                                                        const Cancellation&) {
  return endpoint_not_found(id);
}

Result<EndpointInfo> InferenceService::update(std::string_view id, std::optional<TaskType>, JsonValue, milliseconds) {
  return endpoint_not_found(id);
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
