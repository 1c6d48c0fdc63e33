#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"

namespace selene::rest {

/// `_cluster/settings`: flat names to texts; persistent ones are kept as a record of the catalog, transient ones until the node
/// stops. Thread-safe.
class ClusterSettings {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;

  static base::Result<std::unique_ptr<ClusterSettings>> load(index::Catalog& catalog);

  /// The setting as it counts: transient before persistent before `fallback`.
  std::string get(std::string_view name, std::string_view fallback) const;
  bool get_bool(std::string_view name, bool fallback) const;
  int64_t get_integer(std::string_view name, int64_t fallback) const;
  Map persistent() const;
  Map transient() const;

  /// `body`: {"persistent":{..},"transient":{..}}, nested or dotted; null removes (a `*` pattern too). All or nothing.
  /// Errors: kIllegalArgument (`persistent setting [x], not recognized`), kActionRequestValidation (`no settings to update`).
  base::Status update(base::JsonValue body);

  /// Whether a write may create index `name`: `action.auto_create_index` (true, false, or a list of `+a*`, `-b*`, `c*`).
  bool may_auto_create(std::string_view name) const;

 private:
  explicit ClusterSettings(index::Catalog& catalog) : catalog_(catalog) {}

  index::Catalog& catalog_;
  mutable std::mutex mutex_;
  Map persistent_;  // guarded by mutex_
  Map transient_;   // guarded by mutex_
};

/// {"a":{"b":1}} and {"a.b":1} as `a.b` -> "1"; arrays as comma lists, null as an empty optional.
std::map<std::string, std::optional<std::string>, std::less<>> flatten_settings(base::JsonValue settings);
/// The flat map as a nested JSON object (`nested`) or as it is.
std::string settings_json(const ClusterSettings::Map& flat, bool nested);

}  // namespace selene::rest
