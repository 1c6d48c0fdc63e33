#include "inference/services/elasticsearch/elasticsearch_settings.h"

#include "base/format.h"
#include "base/json/json_writer.h"

namespace selene::inference {
namespace {

AdaptiveAllocations parse_adaptive(base::JsonValue object, Validation& validation) {
  SettingsReader reader(object, "adaptive_allocations", validation);
  AdaptiveAllocations adaptive;
  adaptive.enabled = reader.optional_bool("enabled").value_or(false);
  adaptive.min_number_of_allocations = reader.optional_non_negative("min_number_of_allocations");
  adaptive.max_number_of_allocations = reader.optional_positive("max_number_of_allocations");
  const int32_t least = adaptive.min_number_of_allocations.value_or(0);
  if (adaptive.max_number_of_allocations.has_value() && *adaptive.max_number_of_allocations < least) {
    validation.add(
        base::format("[adaptive_allocations] Invalid value [{}]. [max_number_of_allocations] must be greater than or equal to "
                     "[min_number_of_allocations], which is [{}]",
                     *adaptive.max_number_of_allocations, least));
  }
  if (const std::string left = reader.leftovers(); !left.empty())
    validation.add(base::format("[service_settings] adaptive_allocations contains unknown settings [{}]", left));
  return adaptive;
}

}  // namespace

namespace {

void read_allocations(SettingsReader& settings, Validation& validation, ElasticsearchSettings& parsed) {
  const bool deployed = parsed.deployment_id.has_value();
  parsed.num_threads =
      (deployed ? settings.optional_positive("num_threads") : settings.required_positive("num_threads")).value_or(1);
  const bool names_allocations = settings.take("num_allocations").exists();
  parsed.num_allocations = settings.optional_positive("num_allocations");
  const base::JsonValue adaptive = settings.optional_object("adaptive_allocations");
  if (adaptive.exists()) parsed.adaptive_allocations = parse_adaptive(adaptive, validation);
  if (const std::optional<std::string> name = settings.optional_string("tier")) {
    const auto tier = models::parse_tier(*name);
    tier ? void(parsed.tier = *tier)
         : validation.add(
               base::format("[service_settings] Invalid value [{}] received. [tier] must be one of [fp32, bf16, int8]", *name));
  }
  const bool is_adaptive = parsed.adaptive_allocations.has_value() && parsed.adaptive_allocations->enabled;
  if (!names_allocations && !is_adaptive && !deployed) {
    validation.add("[service_settings] does not contain one of the required settings [num_allocations, adaptive_allocations]");
  } else if (parsed.num_allocations.has_value() && is_adaptive) {
    validation.add("[num_allocations] cannot be set if [adaptive_allocations] is enabled");
  }
}

void read_rerank(SettingsReader& settings, Validation& validation, ElasticsearchSettings& parsed) {
  parsed.long_document_strategy = settings.optional_string("long_document_strategy");
  parsed.max_chunks_per_doc = settings.optional_positive("max_chunks_per_doc");
  const std::string strategy = parsed.long_document_strategy.value_or("truncate");
  if (strategy != "truncate" && strategy != "chunk") {
    validation.add(base::format(
        "[service_settings] Invalid value [{}] received. [long_document_strategy] must be one of [chunk, truncate]", strategy));
  }
  if (parsed.max_chunks_per_doc.has_value() && strategy != "chunk")
    validation.add("The [max_chunks_per_doc] setting requires [long_document_strategy] to be set to [chunk]");
}

void read_embedding(SettingsReader& settings, Validation& validation, ElasticsearchSettings& parsed) {
  parsed.similarity = settings.optional_string("similarity");
  parsed.dimensions = settings.optional_positive("dimensions");
  const std::string similarity = parsed.similarity.value_or("cosine");
  if (similarity != "cosine" && similarity != "dot_product" && similarity != "l2_norm")
    validation.add(base::format(
        "[service_settings] Invalid value [{}] received. [similarity] must be one of [cosine, dot_product, l2_norm]", similarity));
  if (const std::string type = settings.optional_string("element_type").value_or("float"); type != "float")
    validation.add(base::format("[service_settings] Invalid value [{}] received. [element_type] must be one of [float]", type));
}

}  // namespace

RerankTaskSettings RerankTaskSettings::parse(SettingsReader& settings, Validation& validation) {
  RerankTaskSettings parsed;
  parsed.return_documents = settings.optional_bool("return_documents");
  const std::optional<std::string> score = settings.optional_string("score");
  if (score == "probability") {
    parsed.score = ScoreScale::kProbability;
  } else if (score == "logit") {
    parsed.score = ScoreScale::kLogit;
  } else if (score.has_value()) {
    validation.add(
        base::format("[task_settings] Invalid value [{}] received. [score] must be one of [logit, probability]", *score));
  }
  return parsed;
}

std::string RerankTaskSettings::to_json() const {
  base::JsonWriter out;
  out.begin_object().field("return_documents", return_documents.value_or(true));
  if (score.has_value()) out.field("score", *score == ScoreScale::kProbability ? "probability" : "logit");
  return out.end_object().take();
}

ElasticsearchSettings ElasticsearchSettings::parse(TaskType task_type, SettingsReader& settings, Validation& validation) {
  ElasticsearchSettings parsed;
  parsed.deployment_id = settings.optional_string("deployment_id");
  parsed.model_id =
      parsed.deployment_id.has_value() ? settings.optional_string("model_id").value_or("") : settings.required_string("model_id");
  read_allocations(settings, validation, parsed);
  if (task_type == TaskType::kRerank) read_rerank(settings, validation, parsed);
  if (task_type == TaskType::kTextEmbedding) read_embedding(settings, validation, parsed);
  return parsed;
}

ElasticsearchSettings ElasticsearchSettings::parse_elser(SettingsReader& settings, Validation& validation) {
  ElasticsearchSettings parsed;
  parsed.model_id = settings.optional_string("model_id").value_or(".elser_model_2");
  read_allocations(settings, validation, parsed);
  return parsed;
}

std::string ElasticsearchSettings::to_json() const {
  base::JsonWriter out;
  out.begin_object();
  if (num_allocations.has_value()) out.field("num_allocations", *num_allocations);
  out.field("num_threads", num_threads);
  if (!model_id.empty()) out.field("model_id", model_id);
  if (deployment_id.has_value()) out.field("deployment_id", *deployment_id);
  if (adaptive_allocations.has_value()) {
    out.key("adaptive_allocations").begin_object().field("enabled", adaptive_allocations->enabled);
    if (adaptive_allocations->min_number_of_allocations.has_value())
      out.field("min_number_of_allocations", *adaptive_allocations->min_number_of_allocations);
    if (adaptive_allocations->max_number_of_allocations.has_value())
      out.field("max_number_of_allocations", *adaptive_allocations->max_number_of_allocations);
    out.end_object();
  }
  if (tier.has_value()) out.field("tier", models::tier_name(*tier));
  if (long_document_strategy.has_value()) out.field("long_document_strategy", *long_document_strategy);
  if (max_chunks_per_doc.has_value()) out.field("max_chunks_per_doc", *max_chunks_per_doc);
  if (dimensions.has_value())
    out.field("dimensions", *dimensions).field("similarity", similarity.value_or("cosine")).field("element_type", "float");
  out.end_object();
  return out.take();
}

}  // namespace selene::inference
