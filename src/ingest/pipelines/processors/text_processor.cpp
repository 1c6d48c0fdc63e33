#include "ingest/pipelines/processors/text_processor.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;

Result<ProcessorPtr> TextProcessor::create(ProcessorConfig& config, Change change) {
  auto made = std::make_unique<TextProcessor>();
  ASSIGN_OR_RETURN(made->field_, config.text("field"));
  ASSIGN_OR_RETURN(made->target_, config.text("target_field", made->field_));
  ASSIGN_OR_RETURN(made->ignore_missing_, config.boolean("ignore_missing", false));
  made->change_ = std::move(change);
  return ProcessorPtr(std::move(made));
}

Result<JsonTree> TextProcessor::changed(const JsonTree& value) const {
  if (value.is_string()) return change_(value.as_string());
  if (!value.is_array()) {
    return Error(ErrorCode::kIllegalArgument, "field [{}] of type [{}] cannot be cast to [java.lang.String]", field_,
                 java_type(value));
  }
  JsonTree list = JsonTree::array();
  for (const JsonTree& element : value.as_array()) {
    if (!element.is_string()) {
      return Error(ErrorCode::kIllegalArgument, "value [{}] of type [{}] in list field [{}] cannot be cast to [java.lang.String]",
                   element.to_json(), java_type(element), field_);
    }
    ASSIGN_OR_RETURN(JsonTree one, change_(element.as_string()));
    list.as_array().push_back(std::move(one));
  }
  return list;
}

base::Status TextProcessor::process(IngestDocument& document) const {
  const auto value = document.get(field_);
  if (!value || (*value)->is_null()) {
    if (ignore_missing_) return {};
    if (!value) return value.error();
    return Error(ErrorCode::kIllegalArgument, "field [{}] is null, cannot process it.", field_);
  }
  ASSIGN_OR_RETURN(JsonTree made, changed(**value));
  return document.set(target_, std::move(made));
}

}  // namespace selene::ingest
