#include "ingest/pipelines/pipeline_service.h"

#include <algorithm>

#include "base/clock.h"
#include "base/wildcard.h"
#include "index/mapping/document_parser.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonTree;
using base::JsonValue;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view kKind = "ingest_pipeline";

std::string now_text() { return index::format_date(base::wall_clock_ms(), "strict_date_optional_time"); }

std::string text_of(JsonValue value) {
  if (value.is_string()) return std::string(value.as_string());
  return value.exists() && !value.is_null() ? base::JsonWriter().value(value).take() : std::string();
}

/// `[docs] property isn't a list, but of type [java.lang.String]`, or that it is missing.
Error wrong_property(std::string_view name, JsonValue value, std::string_view wanted) {
  if (!value.exists()) return Error(ErrorCode::kParse, "[{}] required property is missing", name).with("property_name", name);
  return Error(ErrorCode::kParse, "[{}] property isn't a {}, but of type [{}]", name, wanted, java_type(JsonTree::from(value)))
      .with("property_name", name);
}

/// One of `docs` of a simulation.
Result<std::unique_ptr<IngestDocument>> simulated_document(JsonValue value, std::string_view timestamp) {
  if (!value.is_object()) return Error(ErrorCode::kIllegalArgument, "malformed [docs] section, should include an inner object");
  if (!value["_source"].is_object()) return wrong_property("_source", value["_source"], "map");
  const std::string index = value["_index"].exists() ? text_of(value["_index"]) : "_index";
  const std::string id = value["_id"].exists() ? text_of(value["_id"]) : "_id";
  auto document =
      std::make_unique<IngestDocument>(JsonTree::from(value["_source"]), index, id, text_of(value["_routing"]), timestamp);
  for (const auto [key, member] : value.as_object()) {
    if (key == "_version" && member.is_integer()) document->ctx().set("_version", JsonTree(member.as_int64()));
    if (key == "_version_type" && member.is_string()) document->ctx().set("_version_type", member.as_string());
    if ((key == "_if_seq_no" || key == "_if_primary_term") && member.is_integer())
      document->ctx().set(std::string(key), JsonTree(member.as_int64()));
  }
  return document;
}

}  // namespace

Result<std::unique_ptr<PipelineService>> PipelineService::load(index::Catalog& catalog, inference::InferenceService* inference) {
  std::unique_ptr<PipelineService> service(new PipelineService(catalog, inference));
  ASSIGN_OR_RETURN(const auto records, catalog.records(kKind));
  for (const auto& [id, text] : records) {
    ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::parse(text));
    Entry entry{JsonTree::from(document.root()), nullptr};
    ASSIGN_OR_RETURN(entry.pipeline, Pipeline::create(id, entry.body));
    service->pipelines_.emplace(id, std::move(entry));
  }
  return service;
}

Status PipelineService::check_version(std::string_view id, const JsonTree& body, int64_t if_version) const {
  const auto version_of = [](const JsonTree& tree) {
    const JsonTree* const version = tree.find("version");
    return version != nullptr && version->is_integer() ? std::optional(version->as_int64()) : std::nullopt;
  };
  const auto at = pipelines_.find(id);
  if (at == pipelines_.end())
    return Error(ErrorCode::kIllegalArgument, "version conflict, required version [{}] for pipeline [{}] but no pipeline was found",
                 if_version, id);
  const std::optional<int64_t> current = version_of(at->second.body);
  if (current != if_version)
    return Error(ErrorCode::kIllegalArgument,
                 "version conflict, required version [{}] for pipeline [{}] but current version is [{}]", if_version, id,
                 current ? std::to_string(*current) : "null");
  if (version_of(body) == if_version)
    return Error(ErrorCode::kIllegalArgument, "cannot update pipeline [{}] with the same version [{}]", id, if_version);
  return {};
}

