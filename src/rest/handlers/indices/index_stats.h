#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "rest/handlers/services.h"
#include "search/exec/filter_cache.h"

namespace selene::rest {

/// What one index is and what was done to it, or several taken together.
struct IndexTotals {
  index::EngineStats engine;
  index::OperationTotals operations;
  search::FilterCacheStats query_cache;
  int64_t shards = 0;

  IndexTotals& operator+=(const IndexTotals& other);
};
IndexTotals totals_of(const Services& services, const index::Index& index);
IndexTotals totals_of(const Services& services, const std::vector<std::shared_ptr<index::Index>>& indices);

/// Names of metrics that a request asks for; all if it names none.
class StatsMetrics {
 public:
  /// `list`: part of the path of `request`; `kind`: what its names are called (`metric`, `index metric`). Errors: kIllegalArgument
  /// `request [/i/_stats/foo] contains unrecognized metric: [foo]`.
  static base::Result<StatsMetrics> parse(const RestRequest& request, std::string_view list, std::string_view kind,
                                          std::span<const std::string_view> known);
  bool all() const { return names_.empty() || names_.front() == "_all"; }
  bool has(std::string_view name) const;

 private:
  std::vector<std::string> names_;
};

/// Those of indices, sorted.
std::span<const std::string_view> index_metrics();

/// "docs":{..},"store":{..},.. within an object.
void write_stats_sections(base::JsonWriter& out, const IndexTotals& totals, const StatsMetrics& metrics);
/// {"docs":{..},"store":{..},..}
void write_index_stats(base::JsonWriter& out, const IndexTotals& totals, const StatsMetrics& metrics);

}  // namespace selene::rest
