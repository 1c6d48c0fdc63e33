#include "inference/services/remote/remote_endpoint.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "inference/services/remote/vendor_json.h"
#include "inference/transport/vendor_error.h"

namespace selene::inference {

using base::Cancellation;
using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonValue;
using base::Result;
using base::Status;
using Clock = Cancellation::Clock;

RemoteEndpoint::RemoteEndpoint(const Vendor& vendor, const EndpointDefinition& definition, std::unique_ptr<VendorModel> model,
                               EmbeddingSettings embedding, int32_t requests_per_minute, std::string task_settings,
                               std::string chunking_settings, const ServiceContext& context)
    : vendor_(vendor),
      model_(std::move(model)),
      embedding_(std::move(embedding)),
      requests_per_minute_(requests_per_minute),
      validate_(context.validate),
      transport_(context.http, context.transport, std::string(definition.inference_id), std::string(vendor.name),
                 requests_per_minute, model_->secret_values()) {
  info_.inference_id = definition.inference_id;
  info_.task_type = definition.task_type;
  info_.service = vendor.name;
  if (task_settings != "{}") info_.task_settings = std::move(task_settings);
  if (definition.task_type != TaskType::kRerank) info_.chunking_settings = std::move(chunking_settings);
  info_.service_settings = settings_text();
}

std::string RemoteEndpoint::settings_text() const {
  base::JsonWriter out;
  out.begin_object();
  model_->write_settings(out);
  if (info_.task_type == TaskType::kTextEmbedding) {
    const std::optional<int32_t> dimensions =
        embedding_.dimensions.has_value() ? embedding_.dimensions : embedding_.learned_dimensions;
    if (dimensions.has_value() || embedding_.similarity.has_value())
      out.field("similarity", embedding_.similarity.value_or(std::string(model_->default_similarity())));
    if (dimensions.has_value()) out.field("dimensions", *dimensions);
  }
  if (embedding_.max_input_tokens.has_value()) out.field("max_input_tokens", *embedding_.max_input_tokens);
  out.key("rate_limit").begin_object().field("requests_per_minute", requests_per_minute_).end_object();
  return out.end_object().take();
}

std::string RemoteEndpoint::stored_settings() const {
  if (!embedding_.dimensions.has_value()) return info_.service_settings;
  const auto shown = JsonDocument::parse(info_.service_settings);
  const auto mark = JsonDocument::parse(R"({"dimensions_set_by_user":true})");
  return merge_objects(shown->root(), mark->root());
}

std::string RemoteEndpoint::secrets() const {
  base::JsonWriter out;
  out.begin_object();
  model_->write_secrets(out);
  return out.end_object().take();
}

Status RemoteEndpoint::start(const Cancellation& cancellation) {
  if (validate_ == ValidateNewEndpoints::kNo) return {};
  const Status status = probe(cancellation);
  if (status.has_value()) return {};
  const ErrorCode code = status.error().code();
  if (code == ErrorCode::kTaskCancelled || cancellation.deadline_passed()) return status;
  return Error(ErrorCode::kStatusBadRequest,
               std::string("Could not complete inference endpoint creation as validation call to service threw an exception."))
      .with_cause(status.error());
}

Status RemoteEndpoint::probe(const Cancellation& cancellation) {
  if (info_.task_type == TaskType::kRerank) {
    RerankRequest request;
    request.query = "query";
    request.inputs = {"text"};
    RETURN_IF_ERROR(rerank(request, cancellation));
    return {};
  }
  EmbeddingRequest request;
  request.inputs = {"text"};
  request.input_type = InputType::kIngest;
  if (info_.task_type == TaskType::kSparseEmbedding) {
    RETURN_IF_ERROR(sparse_embedding(request, cancellation));
    return {};
  }
  ASSIGN_OR_RETURN(const auto vectors, text_embedding(request, cancellation));
  const auto found = static_cast<int32_t>(vectors.front().size()) * (model_->element_type() == "bit" ? 8 : 1);
  if (embedding_.dimensions.has_value() && *embedding_.dimensions != found) {
    return Error(ErrorCode::kStatusBadRequest,
                 "The retrieved embeddings size [{}] does not match the size specified in the settings [{}]. Please recreate the "
                 "[{}] configuration with the correct dimensions",
                 found, *embedding_.dimensions, info_.inference_id);
  }
  embedding_.learned_dimensions = found;
  info_.service_settings = settings_text();
  return {};
}

Result<AccessToken> RemoteEndpoint::fetch_token(const Cancellation& cancellation) {
  ASSIGN_OR_RETURN(net::ClientRequest request, model_->token_request(base::wall_clock_ms() / 1000));
  AccessToken token;
  const AnswerReader reader{[&](std::string_view body) -> Status {
                              ASSIGN_OR_RETURN(token, model_->parse_token(body));
                              return {};
                            },
                            [&](std::string_view body) { return model_->error_message(body); }};
  RETURN_IF_ERROR(transport_.call(std::move(request), reader, cancellation));
  return token;
}

Status RemoteEndpoint::send(net::ClientRequest request, const AnswerReader& reader, const Cancellation& cancellation) {
  if (!model_->needs_token()) return transport_.call(std::move(request), reader, cancellation);
  for (int tries = 0;; ++tries) {
    ASSIGN_OR_RETURN(const std::string token, token_.get(
                                                  Clock::now(), [&] { return fetch_token(cancellation); }, cancellation));
    net::ClientRequest authorized = request;
    authorized.headers.set("Authorization", "Bearer " + token);
    const Status status = transport_.call(std::move(authorized), reader, cancellation);
    if (status.has_value() || vendor_status(status.error()) != 401 || tries > 0) return status;
    token_.drop(token);
  }
}

Result<JsonDocument> RemoteEndpoint::merged_task_settings(JsonValue of_call, std::span<const TaskSetting> allowed,
                                                          std::string& text) const {
  Validation validation;
  SettingsReader reader(of_call, "task_settings", validation);
  const std::string checked = read_task_settings(reader, allowed);
  RETURN_IF_ERROR(validation.status(ErrorCode::kValidation));
  if (const std::string left = reader.leftovers(); !left.empty()) return unknown_settings_error(left, vendor_.name);
  ASSIGN_OR_RETURN(const JsonDocument over, JsonDocument::parse(checked));
  ASSIGN_OR_RETURN(const JsonDocument stored, JsonDocument::parse(info_.task_settings.has_value() ? *info_.task_settings : "{}"));
  text = merge_objects(stored.root(), over.root());
  return JsonDocument::parse(text);
}

namespace {

std::optional<int32_t> positive_of(JsonValue value) {
  return value.is_null() ? std::nullopt : std::optional(static_cast<int32_t>(value.as_int64()));
}

}  // namespace

Result<RerankResult> RemoteEndpoint::rerank(const RerankRequest& request, const Cancellation& cancellation) {
  if (info_.task_type != TaskType::kRerank) return Endpoint::rerank(request, cancellation);
  std::string text;
  ASSIGN_OR_RETURN(const JsonDocument task, merged_task_settings(request.task_settings, vendor_.rerank_task_settings, text));
  RerankCall call;
  call.query = request.query;
  call.task_settings = task.root();
  call.top_n = request.top_n.has_value() ? request.top_n : positive_of(task.root()[vendor_.top_n_setting]);
  call.return_documents = request.return_documents;
  if (const JsonValue stored = task.root()["return_documents"]; !call.return_documents.has_value() && stored.is_bool())
    call.return_documents = stored.as_bool();
  RerankResult result;
  result.top_n = call.top_n;
  result.return_documents = call.return_documents.value_or(false);
  const std::span<const std::string_view> all(request.inputs);
  const size_t size_of_slice = std::min(model_->max_documents(), all.size());
  for (size_t begin = 0; begin < all.size(); begin += size_of_slice) {
    call.documents = all.subspan(begin, std::min(size_of_slice, all.size() - begin));
    ASSIGN_OR_RETURN(net::ClientRequest http, model_->rerank_request(call));
    std::vector<RankedDoc> docs;
    const AnswerReader reader{[&](std::string_view body) -> Status {
                                ASSIGN_OR_RETURN(docs, model_->parse_rerank(body, call.documents.size()));
                                return {};
                              },
                              [&](std::string_view body) { return model_->error_message(body); }};
    RETURN_IF_ERROR(send(std::move(http), reader, cancellation));
    for (const RankedDoc& doc : docs) result.docs.push_back({doc.index + static_cast<int32_t>(begin), doc.relevance_score});
  }
  return result;
}

namespace {

Status check_count(size_t got, size_t sent) {
  if (got == sent) return {};
  return Error(ErrorCode::kStatusBadRequest, "The service answered [{}] embeddings for [{}] inputs", got, sent);
}

}  // namespace

Result<std::vector<std::vector<float>>> RemoteEndpoint::text_embedding(const EmbeddingRequest& request,
                                                                       const Cancellation& cancellation) {
  if (info_.task_type != TaskType::kTextEmbedding) return Endpoint::text_embedding(request, cancellation);
  std::string text;
  ASSIGN_OR_RETURN(const JsonDocument task, merged_task_settings(request.task_settings, vendor_.embedding_task_settings, text));
  std::vector<std::vector<float>> all;
  const std::span<const std::string_view> inputs(request.inputs);
  for (size_t begin = 0; begin < inputs.size(); begin += model_->max_inputs()) {
    EmbeddingCall call{inputs.subspan(begin, std::min(model_->max_inputs(), inputs.size() - begin)), request.input_type,
                       embedding_.dimensions, task.root()};
    ASSIGN_OR_RETURN(net::ClientRequest http, model_->embedding_request(call));
    std::vector<std::vector<float>> vectors;
    const AnswerReader reader{
        [&](std::string_view body) -> Status {
          ASSIGN_OR_RETURN(vectors, model_->parse_text_embedding(body));
          RETURN_IF_ERROR(check_count(vectors.size(), call.inputs.size()));
          const size_t size = vectors.front().size();
          const bool equal = std::all_of(vectors.begin(), vectors.end(), [&](const auto& vector) { return vector.size() == size; });
          if (equal) return {};
          return Error(ErrorCode::kStatusBadRequest, std::string("The service answered embeddings of different sizes"));
        },
        [&](std::string_view body) { return model_->error_message(body); }};
    RETURN_IF_ERROR(send(std::move(http), reader, cancellation));
    std::move(vectors.begin(), vectors.end(), std::back_inserter(all));
  }
  return all;
}

Result<std::vector<SparseEmbedding>> RemoteEndpoint::sparse_embedding(const EmbeddingRequest& request,
                                                                      const Cancellation& cancellation) {
  if (info_.task_type != TaskType::kSparseEmbedding) return Endpoint::sparse_embedding(request, cancellation);
  std::string text;
  ASSIGN_OR_RETURN(const JsonDocument task, merged_task_settings(request.task_settings, vendor_.embedding_task_settings, text));
  std::vector<SparseEmbedding> all;
  const std::span<const std::string_view> inputs(request.inputs);
  for (size_t begin = 0; begin < inputs.size(); begin += model_->max_inputs()) {
    EmbeddingCall call{inputs.subspan(begin, std::min(model_->max_inputs(), inputs.size() - begin)), request.input_type,
                       std::nullopt, task.root()};
    ASSIGN_OR_RETURN(net::ClientRequest http, model_->embedding_request(call));
    std::vector<SparseEmbedding> embeddings;
    const AnswerReader reader{[&](std::string_view body) -> Status {
                                ASSIGN_OR_RETURN(embeddings, model_->parse_sparse_embedding(body));
                                return check_count(embeddings.size(), call.inputs.size());
                              },
                              [&](std::string_view body) { return model_->error_message(body); }};
    RETURN_IF_ERROR(send(std::move(http), reader, cancellation));
    std::move(embeddings.begin(), embeddings.end(), std::back_inserter(all));
  }
  return all;
}

RerankEndpointTraits RemoteEndpoint::rerank_traits() const {
  RerankEndpointTraits traits;
  traits.score_kind = info_.task_type == TaskType::kTextEmbedding ? ScoreKind::kCosine : ScoreKind::kRelevance;
  if (!info_.task_settings.has_value()) return traits;
  const auto settings = JsonDocument::parse(*info_.task_settings);
  if (settings.has_value()) traits.configured_top_n = positive_of(settings->root()[vendor_.top_n_setting]);
  return traits;
}

Result<EmbeddingTraits> RemoteEndpoint::embedding_traits() {
  if (info_.task_type == TaskType::kRerank) return Endpoint::embedding_traits();
  EmbeddingTraits traits;
  traits.task_type = info_.task_type;
  traits.service = info_.service;
  traits.chunking_settings = info_.chunking_settings.value_or("{}");
  if (info_.task_type == TaskType::kSparseEmbedding) return traits;
  traits.element_type = model_->element_type();
  traits.similarity = embedding_.similarity.value_or(std::string(model_->default_similarity()));
  if (embedding_.dimensions.has_value()) {
    traits.dimensions = *embedding_.dimensions;
    return traits;
  }
  {
    const std::lock_guard lock(mutex_);
    traits.dimensions = embedding_.learned_dimensions.value_or(0);
  }
  if (traits.dimensions > 0) return traits;
  // Made without the validation call: the first who asks has it made.
  EmbeddingRequest request;
  request.inputs = {"text"};
  request.input_type = InputType::kIngest;
  const Cancellation cancellation = Cancellation().with_deadline(Clock::now() + request.timeout);
  ASSIGN_OR_RETURN(const auto vectors, text_embedding(request, cancellation));
  traits.dimensions = static_cast<int32_t>(vectors.front().size()) * (traits.element_type == "bit" ? 8 : 1);
  const std::lock_guard lock(mutex_);
  embedding_.learned_dimensions = traits.dimensions;
  return traits;
}

std::string read_task_settings(SettingsReader& reader, std::span<const TaskSetting> allowed) {
  base::JsonWriter out;
  out.begin_object();
  for (const TaskSetting& setting : allowed) {
    switch (setting.type) {
      case TaskSettingType::kPositive:
        if (const auto value = reader.optional_positive(setting.name)) out.field(setting.name, *value);
        break;
      case TaskSettingType::kBool:
        if (const auto value = reader.optional_bool(setting.name)) out.field(setting.name, *value);
        break;
      case TaskSettingType::kString:
        if (const auto value =
                setting.words.empty() ? reader.optional_string(setting.name) : reader.optional_word(setting.name, setting.words))
          out.field(setting.name, *value);
        break;
      case TaskSettingType::kObject:
        if (const JsonValue value = reader.optional_object(setting.name); value.exists()) out.field(setting.name, value);
        break;
    }
  }
  return out.end_object().take();
}

}  // namespace selene::inference
