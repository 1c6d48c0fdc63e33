#include "models/registry/trained_config.h"

#include <algorithm>
#include <array>

#include "models/registry/trained_json.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::JsonWriter;

constexpr std::array<std::string_view, 9> kTasks = {"text_similarity", "text_embedding",           "text_expansion",
                                                    "pass_through",    "text_classification",      "ner",
                                                    "fill_mask",       "zero_shot_classification", "question_answering"};
constexpr size_t kMaxModelId = 64;
constexpr std::string_view kVersion = "12.0.0";
constexpr std::string_view kInternalIndex = ".ml-inference-native-000002";

std::optional<TrainedTask> find_task(std::string_view name) {
  const auto* found = std::find(kTasks.begin(), kTasks.end(), name);
  return found == kTasks.end() ? std::nullopt : std::optional(static_cast<TrainedTask>(found - kTasks.begin()));
}

base::Status parse_task_options(const base::JsonMember& task, TrainedConfig& config) {
  FieldReader fields(task.value, task.key);
  if (fields.value("vocabulary").exists()) {
    return Error(ErrorCode::kIllegalArgument, "illegal setting [vocabulary] on inference model creation");
  }
  const JsonValue tokenization = fields.value("tokenization");
  if (tokenization.exists() && !tokenization.is_null()) RETURN_IF_ERROR(parse_tokenization(tokenization, config.tokenization));
  config.results_field = fields.text("results_field");
  if (config.task == TrainedTask::kTextSimilarity) {
    if (const auto function = fields.text("span_score_combination_function"))
      RETURN_IF_ERROR(parse_span_scores(*function, config.span_scores));
  } else if (config.task == TrainedTask::kTextEmbedding) {
    config.embedding_size = fields.integer("embedding_size");
  } else if (config.task == TrainedTask::kTextExpansion) {
    config.expansion_type = fields.text("expansion_type");
  } else {
    config.other_options = fields.take_others();
  }
  RETURN_IF_ERROR(fields.finish());
  if (config.embedding_size.value_or(1) < 1) {
    return Error(ErrorCode::kIllegalArgument, "[embedding_size] must be a number greater than 0; configured size [{}]",
                 *config.embedding_size);
  }
  if (config.tokenization.reading.span >= 0 &&
      (config.task == TrainedTask::kTextEmbedding || config.task == TrainedTask::kTextExpansion)) {
    return Error(ErrorCode::kIllegalArgument, "[{}] does not support windows of long texts: [span] must be -1", task.key);
  }
  return {};
}

base::Status parse_inference_config(JsonValue object, TrainedConfig& config) {
  ASSIGN_OR_RETURN(const base::JsonMember task, only_member(object, "inference_config"));
  const auto found = find_task(task.key);
  if (!found) {
    return Error(ErrorCode::kXContentParse,
                 "unknown [inference_config] type [{}]; allowed are [text_similarity, text_embedding, text_expansion, "
                 "pass_through, text_classification, ner, fill_mask, zero_shot_classification, question_answering]",
                 task.key);
  }
  config.task = *found;
  return parse_task_options(task, config);
}

base::Status parse_input(JsonValue object, TrainedConfig& config) {
  if (!object.exists() || object.is_null()) {
    config.input_fields = {"input"};
    return {};
  }
  FieldReader fields(object, "input");
  config.input_fields = fields.texts("field_names").value_or(std::vector<std::string>());
  RETURN_IF_ERROR(fields.finish());
  if (config.input_fields.empty()) return Error(ErrorCode::kIllegalArgument, "[input.field_names] must not be empty");
  return {};
}

base::Status parse_prefixes(JsonValue object, TrainedConfig& config) {
  if (!object.exists() || object.is_null()) return {};
  FieldReader fields(object, "prefix_strings");
  config.search_prefix = fields.text("search");
  config.ingest_prefix = fields.text("ingest");
  return fields.finish();
}