Status PipelineService::put(std::string_view id, JsonValue body, std::optional<int64_t> if_version) {
  Entry entry{JsonTree::from(body), nullptr};
  ASSIGN_OR_RETURN(entry.pipeline, Pipeline::create(id, entry.body));
  const std::lock_guard lock(mutex_);
  if (if_version) {
    RETURN_IF_ERROR(check_version(id, entry.body, *if_version));
    if (entry.body.find("version") == nullptr) entry.body.set("version", JsonTree(*if_version + 1));
  }
  RETURN_IF_ERROR(catalog_.put_record(kKind, id, entry.body.to_json()));
  pipelines_[std::string(id)] = std::move(entry);
  return {};
}

Status PipelineService::remove(std::string_view pattern) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [id, entry] : pipelines_) {
    if (base::matches_wildcard(pattern, id)) ids.push_back(id);
  }
  if (ids.empty() && pattern != "*") return Error(ErrorCode::kResourceNotFound, "pipeline [{}] is missing", pattern);
  for (const std::string& id : ids) {
    for (const auto& index : catalog_.all()) {
      for (const char* const kind : {"index.default_pipeline", "index.final_pipeline"}) {
        const auto at = index->settings.flat.find(kind);
        if (at == index->settings.flat.end() || at->second != id) continue;
        return Error(ErrorCode::kIllegalArgument,
                     "pipeline [{}] cannot be deleted because it is the {} for 1 index(es) including [{}]", id,
                     std::string_view(kind) == "index.default_pipeline" ? "default pipeline" : "final pipeline", index->name);
      }
    }
  }
  for (const std::string& id : ids) {
    RETURN_IF_ERROR(catalog_.remove_record(kKind, id));
    pipelines_.erase(id);
  }
  return {};
}

std::map<std::string, JsonTree> PipelineService::get(std::string_view ids) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, JsonTree> found;
  for (std::string_view rest = ids.empty() ? std::string_view("*") : ids; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    for (const auto& [id, entry] : pipelines_) {
      if (base::matches_wildcard(rest.substr(0, comma), id)) found.emplace(id, entry.body);
    }
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return found;
}

std::shared_ptr<const Pipeline> PipelineService::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto at = pipelines_.find(id);
  return at == pipelines_.end() ? nullptr : at->second.pipeline;
}

std::vector<std::string> PipelineService::using_inference(std::string_view inference_id) const {
  std::vector<std::string> users;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : pipelines_) {
    const std::vector<std::string> used = entry.pipeline->inference_ids();
    if (std::find(used.begin(), used.end(), inference_id) != used.end()) users.push_back(id);
  }
  return users;
}

PipelineRun PipelineService::make_run(const base::Cancellation& cancellation) const {
  PipelineRun run;
  run.inference = inference_;
  run.find = [this](std::string_view id) { return find(id); };
  run.cancellation = cancellation;
  return run;
}

void PipelineService::run_stage(std::vector<IngestItem>& items, std::vector<std::unique_ptr<IngestDocument>>& documents,
                                bool final_stage, PipelineRun& run) const {
  std::map<std::string, std::vector<size_t>> by_pipeline;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string& id = final_stage ? items[i].final_pipeline : items[i].first_pipeline;
    if (documents[i] != nullptr && !items[i].failure && !documents[i]->dropped && !id.empty()) by_pipeline[id].push_back(i);
  }
  for (const auto& [id, places] : by_pipeline) {
    const auto pipeline = find(id);
    std::vector<IngestDocument*> batch;
    for (const size_t i : places) batch.push_back(documents[i].get());
    std::vector<std::optional<Error>> failures(batch.size());
    if (pipeline == nullptr) {
      for (auto& failure : failures) failure = Error(ErrorCode::kIllegalArgument, "pipeline with id [{}] does not exist", id);
    } else {
      pipeline->run(batch, run, failures);
    }
    for (size_t k = 0; k < places.size(); ++k) {
      if (final_stage && !failures[k] && batch[k]->metadata("_index") != items[places[k]].index) {
        failures[k] = Error(ErrorCode::kIllegalState, "final pipeline [{}] can't change the target index", id);
      }
      items[places[k]].failure = std::move(failures[k]);
    }
  }
}

