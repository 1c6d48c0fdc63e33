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

ElasticsearchSettings ElasticsearchSettings::parse(SettingsReader& settings, Validation& validation) {
  ElasticsearchSettings parsed;
  parsed.model_id = settings.required_string("model_id");
  parsed.num_threads = settings.required_positive("num_threads").value_or(1);
  const bool names_allocations = settings.take("num_allocations").exists();
  parsed.num_allocations = settings.optional_positive("num_allocations");
  const base::JsonValue adaptive = settings.optional_object("adaptive_allocations");
  if (adaptive.exists()) parsed.adaptive_allocations = parse_adaptive(adaptive, validation);
  const bool is_adaptive = parsed.adaptive_allocations.has_value() && parsed.adaptive_allocations->enabled;
  if (!names_allocations && !is_adaptive) {
    validation.add("[service_settings] does not contain one of the required settings [num_allocations, adaptive_allocations]");
  } else if (parsed.num_allocations.has_value() && is_adaptive) {
    validation.add("[num_allocations] cannot be set if [adaptive_allocations] is enabled");
  }
  if (const auto strategy = settings.optional_string("long_document_strategy"); strategy.has_value() && *strategy != "truncate") {
    validation.add(base::format("[service_settings] Invalid value [{}]. [long_document_strategy] must be [truncate]", *strategy));
  }
  return parsed;
}

std::string ElasticsearchSettings::to_json() const {
  base::JsonWriter out;
  out.begin_object();
  if (num_allocations.has_value()) out.field("num_allocations", *num_allocations);
  out.field("num_threads", num_threads).field("model_id", model_id);
  if (adaptive_allocations.has_value()) {
    out.key("adaptive_allocations").begin_object().field("enabled", adaptive_allocations->enabled);
    if (adaptive_allocations->min_number_of_allocations.has_value())
      out.field("min_number_of_allocations", *adaptive_allocations->min_number_of_allocations);
    if (adaptive_allocations->max_number_of_allocations.has_value())
      out.field("max_number_of_allocations", *adaptive_allocations->max_number_of_allocations);
    out.end_object();
  }
  out.end_object();
  return out.take();
}

}  // namespace selene::inference