base::Status refuse_trees(FieldReader& fields) {
  const bool tree = fields.value("definition").exists() || fields.value("compressed_definition").exists();
  const auto type = fields.text("model_type");
  if (tree || (type && *type != "pytorch")) {
    return Error(ErrorCode::kIllegalArgument,
                 "this server runs models of [model_type] [pytorch], whose definition is uploaded in parts; [definition], "
                 "[compressed_definition] and "
                 "model type [{}] are of decision trees or language identification",
                 type.value_or("tree_ensemble"));
  }
  return {};
}

enum class Shown : uint8_t { kToClients, kInRecord };

void write_inference_config(JsonWriter& out, const TrainedConfig& config, Shown shown) {
  out.key("inference_config").begin_object().key(trained_task_name(config.task)).begin_object();
  if (shown == Shown::kToClients) out.key("vocabulary").begin_object().field("index", kInternalIndex).end_object();
  write_tokenization(out, config.tokenization);
  if (shown == Shown::kToClients && config.task == TrainedTask::kFillMask) {
    const TokenizationKind kind = config.tokenization.tokenizer.kind;
    const bool brackets = kind == TokenizationKind::kBert || kind == TokenizationKind::kDebertaV2;
    out.field("mask_token", brackets ? "[MASK]" : "<mask>");
  }
  if (config.results_field) out.field("results_field", *config.results_field);
  if (config.task == TrainedTask::kTextSimilarity) {
    out.field("span_score_combination_function", config.span_scores == SpanScores::kMax ? "max" : "mean");
  }
  if (config.embedding_size) out.field("embedding_size", *config.embedding_size);
  if (config.expansion_type) out.field("expansion_type", *config.expansion_type);
  if (!config.other_options.empty()) {
    if (const auto other = base::JsonDocument::parse(config.other_options)) {
      for (const auto& [key, value] : other->root().as_object()) out.field(key, value);
    }
  }
  out.end_object().end_object();
}

/// What PUT gave, in Elasticsearch's order.
void write_given(JsonWriter& out, const TrainedConfig& config, Shown shown) {
  if (!config.description.empty()) out.field("description", config.description);
  out.key("tags").begin_array();
  for (const std::string& tag : config.tags) out.value(tag);
  out.end_array();
  if (!config.metadata.empty()) out.key("metadata").raw(config.metadata);
  out.key("input").begin_object().key("field_names").begin_array();
  for (const std::string& name : config.input_fields) out.value(name);
  out.end_array().end_object();
  write_inference_config(out, config, shown);
  if (!config.platform_architecture.empty()) out.field("platform_architecture", config.platform_architecture);
  if (config.search_prefix || config.ingest_prefix) {
    out.key("prefix_strings").begin_object();
    if (config.ingest_prefix) out.field("ingest", *config.ingest_prefix);
    if (config.search_prefix) out.field("search", *config.search_prefix);
    out.end_object();
  }
}

}  // namespace

std::string_view trained_task_name(TrainedTask task) { return kTasks[static_cast<size_t>(task)]; }

bool can_run(TrainedTask task) {
  return task == TrainedTask::kTextSimilarity || task == TrainedTask::kTextEmbedding || task == TrainedTask::kTextExpansion;
}

base::Status check_model_id(std::string_view model_id) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto allowed = [&](char c) { return alphanumeric(c) || c == '_' || c == '-' || c == '.'; };
  const bool plain = !model_id.empty() && alphanumeric(model_id.front()) && alphanumeric(model_id.back()) &&
                     std::all_of(model_id.begin(), model_id.end(), allowed);
  if (!plain) {
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: Invalid model_id; '{}' can contain lowercase alphanumeric (a-z and 0-9), hyphens or "
                 "underscores; must start and end "
                 "with alphanumeric;",
                 model_id);
  }
  if (model_id.size() > kMaxModelId) {
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: Invalid model_id; '{}' can contain no more than [{}] characters;", model_id, kMaxModelId);
  }
  return {};
}

