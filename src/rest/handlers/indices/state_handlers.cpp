#include <algorithm>

#include "rest/comma_list.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kBlocks[] = {"metadata", "read", "read_only", "write"};

base::Status check_destructive(const Services& services, const RestRequest& request) {
  if (!names_many(request.path_param("index"))) return {};
  if (!services.cluster_settings.get_bool("action.destructive_requires_name", true)) return {};
  return Error(ErrorCode::kIllegalArgument, "Wildcard expressions or all indices are not allowed");
}

bool are_active(const std::vector<std::shared_ptr<index::Index>>& indices, index::ActiveShardCount wanted) {
  return std::all_of(indices.begin(), indices.end(),
                     [&](const auto& index) { return wanted.is_satisfied(index->settings.number_of_replicas); });
}

}  // namespace

base::Result<RestResponse> open_index(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(check_destructive(services, request));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kAnyState));
  ASSIGN_OR_RETURN(const index::ActiveShardCount wanted, active_shard_count(request));
  for (const auto& index : indices) RETURN_IF_ERROR(services.catalog.set_state(index->name, index::IndexState::kOpen));
  base::JsonWriter out;
  out.begin_object().field("acknowledged", true).field("shards_acknowledged", are_active(indices, wanted)).end_object();
  return json_response(out.take());
}

base::Result<RestResponse> close_index(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(check_destructive(services, request));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kMetadata));
  ASSIGN_OR_RETURN(const index::ActiveShardCount wanted, active_shard_count(request));
  base::JsonWriter out;
  out.begin_object()
      .field("acknowledged", true)
      .field("shards_acknowledged", !indices.empty() && are_active(indices, wanted))
      .key("indices")
      .begin_object();
  for (const auto& index : indices) {
    if (index->state == index::IndexState::kOpen)
      RETURN_IF_ERROR(services.catalog.set_state(index->name, index::IndexState::kClosed));
    out.key(index->name).begin_object().field("closed", true).end_object();
  }
  return json_response(out.end_object().end_object().take());
}

base::Result<RestResponse> add_block(const Services& services, const RestRequest& request) {
  const std::string_view block = request.path_param("block");
  if (std::find(std::begin(kBlocks), std::end(kBlocks), block) == std::end(kBlocks))
    return Error(ErrorCode::kIllegalArgument, "No block found with name {}", block);
  RETURN_IF_ERROR(check_destructive(services, request));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  base::JsonWriter setting;
  setting.begin_object().field(base::format("index.blocks.{}", block), true).end_object();
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(setting.text()));
  base::JsonWriter out;
  out.begin_object().field("acknowledged", true).field("shards_acknowledged", true).key("indices").begin_array();
  for (const auto& index : indices) {
    RETURN_IF_ERROR(services.catalog.put_settings(index->name, document.root()));
    out.begin_object().field("name", index->name).field("blocked", true).end_object();
  }
  return json_response(out.end_array().end_object().take());
}

}  // namespace selene::rest
