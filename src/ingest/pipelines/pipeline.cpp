#include "ingest/pipelines/pipeline.h"

#include <algorithm>
#include <utility>

#include "ingest/scripts/script_values.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;

namespace {

constexpr size_t kMaxNestedPipelines = 16;

/// The documents that go on: neither failed nor dropped.
struct Alive {
  std::vector<IngestDocument*> documents;
  std::vector<size_t> places;
};

template <class Wanted>
Alive alive(std::span<IngestDocument* const> documents, std::span<std::optional<Error>> failures, Wanted wanted) {
  Alive out;
  for (size_t i = 0; i < documents.size(); ++i) {
    if (failures[i] || documents[i]->dropped || !wanted(i)) continue;
    out.documents.push_back(documents[i]);
    out.places.push_back(i);
  }
  return out;
}

std::string option_text(const JsonTree& options, std::string_view name) {
  const JsonTree* const value = options.find(name);
  return value != nullptr && value->is_string() ? value->as_string() : std::string();
}

Result<std::shared_ptr<const Script>> compile_condition(const JsonTree& condition, const ProcessorConfig& config) {
  if (!condition.is_string() && !condition.is_object()) return config.fault("if", "property isn't a script");
  const std::string text = condition.to_json();
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(text));
  return Script::compile(document.root());
}

}  // namespace

void DocumentProcessor::run(std::span<IngestDocument* const> documents, PipelineRun& /*run*/,
                            std::span<std::optional<Error>> failures) const {
  for (size_t i = 0; i < documents.size(); ++i) {
    if (base::Status status = process(*documents[i]); !status) failures[i] = std::move(status).error();
  }
}

Result<ProcessorList::Step> ProcessorList::create_step(std::string_view type, const JsonTree& options) {
  // `"set": "x"` is a set without options, whatever stands there; a script may be given as its text.
  JsonTree given = options.is_object() ? options : JsonTree::object();
  if (options.is_string() && type == "script") given.set("source", options);
  Step step;
  step.type = type;
  step.tag = option_text(given, "tag");
  step.description = option_text(given, "description");
  ProcessorConfig config(type, step.tag, std::move(given));
  (void)config.take("tag");
  (void)config.take("description");
  ASSIGN_OR_RETURN(step.ignore_failure, config.boolean("ignore_failure", false));
  if (const std::optional<JsonTree> condition = config.take("if")) {
    ASSIGN_OR_RETURN(step.condition, compile_condition(*condition, config));
    step.condition_source = condition->is_string() ? condition->as_string() : option_text(*condition, "source");
  }
  if (const std::optional<JsonTree> handlers = config.take("on_failure")) {
    if (!handlers->is_array())
      return config.fault("on_failure", base::format("property isn't a list, but of type [{}]", java_type(*handlers)));
    if (handlers->as_array().empty()) return config.fault("on_failure", "processors list cannot be empty");
    ASSIGN_OR_RETURN(ProcessorList list, create(*handlers));
    step.on_failure = std::make_unique<ProcessorList>(std::move(list));
  }
  ASSIGN_OR_RETURN(step.processor, create_processor(type, config));
  RETURN_IF_ERROR(config.finish());
  return step;
}

Result<ProcessorList> ProcessorList::create_one(const JsonTree& entry) {
  if (!entry.is_object() || entry.as_object().size() != 1)
    return Error(ErrorCode::kParse, "a processor must be an object with one key, its type");
  ProcessorList list;
  ASSIGN_OR_RETURN(Step step, create_step(entry.as_object()[0].key, entry.as_object()[0].value));
  list.steps_.push_back(std::move(step));
  return list;
}

Result<ProcessorList> ProcessorList::create(const JsonTree& processors) {
  ProcessorList list;
  for (const JsonTree& entry : processors.as_array()) {
    if (!entry.is_object()) return Error(ErrorCode::kParse, "a processor must be an object with one key, its type");
    for (const JsonTree::Member& member : entry.as_object()) {
      ASSIGN_OR_RETURN(Step step, create_step(member.key, member.value));
      list.steps_.push_back(std::move(step));
    }
  }
  return list;
}

