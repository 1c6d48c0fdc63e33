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

/// One of `docs` of a simulation.
Result<std::unique_ptr<IngestDocument>> simulated_document(JsonValue value, std::string_view timestamp) {
  if (!value.is_object()) return Error(ErrorCode::kParse, "[docs] must hold objects");
  if (!value["_source"].is_object())
    return Error(ErrorCode::kParse, "[_source] required property is missing").with("property_name", "_source");
  const std::string index = value["_index"].exists() ? text_of(value["_index"]) : "_index";
  const std::string id = value["_id"].exists() ? text_of(value["_id"]) : "_id";
  auto document =
      std::make_unique<IngestDocument>(JsonTree::from(value["_source"]), index, id, text_of(value["_routing"]), timestamp);
  for (const auto [key, member] : value.as_object()) {
    if (key == "_version" && member.is_integer()) document->ctx().set("_version", JsonTree(member.as_int64()));
    if (key == "_version_type" && member.is_string()) document->ctx().set("_version_type", member.as_string());
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

Status PipelineService::put(std::string_view id, JsonValue body) {
  Entry entry{JsonTree::from(body), nullptr};
  ASSIGN_OR_RETURN(entry.pipeline, Pipeline::create(id, entry.body));
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(catalog_.put_record(kKind, id, base::JsonWriter().value(body).text()));
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
  if (!body["docs"].is_array())
    return Error(ErrorCode::kParse, "[docs] required property is missing").with("property_name", "docs");
  PipelineRun run = make_run(cancellation);
  const std::string timestamp = now_text();
  std::vector<SimulatedDocument> results;
  for (const JsonValue one : body["docs"].as_array()) {
    ASSIGN_OR_RETURN(auto document, simulated_document(one, timestamp));
    SimulatedDocument& result = results.emplace_back();
    std::optional<Error> failure;
    IngestDocument* const pointer = document.get();
    if (detail == Detail::kOutcome) {
      pipeline->run({&pointer, 1}, run, {&failure, 1});
      const bool shown = !failure && !document->dropped;
      result.steps.push_back({{}, {}, shown ? std::move(document) : nullptr, std::move(failure)});
      continue;
    }
    document->pipelines.push_back(pipeline->id());
    document->ingest().set("pipeline", pipeline->id());
    for (size_t i = 0; i < pipeline->processors().size() && !failure && !document->dropped; ++i) {
      pipeline->processors().run_step(i, {&pointer, 1}, run, {&failure, 1});
      const bool shown = !failure && !document->dropped;
      result.steps.push_back({std::string(pipeline->processors().type_of(i)), pipeline->processors().tag_of(i),
                              shown ? std::make_unique<IngestDocument>(*document) : nullptr, failure});
    }
  }
  if (results.empty()) return Error(ErrorCode::kIllegalArgument, "must specify at least one document in [docs]");
  return results;
}

}  // namespace selene::ingest
