#include "inference/services/elasticsearch/elasticsearch_endpoint.h"

#include <algorithm>
#include <array>
#include <utility>

#include "inference/services/elasticsearch/rerank_chunks.h"
#include "models/runtime/adaptive_allocations.h"
#include "models/runtime/expansion_names.h"
#include "models/runtime/pair_scores.h"

namespace selene::inference {

using base::Cancellation;
using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

/// Texts that a model wants before its inputs, as Elasticsearch's own configuration of these models has them.
struct PrefixStrings {
  std::string_view model_id;
  std::string_view ingest;
  std::string_view search;
};
constexpr std::array<PrefixStrings, 2> kPrefixStrings = {
    {{".multilingual-e5-small", "passage: ", "query: "}, {".multilingual-e5-small_linux-x86_64", "passage: ", "query: "}}};

}  // namespace

ElasticsearchEndpoint::ElasticsearchEndpoint(const EndpointDefinition& definition, ElasticsearchSettings settings,
                                             RerankTaskSettings rerank, std::string chunking_settings,
                                             const ServiceContext& context)
    : settings_(std::move(settings)),
      rerank_(rerank),
      context_(context),
      own_([this] { return start_own(); },
           size().scales_to_zero() ? models::ScaledDeployment::Scaling::kDownToZero : models::ScaledDeployment::Scaling::kFixed) {
  info_.inference_id = definition.inference_id;
  info_.task_type = definition.task_type;
  info_.service = "elasticsearch";
  info_.service_settings = settings_.to_json();
  if (definition.task_type == TaskType::kRerank) {
    info_.task_settings = rerank_.to_json();
  } else {
    info_.chunking_settings = std::move(chunking_settings);
  }
}

models::DeploymentSize ElasticsearchEndpoint::size() const {
  models::DeploymentSize size{settings_.num_threads, settings_.num_allocations.value_or(1), std::nullopt};
  if (settings_.num_allocations.has_value()) return size;
  const AdaptiveAllocations adaptive = settings_.adaptive_allocations.value_or(AdaptiveAllocations());
  size.adaptive = {adaptive.min_number_of_allocations, adaptive.max_number_of_allocations};
  return size;
}

std::optional<EndpointDeployment> ElasticsearchEndpoint::own_deployment() const {
  if (settings_.deployment_id.has_value()) return std::nullopt;
  models::ScaledDeployment::Usage usage = own_.usage();
  const int32_t allocations = usage.started.has_value() ? models::current_allocations(size(), context_.max_threads) : 0;
  return EndpointDeployment{info_.inference_id, settings_.model_id, size(), allocations, context_.queue_capacity, std::move(usage)};
}

/// What stands before a text of that use: as the model says, else as Elasticsearch does for its own models.
std::string_view ElasticsearchEndpoint::prefix_of(const models::LoadedModel& model, InputType type) const {
  const auto known = std::find_if(kPrefixStrings.begin(), kPrefixStrings.end(),
                                  [&](const PrefixStrings& strings) { return strings.model_id == settings_.model_id; });
  const bool is_known = known != kPrefixStrings.end();
  if (type == InputType::kIngest) return is_known ? known->ingest : std::string_view(model.prefixes.ingest);
  if (type == InputType::kSearch) return is_known ? known->search : std::string_view(model.prefixes.search);
  return {};
}

Status ElasticsearchEndpoint::check_kind(const models::LoadedModel& model) const {
  const bool fits = info_.task_type == TaskType::kRerank          ? model.cross_encoder() != nullptr
                    : info_.task_type == TaskType::kTextEmbedding ? model.dense_encoder() != nullptr
                                                                  : model.sparse_encoder() != nullptr;
  if (fits) return {};
  const std::string_view wanted = info_.task_type == TaskType::kRerank          ? "a cross-encoder"
                                  : info_.task_type == TaskType::kTextEmbedding ? "a model that gives one vector for a text"
                                                                                : "a model that gives token weights for a text";
  return Error(ErrorCode::kIllegalArgument, "model [{}] is a {}; task type [{}] needs {}",
               settings_.model_id.empty() ? model.name : settings_.model_id, models::model_kind_name(model.kind()),
               task_type_name(info_.task_type), wanted);
}

