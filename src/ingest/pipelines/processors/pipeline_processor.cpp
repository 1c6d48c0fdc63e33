#include <map>

#include "ingest/pipelines/pipeline.h"
#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;

/// Another pipeline inside this one. Source: Elasticsearch, PipelineProcessor.
class PipelineProcessor final : public Processor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<PipelineProcessor>();
    ASSIGN_OR_RETURN(made->name_, config.text_template("name"));
    ASSIGN_OR_RETURN(made->ignore_missing_, config.boolean("ignore_missing_pipeline", false));
    return ProcessorPtr(std::move(made));
  }

  void run(std::span<IngestDocument* const> documents, PipelineRun& run, std::span<std::optional<Error>> failures) const override {
    std::map<std::string, std::vector<size_t>> by_name;
    for (size_t i = 0; i < documents.size(); ++i) by_name[name_.render(*documents[i])].push_back(i);
    for (const auto& [name, places] : by_name) {
      const auto pipeline = run.find(name);
      if (pipeline == nullptr) {
        if (ignore_missing_) continue;
        for (const size_t i : places)
          failures[i] = Error(ErrorCode::kIllegalState, "Pipeline processor configured for non-existent pipeline [{}]", name);
        continue;
      }
      std::vector<IngestDocument*> batch;
      for (const size_t i : places) batch.push_back(documents[i]);
      std::vector<std::optional<Error>> faults(batch.size());
      pipeline->run(batch, run, faults);
      for (size_t k = 0; k < places.size(); ++k) failures[places[k]] = std::move(faults[k]);
    }
  }

 private:
  TextTemplate name_;
  bool ignore_missing_ = false;
};

}  // namespace

base::Result<ProcessorPtr> create_pipeline(ProcessorConfig& config) { return PipelineProcessor::create(config); }

}  // namespace selene::ingest
