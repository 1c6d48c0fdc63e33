#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;

/// Source: Elasticsearch, RenameProcessor.
class RenameProcessor final : public DocumentProcessor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<RenameProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text_template("field"));
    ASSIGN_OR_RETURN(made->target_, config.text_template("target_field"));
    ASSIGN_OR_RETURN(made->ignore_missing_, config.boolean("ignore_missing", false));
    ASSIGN_OR_RETURN(made->override_, config.boolean("override", false));
    return ProcessorPtr(std::move(made));
  }
  base::Status process(IngestDocument& document) const override {
    const std::string path = field_.render(document);
    const auto value =
        path.empty() ? base::Result<const base::JsonTree*>(Error(ErrorCode::kIllegalArgument, "path cannot be null nor empty"))
                     : document.get(path);
    if (!value) {
      if (ignore_missing_) return {};
      return Error(ErrorCode::kIllegalArgument, "field [{}] doesn't exist", path);
    }
    const std::string target = target_.render(document);
    if (!override_ && document.has(target)) return Error(ErrorCode::kIllegalArgument, "field [{}] already exists", target);
    base::JsonTree moved = **value;
    RETURN_IF_ERROR(document.remove(path));
    return document.set(target, std::move(moved));
  }

 private:
  TextTemplate field_;
  TextTemplate target_;
  bool ignore_missing_ = false;
  bool override_ = false;
};

}  // namespace

base::Result<ProcessorPtr> create_rename(ProcessorConfig& config) { return RenameProcessor::create(config); }

}  // namespace selene::ingest