Result<std::unique_ptr<models::Deployment>> ElasticsearchEndpoint::start_own() const {
  ASSIGN_OR_RETURN(auto model, context_.models->get(settings_.model_id, settings_.tier));
  RETURN_IF_ERROR(check_kind(*model));
  const models::DeploymentOptions options{.queue_capacity = context_.queue_capacity};
  return models::Deployment::start(std::move(model), models::sized(options, size(), context_.max_threads));
}

Result<std::shared_ptr<models::Deployment>> ElasticsearchEndpoint::lease() {
  if (!settings_.deployment_id.has_value()) return own_.lease(Cancellation::Clock::now());
  ASSIGN_OR_RETURN(auto found, context_.find_deployment(*settings_.deployment_id));
  RETURN_IF_ERROR(check_kind(found->model()));
  return found;
}

Status ElasticsearchEndpoint::start(const Cancellation&) {
  ASSIGN_OR_RETURN(const auto deployment, lease());
  if (info_.task_type != TaskType::kTextEmbedding) return {};
  settings_.dimensions = deployment->model().dense_encoder()->dims();
  info_.service_settings = settings_.to_json();
  return {};
}

Result<RerankResult> ElasticsearchEndpoint::rerank(const RerankRequest& request, const Cancellation& cancellation) {
  if (info_.task_type != TaskType::kRerank) return Endpoint::rerank(request, cancellation);
  RerankResult result;
  result.top_n = request.top_n;
  Validation validation;
  SettingsReader overrides(request.task_settings, "task_settings", validation);
  const RerankTaskSettings of_call = RerankTaskSettings::parse(overrides, validation);
  RETURN_IF_ERROR(validation.status(ErrorCode::kValidation));
  if (const std::string left = overrides.leftovers(); !left.empty()) return unknown_settings_error(left, info_.service);
  result.return_documents =
      request.return_documents.value_or(of_call.return_documents.value_or(rerank_.return_documents.value_or(true)));
  ASSIGN_OR_RETURN(const auto deployment, lease());
  ASSIGN_OR_RETURN(result.docs, score(*deployment, request, cancellation));
  if (of_call.score.value_or(rerank_.score.value_or(ScoreScale::kLogit)) == ScoreScale::kProbability) {
    const models::Calibration calibration = deployment->model().calibration.value_or(models::Calibration());
    for (RankedDoc& doc : result.docs) doc.relevance_score = calibration.probability(doc.relevance_score);
  }
  return result;
}

Result<std::vector<RankedDoc>> ElasticsearchEndpoint::score(models::Deployment& deployment, const RerankRequest& request,
                                                            const Cancellation& cancellation) const {
  if (settings_.long_document_strategy == "chunk") {
    const DocumentChunks chunks =
        chunk_documents(request.query, request.inputs, deployment.model().any_encoder().max_length(), settings_.max_chunks_per_doc);
    ASSIGN_OR_RETURN(const auto scores, models::score_pairs(deployment, request.query, chunks.texts, cancellation));
    std::vector<float> logits;
    for (const models::PairScore& score : scores) logits.push_back(score.logit);
    return best_chunks(chunks, logits);
  }
  ASSIGN_OR_RETURN(const auto scores, models::score_pairs(deployment, request.query, request.inputs, cancellation));
  std::vector<RankedDoc> docs;
  for (const models::PairScore& score : scores) {
    RankedDoc& doc = docs.emplace_back(RankedDoc{static_cast<int32_t>(docs.size()), score.logit});
    if (score.window) doc.passage = ByteSpan{score.window->first, score.window->second};
  }
  return docs;
}

