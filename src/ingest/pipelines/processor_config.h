#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_tree.h"
#include "base/result.h"
#include "ingest/pipelines/value_template.h"

namespace selene::ingest {

/// The options of one processor. Each is taken out by its reader; what is left at the end is unknown. Errors: kParse
/// `[field] required property is missing`, `[field] property isn't a string, but of type [java.lang.Integer]`, with processor_type,
/// processor_tag and property_name. One thread.
class ProcessorConfig {
 public:
  ProcessorConfig(std::string_view type, std::string_view tag, base::JsonTree options)
      : type_(type), tag_(tag), options_(std::move(options)) {}

  base::Result<std::string> text(std::string_view name);
  base::Result<std::string> text(std::string_view name, std::string_view fallback);
  base::Result<std::optional<std::string>> optional_text(std::string_view name);
  base::Result<bool> boolean(std::string_view name, bool fallback);
  base::Result<TextTemplate> text_template(std::string_view name);
  /// One text or a list of texts.
  base::Result<std::vector<std::string>> texts(std::string_view name);
  /// The value as it is; empty if missing.
  std::optional<base::JsonTree> take(std::string_view name);
  base::Result<base::JsonTree> required(std::string_view name);
  base::Result<base::JsonTree> object(std::string_view name);

  base::Error fault(std::string_view name, std::string_view reason) const;
  /// Errors: `processor [set] doesn't support one or more provided configuration parameters [foo]`.
  base::Status finish() const;
  std::string_view type() const { return type_; }
  const std::string& tag() const { return tag_; }

 private:
  std::string type_;
  std::string tag_;
  base::JsonTree options_;
};

}  // namespace selene::ingest
