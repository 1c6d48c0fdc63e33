#include "search/query/filter_context.h"

#include "index/catalog/index_settings.h"
#include "search/exec/cached_filter_weight.h"

namespace selene::search {
namespace {

bool caches_filters(const BindContext& context) {
  if (context.filter_cache == nullptr) return false;
  if (context.settings == nullptr) return true;
  const auto enabled = context.settings->flat.find("index.queries.cache.enabled");
  return enabled == context.settings->flat.end() || enabled->second != "false";
}

}  // namespace

base::Result<WeightPtr> bind_filter(const Query& query, const BindContext& context) {
  ASSIGN_OR_RETURN(WeightPtr weight, query.weight(context, ScoreMode::kNone, 1));
  if (!caches_filters(context)) return weight;
  return CachedFilterWeight::wrap(std::move(weight), context.snapshot, *context.filter_cache);
}

base::Result<WeightPtr> bind_in_mode(const Query& query, const BindContext& context, ScoreMode mode, float boost) {
  return mode == ScoreMode::kNone ? bind_filter(query, context) : query.weight(context, mode, boost);
}

}  // namespace selene::search