Result<std::vector<std::vector<float>>> ElasticsearchEndpoint::text_embedding(const EmbeddingRequest& request,
                                                                              const Cancellation& cancellation) {
  if (info_.task_type != TaskType::kTextEmbedding) return Endpoint::text_embedding(request, cancellation);
  RETURN_IF_ERROR(refuse_task_settings(request.task_settings));
  ASSIGN_OR_RETURN(const auto deployment, lease());
  const std::string_view prefix = prefix_of(deployment->model(), request.input_type);
  if (prefix.empty()) return deployment->embed(request.inputs, cancellation);
  std::vector<std::string> texts;
  for (const std::string_view input : request.inputs) texts.push_back(std::string(prefix).append(input));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return deployment->embed(views, cancellation);
}

Result<std::vector<SparseEmbedding>> ElasticsearchEndpoint::sparse_embedding(const EmbeddingRequest& request,
                                                                             const Cancellation& cancellation) {
  if (info_.task_type != TaskType::kSparseEmbedding) return Endpoint::sparse_embedding(request, cancellation);
  RETURN_IF_ERROR(refuse_task_settings(request.task_settings));
  ASSIGN_OR_RETURN(const auto deployment, lease());
  ASSIGN_OR_RETURN(const auto vectors, deployment->expand(request.inputs, cancellation));
  const models::ExpansionNames names(*deployment->model().tokenizer);
  std::vector<SparseEmbedding> embeddings(vectors.size());
  for (size_t i = 0; i < vectors.size(); ++i) {
    std::vector<TokenWeight>& tokens = embeddings[i].tokens;
    for (const models::SparseWeight& weight : vectors[i]) {
      if (auto name = names.name(weight.token)) tokens.push_back({*std::move(name), weight.weight});
    }
    std::stable_sort(tokens.begin(), tokens.end(), [](const TokenWeight& a, const TokenWeight& b) { return a.weight > b.weight; });
  }
  return embeddings;
}

Status ElasticsearchEndpoint::refuse_task_settings(base::JsonValue task_settings) const {
  Validation validation;
  const SettingsReader reader(task_settings, "task_settings", validation);
  RETURN_IF_ERROR(validation.status(ErrorCode::kValidation));
  if (const std::string left = reader.leftovers(); !left.empty()) return unknown_settings_error(left, info_.service);
  return {};
}

RerankEndpointTraits ElasticsearchEndpoint::rerank_traits() const {
  RerankEndpointTraits traits;
  if (info_.task_type == TaskType::kTextEmbedding) traits.score_kind = ScoreKind::kCosine;
  if (rerank_.score == ScoreScale::kProbability) traits.score_kind = ScoreKind::kRelevance;
  if (const auto running = own_.running(); running != nullptr)
    traits.max_input_tokens = running->model().any_encoder().max_length();
  return traits;
}

Result<EmbeddingTraits> ElasticsearchEndpoint::embedding_traits() {
  if (info_.task_type == TaskType::kRerank) return Endpoint::embedding_traits();
  EmbeddingTraits traits;
  traits.task_type = info_.task_type;
  traits.service = info_.service;
  traits.chunking_settings = info_.chunking_settings.value_or("{}");
  if (info_.task_type == TaskType::kSparseEmbedding) return traits;
  traits.similarity = settings_.similarity.value_or("cosine");
  traits.element_type = "float";
  if (settings_.dimensions.has_value()) {
    traits.dimensions = *settings_.dimensions;
    return traits;
  }
  ASSIGN_OR_RETURN(const auto deployment, lease());
  traits.dimensions = deployment->model().dense_encoder()->dims();
  return traits;
}

void ElasticsearchEndpoint::shrink_if_idle(std::chrono::steady_clock::time_point now, std::chrono::milliseconds idle_time) {
  own_.shrink_if_idle(now, idle_time);
}

}  // namespace selene::inference
