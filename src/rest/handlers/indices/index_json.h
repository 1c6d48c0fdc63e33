#pragma once

#include <string>

#include "base/json/json_writer.h"
#include "index/catalog/catalog.h"

namespace selene::rest {

/// Whether settings are shown as `{"index":{"number_of_shards":"1"}}` or as `{"index.number_of_shards":"1"}`.
enum class SettingsForm : uint8_t { kNested, kFlat };

/// The settings object of one index. `names`: comma list of patterns of flat names; empty: all.
std::string index_settings_json(const index::Index& index, SettingsForm form, std::string_view names);
/// {"alias":{"filter":..,"is_write_index":..}}
void write_aliases(base::JsonWriter& out, const std::map<std::string, index::AliasInfo>& aliases);

}  // namespace selene::rest
