#include "ingest/pipelines/processors/processors.h"
#include "ingest/scripts/script.h"

namespace selene::ingest {

namespace {

/// `ctx` is source and metadata in one.
class ScriptProcessor final : public DocumentProcessor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    base::JsonTree body = base::JsonTree::object();
    for (const char* const name : {"source", "params", "lang", "id"}) {
      if (std::optional<base::JsonTree> value = config.take(name)) body.set(name, *std::move(value));
    }
    const std::string text = body.to_json();
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(text));
    auto made = std::make_unique<ScriptProcessor>();
    ASSIGN_OR_RETURN(made->script_, Script::compile(document.root()));
    return ProcessorPtr(std::move(made));
  }
  base::Status process(IngestDocument& document) const override {
    RETURN_IF_ERROR(script_->run(document.ctx()));
    return {};
  }

 private:
  std::shared_ptr<const Script> script_;
};

}  // namespace

base::Result<ProcessorPtr> create_script(ProcessorConfig& config) { return ScriptProcessor::create(config); }

}  // namespace selene::ingest