void PipelineService::run(std::vector<IngestItem>& items, const base::Cancellation& cancellation) const {
  PipelineRun run = make_run(cancellation);
  const std::string timestamp = now_text();
  std::vector<std::unique_ptr<IngestDocument>> documents(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    const auto parsed = JsonDocument::parse(items[i].source);
    if (!parsed) {
      items[i].failure = parsed.error();
    } else if (!parsed->root().is_object()) {
      items[i].failure = Error(ErrorCode::kParse, "a document must be an object");
    } else {
      documents[i] = std::make_unique<IngestDocument>(JsonTree::from(parsed->root()), items[i].index, items[i].id, items[i].routing,
                                                      timestamp);
    }
  }
  run_stage(items, documents, false, run);
  for (size_t i = 0; i < items.size(); ++i) {
    if (documents[i] == nullptr || items[i].failure) continue;
    const std::string index = documents[i]->metadata("_index");
    if (index == items[i].index || index.empty()) continue;
    items[i].index = index;
    const auto target = catalog_.find(index);
    const auto final_pipeline = target == nullptr ? std::string() : [&] {
      const auto at = target->settings.flat.find("index.final_pipeline");
      return at == target->settings.flat.end() || at->second == "_none" ? std::string() : at->second;
    }();
    items[i].final_pipeline = final_pipeline;
  }
  run_stage(items, documents, true, run);
  for (size_t i = 0; i < items.size(); ++i) {
    if (documents[i] == nullptr || items[i].failure) continue;
    items[i].dropped = documents[i]->dropped;
    items[i].executed = documents[i]->executed;
    items[i].id = documents[i]->metadata("_id");
    items[i].routing = documents[i]->metadata("_routing");
    items[i].source = documents[i]->source().to_json();
  }
}

PipelineService::SimulatedStep PipelineService::kept(const StepReport& report) {
  SimulatedStep step;
  step.type = report.type;
  step.tag = report.tag;
  step.description = report.description;
  step.condition = report.condition;
  step.status = report.status;
  if (report.document != nullptr) step.document = std::make_unique<IngestDocument>(*report.document);
  if (report.failure != nullptr) step.failure = *report.failure;
  return step;
}

Result<std::vector<PipelineService::SimulatedDocument>> PipelineService::simulate(std::string_view id, JsonValue body,
                                                                                  Detail detail,
                                                                                  const base::Cancellation& cancellation) const {
  std::shared_ptr<const Pipeline> pipeline;
  if (body["pipeline"].exists() && id.empty()) {
    ASSIGN_OR_RETURN(pipeline, Pipeline::create("_simulate_pipeline", JsonTree::from(body["pipeline"])));
  } else if (id.empty()) {
    return Error(ErrorCode::kParse, "[pipeline] required property is missing").with("property_name", "pipeline");
  } else {
    pipeline = find(id);
    if (pipeline == nullptr) return Error(ErrorCode::kIllegalArgument, "pipeline [{}] does not exist", id);
  }
  if (!body["docs"].is_array()) return wrong_property("docs", body["docs"], "list");
  PipelineRun run = make_run(cancellation);
  const std::string timestamp = now_text();
  std::vector<SimulatedDocument> results;
  for (const JsonValue one : body["docs"].as_array()) {
    ASSIGN_OR_RETURN(auto document, simulated_document(one, timestamp));
    SimulatedDocument& result = results.emplace_back();
    std::optional<Error> failure;
    IngestDocument* const pointer = document.get();
    if (detail == Detail::kEachStep) run.trace = [&](const StepReport& report) { result.steps.push_back(kept(report)); };
    pipeline->run({&pointer, 1}, run, {&failure, 1});
    if (detail == Detail::kEachStep) continue;
    const bool shown = !failure && !document->dropped;
    SimulatedStep& outcome = result.steps.emplace_back();
    outcome.document = shown ? std::move(document) : nullptr;
    outcome.failure = std::move(failure);
  }
  if (results.empty()) return Error(ErrorCode::kIllegalArgument, "must specify at least one document in [docs]");
  return results;
}

}  // namespace selene::ingest
