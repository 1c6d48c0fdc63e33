#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping_tree.h"

namespace selene::index {

/// Collects what a document's unknown fields add to the mapping. One thread.
class DynamicFields {
 public:
  explicit DynamicFields(const Mapping& mapping) : mapping_(mapping) {}

  /// A field for a scalar; the first value of a path decides. Errors: kIllegalArgument where a limit of the mapping is passed.
  base::Status add_field(const std::string& path, base::JsonValue value);
  /// An object; those around it are added with their fields. False if a template defines it: its members wait for that.
  base::Result<bool> add_object(const std::string& path);
  /// A change to a field that exists.
  void add_update(const std::string& path, std::string definition) { fields_.insert_or_assign(path, std::move(definition)); }

  /// JSON for Mapping::merge; empty if there is nothing new.
  std::string update() const;

 private:
  base::Status count_objects_above(const std::string& path);
  base::Status count(int32_t num_fields);

  const Mapping& mapping_;
  std::map<std::string, std::string> fields_;   ///< full path -> definition
  std::set<std::string, std::less<>> objects_;  ///< new ones
  int32_t num_new_ = 0;
};

/// Whether dynamic mapping makes a dense_vector of an array: 128 to 4096 numbers, all of them fractions.
bool is_dynamic_vector(base::JsonValue array);

/// The definition that dynamic mapping gives a value (no object or null; of arrays vectors alone) at `path`: that of the first
/// template that fits, else text with a keyword sub-field or a date for strings, long, float, boolean.
std::string dynamic_definition(const RootDefinition& root, std::string_view path, base::JsonValue value);

}  // namespace selene::index
