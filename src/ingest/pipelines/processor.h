#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_tree.h"
#include "base/result.h"
#include "inference/endpoints/inference_service.h"
#include "ingest/pipelines/ingest_document.h"
#include "ingest/pipelines/processor_config.h"

namespace selene::ingest {

class Pipeline;

/// What became of a document at one processor.
struct StepReport {
  enum class Status : uint8_t { kSuccess, kSkipped, kDropped, kError, kErrorIgnored };
  std::string_view type;
  std::string_view tag;          ///< empty: none
  std::string_view description;  ///< empty: none
  std::string_view condition;    ///< the source of `if`; empty: none
  Status status = Status::kSuccess;
  const IngestDocument* document = nullptr;  ///< as it is behind the processor; null: not shown
  const base::Error* failure = nullptr;      ///< of kError and kErrorIgnored
};

/// What a run of pipelines has at hand.
struct PipelineRun {
  inference::InferenceService* inference = nullptr;  ///< null: none, and inference fails
  std::function<std::shared_ptr<const Pipeline>(std::string_view id)> find;
  base::Cancellation cancellation;
  /// Told of each step, those of handlers and of called pipelines included. Empty: nobody asks; else the run is of one document.
  std::function<void(const StepReport&)> trace;
};

/// One step of a pipeline. Works on a batch, so that calls to models can be shared; most work document by document. Immutable,
/// thread-safe.
class Processor {
 public:
  virtual ~Processor() = default;
  /// `failures[i]` is that of `documents[i]`; empty: it went well. A failed document may be half changed.
  virtual void run(std::span<IngestDocument* const> documents, PipelineRun& run,
                   std::span<std::optional<base::Error>> failures) const = 0;
  /// Inference ids that it uses, and those of processors inside it.
  virtual void collect_inference_ids(std::vector<std::string>& /*ids*/) const {}
};
using ProcessorPtr = std::unique_ptr<const Processor>;

/// A processor that looks at one document at a time.
class DocumentProcessor : public Processor {
 public:
  void run(std::span<IngestDocument* const> documents, PipelineRun& run,
           std::span<std::optional<base::Error>> failures) const final;
  virtual base::Status process(IngestDocument& document) const = 0;
};

/// A type of processor and what reads its configuration.
struct ProcessorEntry {
  std::string_view type;
  base::Result<ProcessorPtr> (*create)(ProcessorConfig& config);
};
/// Errors: kParse `No processor type exists with name [x]`, those of its configuration.
base::Result<ProcessorPtr> create_processor(std::string_view type, ProcessorConfig& config);
/// All types, sorted.
std::span<const ProcessorEntry> processor_types();

}  // namespace selene::ingest
