#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::inference {

/// Collects what is wrong with a request or a settings object; Elasticsearch answers all faults in one text,
/// `Validation Failed: 1: a;2: b;`. One thread.
class Validation {
 public:
  void add(std::string fault) { faults_.push_back(std::move(fault)); }
  bool ok() const { return faults_.empty(); }
  /// Success, or all faults as one error of `code`.
  base::Status status(base::ErrorCode code) const;

 private:
  std::vector<std::string> faults_;
};

/// Reads one settings object key by key; what nobody asked for is left over and refused. Faults go to the Validation with
/// Elasticsearch's words. `scope` is "service_settings" or "task_settings". The object must outlive the reader. One thread.
class SettingsReader {
 public:
  /// A missing or null `object` reads as empty.
  SettingsReader(base::JsonValue object, std::string_view scope, Validation& validation);

  std::optional<std::string> optional_string(std::string_view key);
  std::string required_string(std::string_view key);
  /// One of `words` (lower case, in their order in messages), in lower or upper case; as it was given.
  std::optional<std::string> optional_word(std::string_view key, std::span<const std::string_view> words);
  std::optional<bool> optional_bool(std::string_view key);
  /// An integer >= 1.
  std::optional<int32_t> optional_positive(std::string_view key);
  std::optional<int32_t> required_positive(std::string_view key);
  /// An integer >= 0.
  std::optional<int32_t> optional_non_negative(std::string_view key);
  /// An object; a missing value if absent.
  base::JsonValue optional_object(std::string_view key);
  /// Any value, taken out.
  base::JsonValue take(std::string_view key);

  /// The keys nobody took, printed as Java prints a map: `{foo=1, bar=[a, b]}`; empty if none is left.
  std::string leftovers() const;

 private:
  std::optional<int32_t> optional_integer(std::string_view key, int64_t least, std::string_view rule);

  base::JsonValue object_;
  std::string scope_;
  Validation& validation_;
  std::vector<std::string_view> taken_;
};

/// A value as Java's toString prints it: `x`, `1`, `true`, `{a=1}`, `[1, 2]`, `null`.
std::string java_text(base::JsonValue value);

/// kStatusBadRequest `Configuration contains settings [{foo=1}] unknown to the [cohere] service`.
base::Error unknown_settings_error(std::string_view leftovers, std::string_view service);

}  // namespace selene::inference
