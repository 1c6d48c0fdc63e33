#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rest/cat_table.h"
#include "rest/handlers/indices/index_stats.h"

namespace selene::rest {

/// Whether each column of counters stands a second time, as that of primaries. A node has no other copies.
enum class PrimaryColumns : uint8_t { kNone, kToo };

/// Adds the counters of `_stats` that `_cat` tables show on request: `search.query_total` and so on.
void add_stat_columns(CatTable& table, PrimaryColumns primaries);
/// Adds their texts to a row.
void add_stat_cells(const IndexTotals& totals, PrimaryColumns primaries, const RestRequest& request, std::vector<std::string>& row);
/// The same for what has no counters: closed indices, copies that are nowhere.
void add_empty_stat_cells(PrimaryColumns primaries, std::vector<std::string>& row);

}  // namespace selene::rest
