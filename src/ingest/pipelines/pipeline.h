#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_tree.h"
#include "base/result.h"
#include "ingest/pipelines/processor.h"
#include "ingest/scripts/script.h"

namespace selene::ingest {

/// Processors in their order, each with its condition and what happens when it fails. Immutable, thread-safe.
class ProcessorList {
 public:
  /// `processors`: [{"set": {..}}, ...]. Errors: those of create_processor and of the options that all have.
  static base::Result<ProcessorList> create(const base::JsonTree& processors);
  /// The one processor of {"set": {..}}.
  static base::Result<ProcessorList> create_one(const base::JsonTree& entry);

  /// Runs all over all: documents that fail or are dropped take no further step. `failures` as of Processor::run.
  void run(std::span<IngestDocument* const> documents, PipelineRun& run, std::span<std::optional<base::Error>> failures) const;
  bool empty() const { return steps_.empty(); }
  void collect_inference_ids(std::vector<std::string>& ids) const;

 private:
  struct Step {
    std::string type;
    std::string tag;
    std::string description;
    ProcessorPtr processor;
    std::shared_ptr<const Script> condition;
    std::string condition_source;
    bool ignore_failure = false;
    std::unique_ptr<ProcessorList> on_failure;
  };
  static base::Result<Step> create_step(std::string_view type, const base::JsonTree& options);
  static void run_step(const Step& step, std::span<IngestDocument* const> documents, PipelineRun& run,
                       std::span<std::optional<base::Error>> failures);
  static void run_processor(const Step& step, std::span<IngestDocument* const> documents, PipelineRun& run,
                            std::span<std::optional<base::Error>> faults);
  static void report(const Step& step, StepReport::Status status, const IngestDocument* document, const base::Error* failure,
                     const PipelineRun& run);
  static void handle_failure(const Step& step, IngestDocument& document, PipelineRun& run, std::optional<base::Error>& failure);

  std::vector<Step> steps_;
};

/// Runs `handlers` on a document after `failure` of a processor, with `_ingest.on_failure_*` set while they run. Clears the
/// failure, or replaces it by that of a handler.
void run_failure_handlers(const ProcessorList& handlers, std::string_view type, std::string_view tag, IngestDocument& document,
                          PipelineRun& run, std::optional<base::Error>& failure);

/// A named pipeline. Immutable, thread-safe.
class Pipeline {
 public:
  /// `body`: {description, processors, on_failure, version, _meta, deprecated}. Errors: kParse, in Elasticsearch's words.
  static base::Result<std::shared_ptr<const Pipeline>> create(std::string_view id, const base::JsonTree& body);

  void run(std::span<IngestDocument* const> documents, PipelineRun& run, std::span<std::optional<base::Error>> failures) const;
  const std::string& id() const { return id_; }
  const ProcessorList& processors() const { return processors_; }
  std::vector<std::string> inference_ids() const;

 private:
  std::string id_;
  ProcessorList processors_;
  ProcessorList on_failure_;
};

}  // namespace selene::ingest