void run_failure_handlers(const ProcessorList& handlers, std::string_view type, std::string_view tag, IngestDocument& document,
                          PipelineRun& run, std::optional<Error>& failure) {
  const Error* root = &*failure;
  while (root->cause() != nullptr) root = root->cause();
  JsonTree& ingest = document.ingest();
  ingest.set("on_failure_message", root->reason());
  ingest.set("on_failure_processor_type", type);
  ingest.set("on_failure_processor_tag", tag.empty() ? JsonTree() : JsonTree(tag));
  ingest.set("on_failure_pipeline", document.pipelines.empty() ? JsonTree() : JsonTree(document.pipelines.back()));
  failure.reset();
  IngestDocument* const one = &document;
  handlers.run({&one, 1}, run, {&failure, 1});
  for (const char* const name :
       {"on_failure_message", "on_failure_processor_type", "on_failure_processor_tag", "on_failure_pipeline"})
    ingest.remove(name);
}

void ProcessorList::handle_failure(const Step& step, IngestDocument& document, PipelineRun& run, std::optional<Error>& failure) {
  if (step.ignore_failure) {
    failure.reset();
    return;
  }
  if (step.on_failure != nullptr) {
    run_failure_handlers(*step.on_failure, step.type, step.tag, document, run, failure);
    return;
  }
  // What a handler of the pipeline wants to know of it.
  const auto& known = failure->metadata();
  const bool named = std::any_of(known.begin(), known.end(), [](const auto& entry) { return entry.first == "processor_type"; });
  if (named) return;
  Error typed = std::move(*failure).with("processor_type", step.type);
  failure = step.tag.empty() ? std::move(typed) : std::move(typed).with("processor_tag", step.tag);
}

void ProcessorList::report(const Step& step, StepReport::Status status, const IngestDocument* document, const Error* failure,
                           const PipelineRun& run) {
  if (run.trace) run.trace({step.type, step.tag, step.description, step.condition_source, status, document, failure});
}

/// A called pipeline reports its own steps behind it; those of foreach are part of it.
void ProcessorList::run_processor(const Step& step, std::span<IngestDocument* const> documents, PipelineRun& run,
                                  std::span<std::optional<Error>> faults) {
  if (run.cancellation.should_stop()) {
    for (auto& fault : faults)
      fault = Error(ErrorCode::kStatusTimeout, "the pipeline ran out of time at processor [{}]", step.type);
    return;
  }
  if (step.type == "pipeline") report(step, StepReport::Status::kSuccess, nullptr, nullptr, run);
  std::function<void(const StepReport&)> hidden;
  if (step.type == "foreach") hidden = std::exchange(run.trace, {});
  step.processor->run(documents, run, faults);
  if (hidden) run.trace = std::move(hidden);
}

void ProcessorList::run_step(const Step& step, std::span<IngestDocument* const> documents, PipelineRun& run,
                             std::span<std::optional<Error>> failures) {
  using StepStatus = StepReport::Status;
  const auto holds = [&](size_t k) {
    if (step.condition == nullptr) return true;
    JsonTree ctx = documents[k]->ctx();
    const auto value = step.condition->run(ctx);
    const auto truth = value ? script_truth(*value) : Result<bool>(value.error());
    if (!truth) {
      failures[k] = truth.error();
      report(step, StepStatus::kError, nullptr, &*failures[k], run);
    } else if (!*truth) {
      report(step, StepStatus::kSkipped, nullptr, nullptr, run);
    }
    return truth && *truth;
  };
  const Alive batch = alive(documents, failures, holds);
  if (batch.documents.empty()) return;
  std::vector<std::optional<Error>> faults(batch.documents.size());
  run_processor(step, batch.documents, run, faults);
  for (size_t k = 0; k < faults.size(); ++k) {
    IngestDocument& document = *batch.documents[k];
    if (step.type != "pipeline") {
      const StepStatus well = document.dropped ? StepStatus::kDropped : StepStatus::kSuccess;
      const StepStatus status = !faults[k] ? well : step.ignore_failure ? StepStatus::kErrorIgnored : StepStatus::kError;
      const bool shown = status == StepStatus::kSuccess || status == StepStatus::kErrorIgnored;
      report(step, status, shown ? &document : nullptr, faults[k] ? &*faults[k] : nullptr, run);
    }
    if (faults[k]) handle_failure(step, document, run, faults[k]);
    failures[batch.places[k]] = std::move(faults[k]);
  }
}

void ProcessorList::run(std::span<IngestDocument* const> documents, PipelineRun& run,
                        std::span<std::optional<Error>> failures) const {
  for (const Step& step : steps_) run_step(step, documents, run, failures);
}

void ProcessorList::collect_inference_ids(std::vector<std::string>& ids) const {
  for (const Step& step : steps_) {
    step.processor->collect_inference_ids(ids);
    if (step.on_failure != nullptr) step.on_failure->collect_inference_ids(ids);
  }
}

