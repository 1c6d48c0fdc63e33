#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/json_document.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/json_text_cursor.h"

namespace selene::index {

/// Where field types put the values of one document. One thread.
class ValueSink {
 public:
  ValueSink(const base::JsonDocument& json, ParsedDocument& document)
      : json_(json), cursor_(json), document_(document), values_(&document.values) {}

  void add_text(const MappedField& field, std::string_view text) { values_->push_back({&field, text, 0}); }
  void add_number(const MappedField& field, int64_t number) { values_->push_back({&field, {}, number}); }
  void add_feature(const MappedField& field, std::string_view feature, int64_t freq) {
    values_->push_back({&field, feature, freq});
  }
  /// `bytes` as vector_options.h lays them out; must live as long as the ParsedDocument.
  void add_vector(const MappedField& field, std::string_view bytes) { values_->push_back({&field, bytes, 0}); }
  /// How messages call the document: "document with id '1'".
  std::string document_description;
  /// Whether the current document has a value of the field already.
  bool has_value(const MappedField& field) const {
    return std::ranges::any_of(*values_, [&](const FieldValue& value) { return value.field == &field; });
  }
  /// Where values go from now on: those of the root or of a nested object. Gives where they went before.
  std::vector<FieldValue>* redirect(std::vector<FieldValue>* values) { return std::exchange(values_, values); }
  /// A mapping update that a field type asks for (constant_keyword takes its first value).
  void set_mapping_update(const MappedField& field, std::string definition) { updates_.emplace(field.name, std::move(definition)); }
  const std::map<std::string, std::string>& mapping_updates() const { return updates_; }
  /// Notes that a value of the field was dropped (`_ignored`).
  void ignore(const MappedField& field) { document_.ignored.push_back(field.name); }
  /// Part of a value is what is wrong with it: the error of the field speaks of that part.
  void blame(base::JsonValue part) { blamed_ = part; }
  std::optional<base::JsonValue> take_blamed() { return std::exchange(blamed_, std::nullopt); }
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
  std::vector<FieldValue>* values_;
  std::map<std::string, std::string> updates_;
  std::optional<base::JsonValue> blamed_;
};

}  // namespace selene::index
