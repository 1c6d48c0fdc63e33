#pragma once

#include "ingest/pipelines/processor.h"

namespace selene::ingest {

// One function a type, each in <type>_processor.cpp.
base::Result<ProcessorPtr> create_append(ProcessorConfig& config);
base::Result<ProcessorPtr> create_convert(ProcessorConfig& config);
base::Result<ProcessorPtr> create_date(ProcessorConfig& config);
base::Result<ProcessorPtr> create_drop(ProcessorConfig& config);
base::Result<ProcessorPtr> create_fail(ProcessorConfig& config);
base::Result<ProcessorPtr> create_foreach(ProcessorConfig& config);
base::Result<ProcessorPtr> create_gsub(ProcessorConfig& config);
base::Result<ProcessorPtr> create_inference(ProcessorConfig& config);
base::Result<ProcessorPtr> create_join(ProcessorConfig& config);
base::Result<ProcessorPtr> create_json(ProcessorConfig& config);
base::Result<ProcessorPtr> create_lowercase(ProcessorConfig& config);
base::Result<ProcessorPtr> create_pipeline(ProcessorConfig& config);
base::Result<ProcessorPtr> create_remove(ProcessorConfig& config);
base::Result<ProcessorPtr> create_rename(ProcessorConfig& config);
base::Result<ProcessorPtr> create_script(ProcessorConfig& config);
base::Result<ProcessorPtr> create_set(ProcessorConfig& config);
base::Result<ProcessorPtr> create_split(ProcessorConfig& config);
base::Result<ProcessorPtr> create_trim(ProcessorConfig& config);
base::Result<ProcessorPtr> create_uppercase(ProcessorConfig& config);

}  // namespace selene::ingest
