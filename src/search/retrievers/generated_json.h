#pragma once

#include <memory>
#include <string>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::search {

/// JSON that was not sent but made here (queries, sub-retrievers), with its text. Stays where it is: the document keeps a view.
class GeneratedJson {
 public:
  /// Errors: those of JsonDocument::parse.
  static base::Result<std::unique_ptr<GeneratedJson>> parse(std::string text) {
    auto made = std::make_unique<GeneratedJson>();
    made->text_ = std::move(text);
    RETURN_IF_ERROR(made->document_.reparse(made->text_));
    return made;
  }
  const base::JsonDocument& document() const { return document_; }
  base::JsonValue root() const { return document_.root(); }

 private:
  std::string text_;
  base::JsonDocument document_;
};

}  // namespace selene::search
