#include "inference/endpoints/inference_service.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "inference/endpoints/inference_answer.h"
#include "inference/endpoints/inference_call.h"
#include "inference/services/service.h"
#include "inference/services/validation.h"
#include "models/registry/known_models.h"

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

bool is_valid_id(std::string_view id) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (id.empty() || !alphanumeric(id.front()) || !alphanumeric(id.back())) return false;
  return std::all_of(id.begin(), id.end(), [&](char c) { return alphanumeric(c) || c == '-' || c == '_'; });
}

bool is_preconfigured(std::string_view id) {
  const auto all = preconfigured_endpoints();
  return std::any_of(all.begin(), all.end(), [&](const PreconfiguredEndpoint& endpoint) { return endpoint.inference_id == id; });
}

/// "30s", "500ms", "1m": the unit that needs no fraction.
std::string format_time(milliseconds time) {
  const int64_t ms = time.count();
  if (ms % 60000 == 0 && ms != 0) return base::format("{}m", ms / 60000);
  if (ms % 1000 == 0) return base::format("{}s", ms / 1000);
  return base::format("{}ms", ms);
}

/// Calls with a deadline: a deadline that passed inside is told in the API's words, whatever the layer below said.
template <class Call>
auto with_timeout(milliseconds timeout, const Cancellation& cancellation, Call call) {
  // Far deadlines are none: now + timeout must not overflow.
  constexpr milliseconds kLongest = std::chrono::hours(24 * 365);
  const Cancellation limited =
      timeout.count() < 0 || timeout > kLongest ? cancellation : cancellation.with_deadline(Cancellation::Clock::now() + timeout);
  auto result = call(limited);
  const bool late = !result.has_value() && !cancellation.should_stop() && limited.deadline_passed();
  if (late) result = Error(ErrorCode::kStatusTimeout, "Request timed out after [{}]", format_time(timeout));
  return result;
}

/// The endpoint as it is stored; PUT's body again, with the task type and id inside.
std::string stored_form(const EndpointInfo& info) {
  base::JsonWriter out;
  info.write_json(out);
  return out.take();
}

class DefaultInferenceService final : public InferenceService {
 public:
  DefaultInferenceService(ServiceContext context, EndpointStore store) : context_(std::move(context)), store_(std::move(store)) {}
  ~DefaultInferenceService() override { close(); }

  Status load() {
    for (const PreconfiguredEndpoint& preset : preconfigured_endpoints()) {
      ASSIGN_OR_RETURN(const JsonDocument settings, JsonDocument::parse(preset.service_settings));
      const EndpointDefinition definition{preset.inference_id, preset.task_type, settings.root(), {}, {}};
      ASSIGN_OR_RETURN(auto endpoint, find_service(preset.service)->create(definition, context_));
      endpoints_.emplace(preset.inference_id, std::move(endpoint));
    }
    ASSIGN_OR_RETURN(const auto records, store_.load_all());
    for (const auto& [id, bytes] : records) RETURN_IF_ERROR(load_record(id, bytes));
    return {};
  }

