#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

constexpr ProcessorEntry kTypes[] = {
    {"append", &create_append}, {"convert", &create_convert}, {"date", &create_date},           {"drop", &create_drop},
    {"fail", &create_fail},     {"foreach", &create_foreach}, {"gsub", &create_gsub},           {"inference", &create_inference},
    {"join", &create_join},     {"json", &create_json},       {"lowercase", &create_lowercase}, {"pipeline", &create_pipeline},
    {"remove", &create_remove}, {"rename", &create_rename},   {"script", &create_script},       {"set", &create_set},
    {"split", &create_split},   {"trim", &create_trim},       {"uppercase", &create_uppercase},
};

}  // namespace

std::span<const ProcessorEntry> processor_types() { return kTypes; }

base::Result<ProcessorPtr> create_processor(std::string_view type, ProcessorConfig& config) {
  for (const ProcessorEntry& entry : kTypes) {
    if (entry.type == type) return entry.create(config);
  }
  return base::Error(base::ErrorCode::kParse, "No processor type exists with name [{}]", type).with("processor_type", type);
}

}  // namespace selene::ingest
