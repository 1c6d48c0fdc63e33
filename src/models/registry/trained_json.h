#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::models {

/// Takes the fields of one object, each once; a field of the wrong type and what nobody took are reported by `finish`.
/// One thread; the object must outlive it.
class FieldReader {
 public:
  /// `scope` is what messages call the object. A missing or null object reads as empty.
  FieldReader(base::JsonValue object, std::string_view scope);

  /// Any value; a missing one if absent.
  base::JsonValue value(std::string_view name);
  std::optional<std::string> text(std::string_view name);
  std::optional<bool> flag(std::string_view name);
  std::optional<int64_t> integer(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name);
  /// An object as JSON text; empty if absent.
  std::string object_text(std::string_view name);
  /// What nobody took yet, as a JSON object; empty text if nothing is left. All of it counts as taken.
  std::string take_others();
  /// Errors: kXContentParse naming the first fault: a field of the wrong type, or `[scope] unknown field [x]`.
  base::Status finish() const;

 private:
  void fault(std::string_view name, std::string_view expected);
  bool taken(std::string_view name) const;

  base::JsonValue object_;
  std::string scope_;
  std::vector<std::string_view> taken_;
  std::optional<base::Error> fault_;
};

/// What a request that is wrong in one point is answered with.
base::Error validation_failed(std::string_view reason);

}  // namespace selene::models
