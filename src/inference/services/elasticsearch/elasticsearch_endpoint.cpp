#include "inference/services/elasticsearch/elasticsearch_endpoint.h"

#include <algorithm>
#include <utility>

#include "base/json/json_writer.h"

namespace selene::inference {
namespace {

constexpr std::string_view kDefaultChunking = R"({"strategy":"sentence","max_chunk_size":250,"sentence_overlap":1})";

}  // namespace

ElasticsearchEndpoint::ElasticsearchEndpoint(const EndpointDefinition& definition, ElasticsearchSettings settings,
                                             bool return_documents, const ServiceContext& context)
    : settings_(std::move(settings)), return_documents_(return_documents), context_(context) {
  info_.inference_id = definition.inference_id;
  info_.task_type = definition.task_type;
  info_.service = "elasticsearch";
  info_.service_settings = settings_.to_json();
  if (definition.task_type == TaskType::kRerank) {
    info_.task_settings = base::JsonWriter().begin_object().field("return_documents", return_documents_).end_object().take();
  } else {
    info_.chunking_settings = kDefaultChunking;
  }
}

ElasticsearchEndpoint::~ElasticsearchEndpoint() { stop(); }

models::DeploymentOptions ElasticsearchEndpoint::deployment_options() const {
  models::DeploymentOptions options;
  const int32_t available = std::max(context_.max_threads, 1);
  if (settings_.num_allocations.has_value()) {
    options.num_threads = std::min(settings_.num_threads, available);
    options.num_allocations = std::min(*settings_.num_allocations, std::max(available / options.num_threads, 1));
  } else {
    // Adaptive: the cores are the bound, and one request shall have all of them when it is alone.
    options.num_threads = available;
    options.num_allocations = 1;
  }
  return options;
}

base::Result<std::shared_ptr<models::Deployment>> ElasticsearchEndpoint::running_deployment() {
  const std::lock_guard lock(mutex_);
  if (deployment_ == nullptr) {
    ASSIGN_OR_RETURN(auto model, context_.models->get(settings_.model_id));
    if (model->cross_encoder() == nullptr) {
      return base::Error(base::ErrorCode::kIllegalArgument, "model [{}] is a {}; task type [rerank] needs a cross-encoder",
                         settings_.model_id, models::model_kind_name(model->kind()));
    }
    deployment_ = models::Deployment::start(std::move(model), deployment_options());
  }
  return deployment_;
}

base::Status ElasticsearchEndpoint::start() {
  RETURN_IF_ERROR(running_deployment());
  return {};
}

base::Result<RerankResult> ElasticsearchEndpoint::rerank(const RerankRequest& request, const base::Cancellation& cancellation) {
  RerankResult result;
  result.top_n = request.top_n;
  Validation validation;
  SettingsReader overrides(request.task_settings, "task_settings", validation);
  const std::optional<bool> of_call = overrides.optional_bool("return_documents");
  RETURN_IF_ERROR(validation.status(base::ErrorCode::kValidation));
  if (const std::string left = overrides.leftovers(); !left.empty()) return unknown_settings_error(left, info_.service);
  result.return_documents = request.return_documents.value_or(of_call.value_or(return_documents_));
  ASSIGN_OR_RETURN(const auto deployment, running_deployment());
  ASSIGN_OR_RETURN(const std::vector<float> logits, deployment->score(request.query, request.inputs, cancellation));
  result.docs.resize(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) result.docs[i] = {static_cast<int32_t>(i), logits[i]};
  return result;
}

std::optional<models::DeploymentStats> ElasticsearchEndpoint::deployment_stats() const {
  const std::lock_guard lock(mutex_);
  if (deployment_ == nullptr) return std::nullopt;
  return deployment_->stats();
}

void ElasticsearchEndpoint::stop() {
  std::shared_ptr<models::Deployment> deployment;
  {
    const std::lock_guard lock(mutex_);
    deployment.swap(deployment_);
  }
  if (deployment != nullptr) deployment->stop();
}

}  // namespace selene::inference
