#include "index/catalog/catalog.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

namespace {

base::Result<std::string> read_routing(std::string_view name, JsonValue value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_number()) return base::JsonWriter().value(value).take();
  return Error(ErrorCode::kIllegalArgument, "alias [{}] must be a string", name);
}

}  // namespace

base::Result<AliasInfo> AliasInfo::read(JsonValue body) {
  AliasInfo info;
  if (!body.is_object()) return info;
  for (const auto [name, value] : body.as_object()) {
    if (value.is_null()) continue;
    if (name == "filter") {
      if (!value.is_object()) return Error(ErrorCode::kIllegalArgument, "alias [filter] must be a query object");
      info.filter = base::JsonWriter().value(value).take();
    } else if (name == "routing") {
      ASSIGN_OR_RETURN(info.index_routing, read_routing(name, value));
      info.search_routing = info.index_routing;
    } else if (name == "is_write_index" || name == "is_hidden") {
      if (!value.is_bool()) return Error(ErrorCode::kIllegalArgument, "alias [{}] must be a boolean", name);
      (name == "is_hidden" ? info.is_hidden : info.is_write_index) = value.as_bool();
    }
  }
  // The particular ones win over `routing`, wherever they stand.
  if (body["index_routing"].exists() && !body["index_routing"].is_null()) {
    ASSIGN_OR_RETURN(info.index_routing, read_routing("index_routing", body["index_routing"]));
  }
  if (body["search_routing"].exists() && !body["search_routing"].is_null()) {
    ASSIGN_OR_RETURN(info.search_routing, read_routing("search_routing", body["search_routing"]));
  }
  return info;
}

void AliasInfo::write_json(base::JsonWriter& out) const {
  out.begin_object();
  if (!filter.empty()) out.key("filter").raw(filter);
  if (!index_routing.empty()) out.field("index_routing", index_routing);
  if (!search_routing.empty()) out.field("search_routing", search_routing);
  if (is_write_index) out.field("is_write_index", *is_write_index);
  if (is_hidden) out.field("is_hidden", *is_hidden);
  out.end_object();
}

}  // namespace selene::index