Result<std::shared_ptr<const Pipeline>> Pipeline::create(std::string_view id, const JsonTree& body) {
  if (!body.is_object()) return Error(ErrorCode::kParse, "pipeline [{}] must be an object", id);
  auto pipeline = std::make_shared<Pipeline>();
  pipeline->id_ = id;
  const auto fault = [](std::string_view name, std::string_view reason) {
    return Error(ErrorCode::kParse, "[{}] {}", name, reason).with("property_name", name);
  };
  std::string unknown;
  for (const JsonTree::Member& member : body.as_object()) {
    const std::string& key = member.key;
    const JsonTree& value = member.value;
    if (key == "description") {
      if (!value.is_string() && !value.is_null())
        return fault(key, base::format("property isn't a string, but of type [{}]", java_type(value)));
    } else if (key == "version") {
      if (!value.is_integer()) return fault(key, base::format("property cannot be converted to an int [{}]", java_text(value)));
    } else if (key == "_meta") {
      if (!value.is_object() && !value.is_null())
        return fault(key, base::format("property isn't a map, but of type [{}]", java_type(value)));
    } else if (key == "deprecated") {
      if (!value.is_bool() && !value.is_null())
        return fault(key, base::format("property isn't a boolean, but of type [{}]", java_type(value)));
    } else if (key != "processors" && key != "on_failure" && key != "field_access_pattern") {
      unknown += (unknown.empty() ? "" : ", ") + key;
    }
  }
  if (!unknown.empty())
    return Error(ErrorCode::kParse, "pipeline [{}] doesn't support one or more provided configuration parameters [{}]", id,
                 unknown);
  const JsonTree* const processors = body.find("processors");
  if (processors == nullptr) return fault("processors", "required property is missing");
  if (!processors->is_array())
    return fault("processors", base::format("property isn't a list, but of type [{}]", java_type(*processors)));
  ASSIGN_OR_RETURN(pipeline->processors_, ProcessorList::create(*processors));
  if (const JsonTree* const handlers = body.find("on_failure")) {
    if (!handlers->is_array())
      return fault("on_failure", base::format("property isn't a list, but of type [{}]", java_type(*handlers)));
    if (handlers->as_array().empty())
      return Error(ErrorCode::kParse, "pipeline [{}] cannot have an empty on_failure option defined", id);
    ASSIGN_OR_RETURN(pipeline->on_failure_, ProcessorList::create(*handlers));
  }
  return std::shared_ptr<const Pipeline>(std::move(pipeline));
}

void Pipeline::run(std::span<IngestDocument* const> documents, PipelineRun& run, std::span<std::optional<Error>> failures) const {
  for (size_t i = 0; i < documents.size(); ++i) {
    std::vector<std::string>& in = documents[i]->pipelines;
    if (std::find(in.begin(), in.end(), id_) != in.end()) {
      failures[i] = Error(ErrorCode::kIllegalState, "Cycle detected for pipeline: {}", id_);
    } else if (in.size() >= kMaxNestedPipelines) {
      failures[i] = Error(ErrorCode::kIllegalArgument, "Too many nested pipelines. Cannot have more than {} nested pipelines",
                          kMaxNestedPipelines);
    }
    in.push_back(id_);
    if (!failures[i]) documents[i]->executed.push_back(id_);
    documents[i]->ingest().set("pipeline", id_);
  }
  processors_.run(documents, run, failures);
  for (size_t i = 0; i < documents.size(); ++i) {
    if (failures[i] && !on_failure_.empty()) {
      std::string type, tag;
      for (const auto& [key, json] : failures[i]->metadata()) {
        if (key == "processor_type") type = json.substr(1, json.size() - 2);
        if (key == "processor_tag") tag = json.substr(1, json.size() - 2);
      }
      run_failure_handlers(on_failure_, type, tag, *documents[i], run, failures[i]);
    }
    documents[i]->pipelines.pop_back();
    JsonTree& ingest = documents[i]->ingest();
    documents[i]->pipelines.empty() ? static_cast<void>(ingest.remove("pipeline"))
                                    : static_cast<void>(ingest.set("pipeline", documents[i]->pipelines.back()));
  }
}

std::vector<std::string> Pipeline::inference_ids() const {
  std::vector<std::string> ids;
  processors_.collect_inference_ids(ids);
  on_failure_.collect_inference_ids(ids);
  return ids;
}

}  // namespace selene::ingest
