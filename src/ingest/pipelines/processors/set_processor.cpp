#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

using base::JsonTree;

/// Source: Elasticsearch, SetProcessor.
class SetProcessor final : public DocumentProcessor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<SetProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text_template("field"));
    ASSIGN_OR_RETURN(made->copy_from_, config.text("copy_from", ""));
    ASSIGN_OR_RETURN(made->override_, config.boolean("override", true));
    ASSIGN_OR_RETURN(made->ignore_empty_, config.boolean("ignore_empty_value", false));
    ASSIGN_OR_RETURN(const std::string media_type, config.text("media_type", "application/json"));
    std::optional<JsonTree> value = config.take("value");
    if (made->copy_from_.empty()) {
      if (!value) return config.fault("value", "required property is missing");
      ASSIGN_OR_RETURN(made->value_, ValueTemplate::compile(*std::move(value)));
    } else if (value) {
      return config.fault("copy_from", "cannot set both `copy_from` and `value` in the same processor");
    }
    return ProcessorPtr(std::move(made));
  }

  base::Status process(IngestDocument& document) const override {
    const std::string field = field_.render(document);
    if (!override_) {
      if (const auto present = document.get(field); present && !(*present)->is_null()) return {};
    }
    JsonTree value;
    if (copy_from_.empty()) {
      value = value_.render(document);
    } else {
      const auto source = document.get(copy_from_);
      if (!source && ignore_empty_) return {};
      if (!source) return source.error();
      value = **source;
    }
    if (ignore_empty_ && (value.is_null() || (value.is_string() && value.as_string().empty()))) return {};
    return document.set(field, std::move(value));
  }

 private:
  TextTemplate field_;
  ValueTemplate value_;
  std::string copy_from_;
  bool override_ = true;
  bool ignore_empty_ = false;
};

}  // namespace

base::Result<ProcessorPtr> create_set(ProcessorConfig& config) { return SetProcessor::create(config); }

}  // namespace selene::ingest
