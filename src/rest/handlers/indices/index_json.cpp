#include "rest/handlers/indices/index_json.h"

#include <algorithm>

#include "base/wildcard.h"
#include "rest/cluster_settings.h"
#include "rest/handlers/support.h"

namespace selene::rest {

std::string index_settings_json(const index::Index& index, SettingsForm form, std::string_view names) {
  ClusterSettings::Map shown;
  const std::vector<std::string> patterns = split_list(names);
  for (const auto& [name, value] : index.settings.flat) {
    const bool wanted = patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                                        [&, setting = std::string_view(name)](const std::string& pattern) {
                                                          return pattern == "_all" || base::matches_wildcard(pattern, setting);
                                                        });
    if (wanted) shown.emplace(name, value);
  }
  return settings_json(shown, form == SettingsForm::kNested);
}

void write_aliases(base::JsonWriter& out, const std::map<std::string, index::AliasInfo>& aliases) {
  out.begin_object();
  for (const auto& [name, info] : aliases) {
    out.key(name);
    info.write_json(out);
  }
  out.end_object();
}

}  // namespace selene::rest
