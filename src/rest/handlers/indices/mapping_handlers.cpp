#include <algorithm>

#include "base/wildcard.h"
#include "index/mapping/field_definition.h"
#include "ingest/semantic/semantic_mappings.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

base::Result<RestResponse> get_mapping(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kMetadata));
  base::JsonWriter out;
  out.begin_object();
  for (const auto& index : indices) {
    out.key(index->name).begin_object().key("mappings");
    ingest::write_shown_mapping(*index->engine->mapping(), services.inference, out);
    out.end_object();
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> put_mapping(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  if (!body.root().is_object()) return base::Error(base::ErrorCode::kMapperParsing, "a mapping must be an object");
  RETURN_IF_ERROR(ingest::check_semantic_mappings(body.root()));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kMetadata));
  RETURN_IF_ERROR(check_blocks(indices, index::BlockLevel::kMetadataWrite));
  for (const auto& index : indices) {
    ASSIGN_OR_RETURN(const std::string text,
                     ingest::with_changed_endpoints(*index->engine->mapping(), body.root(), services.inference));
    ASSIGN_OR_RETURN(const base::JsonDocument update, base::JsonDocument::parse(text));
    RETURN_IF_ERROR(index->engine->put_mapping(update.root()));
  }
  return acknowledged();
}

base::Result<RestResponse> get_field_mapping(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kMetadata));
  ASSIGN_OR_RETURN(const bool defaults, request.bool_param("include_defaults", false));
  const std::vector<std::string> patterns = split_list(request.path_param("fields"));
  base::JsonWriter out;
  out.begin_object();
  for (const auto& index : indices) {
    out.key(index->name).begin_object().key("mappings").begin_object();
    const auto mapping = index->engine->mapping();
    for (const auto& [name, field] : mapping->fields()) {
      const bool wanted = std::any_of(patterns.begin(), patterns.end(), [&, n = std::string_view(name)](const std::string& p) {
        return base::matches_wildcard(p, n);
      });
      if (!wanted) continue;
      const std::string leaf = name.substr(name.rfind('.') + 1);  // npos + 1 is 0
      out.key(name).begin_object().field("full_name", name).key("mapping").begin_object().key(leaf);
      const std::string json = index::field_definition(*mapping, field);
      if (defaults) {
        ASSIGN_OR_RETURN(const base::JsonDocument definition, base::JsonDocument::parse(json));
        index::write_with_defaults(definition.root(), out);
      } else {
        out.raw(json);
      }
      out.end_object().end_object();
    }
    out.end_object().end_object();
  }
  return json_response(out.end_object().take());
}

}  // namespace selene::rest