base::Result<TrainedConfig> TrainedConfig::parse(std::string_view model_id, JsonValue body) {
  RETURN_IF_ERROR(check_model_id(model_id));
  TrainedConfig config;
  config.model_id = model_id;
  FieldReader fields(body, "trained_model_config");
  RETURN_IF_ERROR(refuse_trees(fields));
  config.description = fields.text("description").value_or("");
  config.tags = fields.texts("tags").value_or(std::vector<std::string>());
  config.metadata = fields.object_text("metadata");
  config.platform_architecture = fields.text("platform_architecture").value_or("");
  config.model_size_bytes = fields.integer("model_size_bytes").value_or(0);
  const JsonValue given_id = fields.value("model_id");
  const JsonValue inference = fields.value("inference_config");
  RETURN_IF_ERROR(parse_input(fields.value("input"), config));
  RETURN_IF_ERROR(parse_prefixes(fields.value("prefix_strings"), config));
  RETURN_IF_ERROR(fields.finish());
  if (given_id.is_string() && given_id.as_string() != model_id) {
    return Error(ErrorCode::kIllegalArgument,
                 "Inconsistent id; 'model_id' specified in the body [{}] differs from that specified as a URL argument [{}]",
                 given_id.as_string(), model_id);
  }
  if (!inference.exists() || inference.is_null()) {
    return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: [inference_config] must not be null;");
  }
  if (config.model_size_bytes < 0)
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: [model_size_bytes] must be greater than or equal to 0;");
  RETURN_IF_ERROR(parse_inference_config(inference, config));
  return config;
}

TrainedConfig TrainedConfig::of_folder(std::string_view model_id, TrainedTask task) {
  TrainedConfig config;
  config.model_id = model_id;
  config.task = task;
  config.input_fields = {"text_field"};
  if (task == TrainedTask::kTextSimilarity) config.tokenization.reading.truncate = TokenTruncation::kSecond;
  config.from_folder = true;
  return config;
}

base::Result<TrainedConfig> TrainedConfig::from_record(std::string_view model_id, JsonValue record) {
  TrainedConfig config;
  config.model_id = model_id;
  FieldReader fields(record, "trained_model_config");
  config.description = fields.text("description").value_or("");
  config.tags = fields.texts("tags").value_or(std::vector<std::string>());
  config.metadata = fields.object_text("metadata");
  config.platform_architecture = fields.text("platform_architecture").value_or("");
  config.create_time_ms = fields.integer("create_time").value_or(0);
  config.model_size_bytes = fields.integer("model_size_bytes").value_or(0);
  config.from_folder = fields.flag("from_folder").value_or(false);
  RETURN_IF_ERROR(parse_input(fields.value("input"), config));
  RETURN_IF_ERROR(parse_prefixes(fields.value("prefix_strings"), config));
  RETURN_IF_ERROR(parse_inference_config(fields.value("inference_config"), config));
  RETURN_IF_ERROR(fields.finish());
  return config;
}

std::string TrainedConfig::to_record() const {
  JsonWriter out;
  out.begin_object()
      .field("create_time", create_time_ms)
      .field("model_size_bytes", model_size_bytes)
      .field("from_folder", from_folder);
  write_given(out, *this, Shown::kInRecord);
  return out.end_object().take();
}

void TrainedConfig::write(JsonWriter& out, std::optional<bool> fully_defined, Generated generated) const {
  out.begin_object().field("model_id", model_id).field("model_type", "pytorch");
  if (generated == Generated::kShow) {
    out.field("created_by", "api_user").field("version", kVersion).field("create_time", create_time_ms);
    out.field("model_size_bytes", model_size_bytes).field("estimated_operations", 0).field("license_level", "platinum");
  }
  write_given(out, *this, Shown::kToClients);
  if (generated == Generated::kShow) {
    out.key("location").begin_object().key("index").begin_object().field("name", kInternalIndex).end_object().end_object();
  }
  if (fully_defined) out.field("fully_defined", *fully_defined);
  out.end_object();
}

}  // namespace selene::models
