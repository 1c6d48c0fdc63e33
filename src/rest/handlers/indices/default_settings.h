#pragma once

#include <string>
#include <string_view>

#include "index/catalog/catalog.h"
#include "rest/handlers/indices/index_json.h"

namespace selene::rest {

/// What counts where the settings of `index` say nothing. `names`: comma list of patterns of flat names; empty: all.
std::string default_settings_json(const index::Index& index, SettingsForm form, std::string_view names);

}  // namespace selene::rest
