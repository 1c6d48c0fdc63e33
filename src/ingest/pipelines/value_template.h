#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_tree.h"
#include "base/result.h"
#include "ingest/pipelines/ingest_document.h"

namespace selene::ingest {

/// A text with `{{path}}` and `{{{path}}}` in it, as ingest processors take it for names and values. What is missing stands for
/// nothing; lists and objects print as Java does. Immutable, thread-safe.
class TextTemplate {
 public:
  /// Errors: kIllegalArgument, a tag that is not closed or of another kind than a variable.
  static base::Result<TextTemplate> compile(std::string_view text);
  std::string render(const IngestDocument& document) const;
  /// Whether it says the same for every document.
  bool is_constant() const { return parts_.empty() || (parts_.size() == 1 && !parts_[0].is_path); }

 private:
  struct Part {
    std::string text;  ///< as it is, or a path
    bool is_path = false;
    bool escaped = false;  ///< two braces: quotes and control characters are escaped as in JSON
  };
  std::vector<Part> parts_;
};

/// A JSON value whose texts are templates.
class ValueTemplate {
 public:
  static base::Result<ValueTemplate> compile(base::JsonTree value);
  base::JsonTree render(const IngestDocument& document) const { return render(value_, document); }

 private:
  static base::JsonTree render(const base::JsonTree& value, const IngestDocument& document);
  base::JsonTree value_;
};

}  // namespace selene::ingest
