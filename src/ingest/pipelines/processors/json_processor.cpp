#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;

/// Source: Elasticsearch, JsonProcessor.
class JsonProcessor final : public DocumentProcessor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<JsonProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text("field"));
    ASSIGN_OR_RETURN(const auto target, config.optional_text("target_field"));
    made->target_ = target.value_or(made->field_);
    ASSIGN_OR_RETURN(made->add_to_root_, config.boolean("add_to_root", false));
    ASSIGN_OR_RETURN(const std::string strategy, config.text("add_to_root_conflict_strategy", "replace"));
    if (strategy != "replace" && strategy != "merge")
      return config.fault("add_to_root_conflict_strategy",
                          base::format("conflict strategy [{}] not supported, cannot convert field.", strategy));
    made->merges_ = strategy == "merge";
    (void)config.take("allow_duplicate_keys");
    (void)config.take("strict_json_parsing");
    if (made->add_to_root_ && target)
      return config.fault("target_field", "Cannot set a target field while also setting `add_to_root` to true");
    return ProcessorPtr(std::move(made));
  }

  base::Status process(IngestDocument& document) const override {
    ASSIGN_OR_RETURN(const JsonTree* const value, document.get(field_));
    JsonTree parsed = *value;
    if (value->is_string()) {
      const auto json = base::JsonDocument::parse(value->as_string());
      if (!json) return Error(ErrorCode::kIllegalArgument, "{}", json.error().reason()).with_cause(json.error());
      parsed = JsonTree::from(json->root());
    }
    if (!add_to_root_) return document.set(target_, std::move(parsed));
    if (!parsed.is_object()) return Error(ErrorCode::kIllegalArgument, "cannot add non-map fields to root of document");
    for (JsonTree::Member& member : parsed.as_object()) add(document.ctx(), std::move(member));
    return {};
  }

 private:
  void add(JsonTree& object, JsonTree::Member member) const {
    JsonTree* const present = object.find(member.key);
    if (!merges_ || present == nullptr || !present->is_object() || !member.value.is_object()) {
      object.set(member.key, std::move(member.value));
      return;
    }
    for (JsonTree::Member& inner : member.value.as_object()) add(*present, std::move(inner));
  }

  std::string field_;
  std::string target_;
  bool add_to_root_ = false;
  bool merges_ = false;
};

}  // namespace

base::Result<ProcessorPtr> create_json(ProcessorConfig& config) { return JsonProcessor::create(config); }

}  // namespace selene::ingest