  Result<EndpointInfo> put(std::string_view id, std::optional<TaskType> task_type, JsonValue body, milliseconds timeout) override {
    RETURN_IF_ERROR(check_new_id(id));
    ASSIGN_OR_RETURN(auto endpoint, create_endpoint(id, task_type, body));
    RETURN_IF_ERROR(with_timeout(timeout, Cancellation(), [&](const Cancellation&) { return endpoint->start(); }));
    const EndpointInfo info = endpoint->info();
    {
      const std::unique_lock lock(mutex_);
      if (endpoints_.contains(id)) return exists_already(id);
      RETURN_IF_ERROR(store_.put(id, stored_form(info)));
      endpoints_.emplace(id, std::move(endpoint));
    }
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

  Status remove(std::string_view id, std::optional<TaskType> task_type, bool force, bool dry_run) override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, task_type));
    const bool preset = is_preconfigured(id);
    if (preset && !force) {
      return Error(ErrorCode::kStatusBadRequest,
                   "[{}] is a reserved inference endpoint. Use the force=true query parameter to delete the inference endpoint.",
                   id);
    }
    if (dry_run) return {};
    if (!preset) {
      const std::unique_lock lock(mutex_);
      RETURN_IF_ERROR(store_.remove(id));
      if (const auto it = endpoints_.find(id); it != endpoints_.end()) endpoints_.erase(it);
    }
    // A preconfigured endpoint comes back with its next use, as in Elasticsearch.
    endpoint->stop();
    return {};
  }

  Result<InferenceResponse> infer(std::string_view id, std::optional<TaskType> task_type, JsonValue body, milliseconds timeout,
                                  const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, task_type));
    ASSIGN_OR_RETURN(const InferenceCall call, parse_inference_call(body, endpoint->info().task_type));
    switch (endpoint->info().task_type) {
      case TaskType::kTextEmbedding: return infer_text_embedding(*endpoint, call, timeout, cancellation);
      case TaskType::kSparseEmbedding: return infer_sparse_embedding(*endpoint, call, timeout, cancellation);
      default: return infer_rerank(*endpoint, call, timeout, cancellation);
    }
  }

  Result<RerankEndpointTraits> rerank_traits(std::string_view id) const override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, TaskType::kRerank));
    return endpoint->rerank_traits();
  }

  Result<std::vector<RankedDoc>> rerank(std::string_view id, const RerankRequest& request,
                                        const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, TaskType::kRerank));
    if (request.inputs.empty()) return std::vector<RankedDoc>();
    ASSIGN_OR_RETURN(RerankResult result, with_timeout(request.timeout, cancellation, [&](const Cancellation& limited) {
                       return endpoint->rerank(request, limited);
                     }));
    return std::move(result.docs);
  }

  Result<EmbeddingTraits> embedding_traits(std::string_view id) const override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, std::nullopt));
    if (endpoint->info().task_type == TaskType::kSparseEmbedding) return endpoint->embedding_traits();
    RETURN_IF_ERROR(check_task_type(endpoint->info(), TaskType::kTextEmbedding));
    return endpoint->embedding_traits();
  }

  Result<std::vector<std::vector<float>>> text_embedding(std::string_view id, const EmbeddingRequest& request,
                                                         const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, TaskType::kTextEmbedding));
    if (request.inputs.empty()) return std::vector<std::vector<float>>();
    return with_timeout(request.timeout, cancellation,
                        [&](const Cancellation& limited) { return endpoint->text_embedding(request, limited); });
  }

  Result<std::vector<SparseEmbedding>> sparse_embedding(std::string_view id, const EmbeddingRequest& request,
                                                        const Cancellation& cancellation) override {
    ASSIGN_OR_RETURN(const auto endpoint, find(id, TaskType::kSparseEmbedding));
    if (request.inputs.empty()) return std::vector<SparseEmbedding>();
    return with_timeout(request.timeout, cancellation,
                        [&](const Cancellation& limited) { return endpoint->sparse_embedding(request, limited); });
  }

  std::map<std::string, models::DeploymentStats> deployment_stats() const override {
    std::map<std::string, models::DeploymentStats> stats;
    const std::shared_lock lock(mutex_);
    for (const auto& [id, endpoint] : endpoints_) {
      if (const auto figures = endpoint->deployment_stats(); figures.has_value()) stats.emplace(id, *figures);
    }
    return stats;
  }

  void close() override {
    std::vector<std::shared_ptr<Endpoint>> all;
    {
      const std::shared_lock lock(mutex_);
      for (const auto& [id, endpoint] : endpoints_) all.push_back(endpoint);
    }
    for (const auto& endpoint : all) endpoint->stop();
  }

 private:
  static Error exists_already(std::string_view id) {
    return Error(ErrorCode::kResourceAlreadyExists, "Inference endpoint [{}] already exists", id);
  }

  static Result<InferenceResponse> infer_rerank(Endpoint& endpoint, const InferenceCall& call, milliseconds timeout,
                                                const Cancellation& cancellation) {
    RerankRequest request;
    request.query = *call.query;
    request.inputs = call.inputs;
    request.top_n = call.top_n;
    request.return_documents = call.return_documents;
    request.timeout = timeout;
    request.task_settings = call.task_settings;
    ASSIGN_OR_RETURN(RerankResult result, with_timeout(timeout, cancellation, [&](const Cancellation& limited) {
                       return endpoint.rerank(request, limited);
                     }));
    return InferenceResponse{render_rerank(std::move(result), call.inputs)};
  }

  static Result<EmbeddingRequest> embedding_request(const InferenceCall& call, milliseconds timeout) {
    EmbeddingRequest request;
    request.inputs = call.inputs;
    if (call.input_type.has_value()) {
      ASSIGN_OR_RETURN(request.input_type, parse_input_type(*call.input_type));
    }
    request.timeout = timeout;
    request.task_settings = call.task_settings;
    return request;
  }

  static Result<InferenceResponse> infer_text_embedding(Endpoint& endpoint, const InferenceCall& call, milliseconds timeout,
                                                        const Cancellation& cancellation) {
    ASSIGN_OR_RETURN(const EmbeddingRequest request, embedding_request(call, timeout));
    ASSIGN_OR_RETURN(const auto vectors, with_timeout(timeout, cancellation, [&](const Cancellation& limited) {
                       return endpoint.text_embedding(request, limited);
                     }));
    ASSIGN_OR_RETURN(const EmbeddingTraits traits, endpoint.embedding_traits());
    return InferenceResponse{render_text_embedding(vectors, traits.element_type)};
  }

  static Result<InferenceResponse> infer_sparse_embedding(Endpoint& endpoint, const InferenceCall& call, milliseconds timeout,
                                                          const Cancellation& cancellation) {
    ASSIGN_OR_RETURN(const EmbeddingRequest request, embedding_request(call, timeout));
    ASSIGN_OR_RETURN(const auto embeddings, with_timeout(timeout, cancellation, [&](const Cancellation& limited) {
                       return endpoint.sparse_embedding(request, limited);
                     }));
    return InferenceResponse{render_sparse_embedding(embeddings)};
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
    if (is_valid_id(id)) return {};
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: Invalid inference_id; [{}] can contain lowercase alphanumeric (a-z and 0-9), hyphens or "
                 "underscores; must start and end with alphanumeric;",
                 id);
  }

  Result<std::shared_ptr<Endpoint>> create_endpoint(std::string_view id, std::optional<TaskType> task_type, JsonValue body) const {
    if (!body.is_object()) return Error(ErrorCode::kParse, std::string("request body is required"));
    for (const auto [key, value] : body.as_object()) {
      constexpr std::array<std::string_view, 6> kKeys = {"service",           "service_settings", "task_settings",
                                                         "chunking_settings", "task_type",        "inference_id"};
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        return unknown_settings_error(base::format("{{{}={}}}", key, java_text(value)),
                                      body["service"].is_string() ? body["service"].as_string() : "");
      }
    }
    ASSIGN_OR_RETURN(const Service* service, service_of(body));
    ASSIGN_OR_RETURN(const TaskType type, task_type_of(task_type, body, *service));
    const EndpointDefinition definition{id, type, body["service_settings"], body["task_settings"], body["chunking_settings"]};
    ASSIGN_OR_RETURN(auto endpoint, service->create(definition, context_));
    const JsonValue model = body["service_settings"]["model_id"];
    if (model.is_string() && !context_.models->contains(model.as_string())) {
      std::string known;
      for (const std::string& name : context_.models->ids()) known += (known.empty() ? "" : ", ") + name;
      return Error(ErrorCode::kStatusBadRequest, "{}; models known here: [{}]", models::missing_model(model.as_string()).reason(),
                   known);
    }
    return endpoint;
  }

  static Result<const Service*> service_of(JsonValue body) {
    const JsonValue name = body["service"];
    if (!name.is_string())
      return Error(ErrorCode::kStatusBadRequest, std::string("Inference endpoint configuration is missing the [service] setting"));
    const Service* service = find_service(name.as_string());
    if (service == nullptr) return Error(ErrorCode::kStatusBadRequest, "Unknown service [{}]", name.as_string());
    return service;
  }

  static Result<TaskType> task_type_of(std::optional<TaskType> in_url, JsonValue body, const Service& service) {
    std::optional<TaskType> type = in_url;
    if (const JsonValue in_body = body["task_type"]; in_body.is_string()) {
      ASSIGN_OR_RETURN(const TaskType parsed, parse_task_type(in_body.as_string()));
      if (in_url.has_value() && *in_url != parsed) {
        return Error(ErrorCode::kStatusBadRequest,
                     "Cannot resolve conflicting task_type parameter in the request URL [{}] and the request body [{}]",
                     task_type_name(*in_url), task_type_name(parsed));
      }
      type = parsed;
    }
    const auto supported = service.task_types();
    if (!type.has_value() && supported.size() == 1) type = supported.front();
    if (!type.has_value())
      return Error(ErrorCode::kStatusBadRequest,
                   std::string("Inference endpoint configuration is missing the [task_type] setting"));
    if (std::find(supported.begin(), supported.end(), *type) == supported.end()) {
      return Error(ErrorCode::kStatusBadRequest, "The [{}] service does not support task type [{}]", service.name(),
                   task_type_name(*type));
    }
    return *type;
  }

  /// A stored endpoint whose model is gone stays listed; using it says what is missing.
  Status load_record(std::string_view id, std::string_view bytes) {
    ASSIGN_OR_RETURN(const JsonDocument stored, JsonDocument::parse(bytes));
    const JsonValue root = stored.root();
    ASSIGN_OR_RETURN(const Service* service, service_of(root));
    ASSIGN_OR_RETURN(const TaskType type, task_type_of(std::nullopt, root, *service));
    ASSIGN_OR_RETURN(
        auto endpoint,
        service->create({id, type, root["service_settings"], root["task_settings"], root["chunking_settings"]}, context_));
    endpoints_.insert_or_assign(std::string(id), std::move(endpoint));
    return {};
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

  const ServiceContext context_;
  const EndpointStore store_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<Endpoint>, std::less<>> endpoints_;
};

}  // namespace

Result<EmbeddingTraits> InferenceService::embedding_traits(std::string_view id) const { return not_found(id); }

Result<std::vector<std::vector<float>>> InferenceService::text_embedding(std::string_view id, const EmbeddingRequest&,
                                                                         const Cancellation&) {
  return not_found(id);
}

Result<std::vector<SparseEmbedding>> InferenceService::sparse_embedding(std::string_view id, const EmbeddingRequest&,
                                                                        const Cancellation&) {
  return not_found(id);
}

Result<std::unique_ptr<InferenceService>> InferenceService::create(Options options, std::shared_ptr<models::ModelRegistry> models,
                                                                   EndpointStore store) {
  auto service =
      std::make_unique<DefaultInferenceService>(ServiceContext{std::move(models), options.max_threads}, std::move(store));
  RETURN_IF_ERROR(service->load());
  return std::unique_ptr<InferenceService>(std::move(service));
}

}  // namespace selene::inference
