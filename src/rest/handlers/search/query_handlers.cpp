#include <optional>

#include "rest/handlers/search/search_handlers.h"
#include "rest/handlers/search/url_query.h"
#include "rest/handlers/support.h"
#include "search/query/query_inference.h"
#include "search/request/field_capabilities.h"
#include "search/request/query_calls.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

std::vector<std::string> texts_of(JsonValue value) {
  if (value.is_string()) return split_list(value.as_string());
  std::vector<std::string> texts;
  if (!value.is_array()) return texts;
  for (const JsonValue element : value.as_array()) {
    if (element.is_string()) texts.emplace_back(element.as_string());
  }
  return texts;
}

base::Result<search::FieldCapabilitiesRequest> read_capabilities(const RestRequest& request, const base::JsonDocument& body) {
  search::FieldCapabilitiesRequest wanted;
  wanted.fields = split_list(request.param("fields").value_or(""));
  wanted.types = split_list(request.param("types").value_or(""));
  ASSIGN_OR_RETURN(wanted.include_unmapped, request.bool_param("include_unmapped", false));
  for (const std::string& filter : split_list(request.param("filters").value_or(""))) {
    if (filter == "-metadata") wanted.include_metadata = false;
    if (filter == "-parent") wanted.include_parents = false;
    if (filter == "-multifield") wanted.include_multi_fields = false;
  }
  if (!body.root().exists()) return wanted;
  if (!body.root().is_object()) return Error(ErrorCode::kParsing, "the body of [_field_caps] must be an object");
  for (const auto [key, value] : body.root().as_object()) {
    if (key == "fields") {
      wanted.fields = texts_of(value);
    } else if (key == "index_filter") {
      wanted.index_filter = value;
    } else if (key != "runtime_mappings" || !value.is_object() || !value.as_object().empty()) {
      return Error(ErrorCode::kXContentParse, "[field_caps_request] unknown field [{}]", key);
    }
  }
  return wanted;
}

}  // namespace

base::Result<RestResponse> explain(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, parsed_body_with_url_query(request, UrlQuery::kStandsForBody));
  ASSIGN_OR_RETURN(const std::shared_ptr<index::Index> index, resolve_one(services.catalog, request.path_param("index")));
  bool shows_source = false;
  for (const auto& [name, value] : request.params()) shows_source = shows_source || name.starts_with("_source");
  ASSIGN_OR_RETURN(const search::SourceFilter source, search::SourceFilter::parse({}, request.params()));
  search::QueryInference inference(services.inference, request.cancellation());
  ASSIGN_OR_RETURN(search::ExplainAnswer answer,
                   search::explain_document(*index, request.path_param("id"), body, shows_source ? &source : nullptr, inference));
  return json_response(std::move(answer.json), answer.found ? 200 : 404);
}

base::Result<RestResponse> validate_query(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, parsed_body_with_url_query(request, UrlQuery::kStandsForBody));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  ASSIGN_OR_RETURN(const bool explains, request.bool_param("explain", false));
  ASSIGN_OR_RETURN(const bool rewrites, request.bool_param("rewrite", false));
  const auto detail = explains || rewrites ? search::ValidateDetail::kExplain : search::ValidateDetail::kNone;
  search::QueryInference inference(services.inference, request.cancellation());
  return json_response(search::validate_query(indices, body, detail, inference));
}

base::Result<RestResponse> field_capabilities(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  ASSIGN_OR_RETURN(const search::FieldCapabilitiesRequest wanted, read_capabilities(request, body));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  ASSIGN_OR_RETURN(std::string answer, search::field_capabilities(indices, wanted, &body));
  return json_response(std::move(answer));
}

base::Result<RestResponse> search_shards(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  base::JsonWriter out;
  out.begin_object().key("nodes").begin_object().key(services.node.node_id).begin_object();
  out.field("name", services.node.name).field("ephemeral_id", services.node.node_id);
  out.field("transport_address", services.node.http_address).key("attributes").begin_object().end_object();
  out.key("roles").begin_array().value("data").value("ingest").value("master").value("ml").end_array();
  out.end_object().end_object().key("indices").begin_object();
  for (const auto& index : indices) out.key(index->name).begin_object().end_object();
  out.end_object().key("shards").begin_array();
  for (const auto& index : indices) {
    out.begin_array().begin_object().field("state", "STARTED").field("primary", true).field("node", services.node.node_id);
    out.key("relocating_node").null().field("shard", 0).field("index", index->name);
    out.key("allocation_id").begin_object().field("id", index->uuid).end_object().end_object().end_array();
  }
  return json_response(out.end_array().end_object().take());
}

}  // namespace selene::rest
