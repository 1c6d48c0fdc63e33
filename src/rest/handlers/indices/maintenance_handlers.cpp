#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

/// Runs `action` on every index of the path and answers with the shards it went to.
template <class Action>
base::Result<RestResponse> broadcast(const Services& services, const RestRequest& request, Action action) {
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  for (const auto& index : indices) RETURN_IF_ERROR(action(*index));
  base::JsonWriter out;
  out.begin_object();
  write_shards(out, indices);
  return json_response(out.end_object().take());
}

}  // namespace

base::Result<RestResponse> refresh(const Services& services, const RestRequest& request) {
  return broadcast(services, request, [](const index::Index& index) { return index.engine->refresh(); });
}

base::Result<RestResponse> flush(const Services& services, const RestRequest& request) {
  return broadcast(services, request, [](const index::Index& index) { return index.engine->flush(); });
}

base::Result<RestResponse> force_merge(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const int64_t wanted, request.int_param("max_num_segments", 1));
  if (wanted < 1 || wanted > 1000000) {
    return base::Error(base::ErrorCode::kIllegalArgument, "[max_num_segments] must be between [1] and [1000000] but was [{}]",
                       wanted);
  }
  return broadcast(services, request,
                   [&](const index::Index& index) { return index.engine->force_merge(static_cast<int32_t>(wanted)); });
}

base::Result<RestResponse> clear_cache(const Services& services, const RestRequest& request) {
  // Of the caches that may be named only the one of filters belongs to single indices; without a name all are meant.
  ASSIGN_OR_RETURN(bool clears_filters, request.bool_param("query", false));
  bool all = !clears_filters;
  for (const std::string_view other : {"fielddata", "request"}) {
    ASSIGN_OR_RETURN(const bool named, request.bool_param(other, false));
    all = all && !named;
  }
  clears_filters = clears_filters || all;
  return broadcast(services, request, [&](const index::Index& index) {
    if (clears_filters) services.searches.filter_cache().clear(index.uuid);
    return base::Status();
  });
}

}  // namespace selene::rest
