#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

/// `field`, `target_field` and `ignore_missing` around something done to a text, or to each text of a list. Source:
/// Elasticsearch, AbstractStringProcessor.
class TextProcessor final : public DocumentProcessor {
 public:
  using Change = std::function<base::Result<base::JsonTree>(const std::string& text)>;
  static base::Result<ProcessorPtr> create(ProcessorConfig& config, Change change);
  base::Status process(IngestDocument& document) const override;

 private:
  base::Result<base::JsonTree> changed(const base::JsonTree& value) const;

  std::string field_;
  std::string target_;
  bool ignore_missing_ = false;
  Change change_;
};

}  // namespace selene::ingest
