#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/json_text_cursor.h"

namespace selene::index {

/// Where field types put the values of one document. One thread.
class ValueSink {
 public:
  ValueSink(const base::JsonDocument& json, ParsedDocument& document) : json_(json), cursor_(json), document_(document) {}

  void add_text(const MappedField& field, std::string_view text) { document_.values.push_back({&field, text, 0}); }
  void add_number(const MappedField& field, int64_t number) { document_.values.push_back({&field, {}, number}); }
  /// Notes that a value of the field was dropped (`_ignored`).
  void ignore(const MappedField& field) { document_.ignored.push_back(field.name); }
  /// Keeps a text as long as the ParsedDocument.
  std::string_view own(std::string text) {
    document_.owned.push_back(std::make_unique<std::string>(std::move(text)));
    return *document_.owned.back();
  }
  /// A scalar as text: a string unescaped, a number with the digits it was sent with.  REQUIRES: no object, array or null.
  std::string_view text(base::JsonValue value);
  const base::JsonDocument& json() const { return json_; }

 private:
  const base::JsonDocument& json_;
  JsonTextCursor cursor_;
  ParsedDocument& document_;
};

}  // namespace selene::index
