#include <algorithm>

#include "rest/error_renderer.h"
#include "rest/handlers/documents/document_handlers.h"
#include "rest/handlers/support.h"
#include "search/fetch/hit_fields.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using index::StoredDocument;

struct Found {
  std::shared_ptr<index::Index> index;
  std::optional<StoredDocument> document;
};

base::Status check_version(const RestRequest& request, const StoredDocument& document) {
  if (!request.param("version")) return {};
  ASSIGN_OR_RETURN(const int64_t wanted, request.long_param("version", 0));
  if (wanted == document.version) return {};
  return Error(ErrorCode::kVersionConflict, "[{}]: version conflict, current version [{}] is different than the one provided [{}]",
               document.id, document.version, wanted);
}

base::Result<Found> find_document(const Services& services, const RestRequest& request) {
  Found found;
  ASSIGN_OR_RETURN(found.index, resolve_one(services.catalog, request.path_param("index")));
  RETURN_IF_ERROR(index::check_blocks(*found.index, index::BlockLevel::kRead));
  ASSIGN_OR_RETURN(const bool refresh, request.bool_param("refresh", false));
  if (refresh) RETURN_IF_ERROR(found.index->engine->refresh());
  ASSIGN_OR_RETURN(found.document, found.index->engine->get(request.path_param("id")));
  if (found.document) RETURN_IF_ERROR(check_version(request, *found.document));
  return found;
}

/// What of a document is shown.
struct Shown {
  search::SourceFilter source;
  std::vector<std::string> stored_fields;
};

/// `stored_fields` leaves the source out unless that is asked for too.
base::Result<Shown> shown_of(base::JsonValue source, std::optional<std::vector<std::string>> stored, const RestRequest& request) {
  Shown shown;
  ASSIGN_OR_RETURN(shown.source, search::SourceFilter::parse(source, request.params()));
  const bool asks_source =
      source.exists() || request.param("_source") || request.param("_source_includes") || request.param("_source_excludes");
  if (!stored && request.param("stored_fields")) stored = split_list(*request.param("stored_fields"));
  if (!stored) return shown;
  const bool names_source = std::find(stored->begin(), stored->end(), "_source") != stored->end();
  shown.source.enabled = shown.source.enabled && (asks_source || names_source);
  shown.stored_fields = std::move(*stored);
  return shown;
}

base::Status write_stored_fields(base::JsonWriter& out, const index::Mapping& mapping, const StoredDocument& document,
                                 const std::vector<std::string>& patterns) {
  std::vector<search::FieldRequest> requests;
  for (const std::string& pattern : patterns) search::append_stored_fields(mapping, pattern, requests);
  if (requests.empty()) return {};
  ASSIGN_OR_RETURN(const base::JsonDocument source, base::JsonDocument::parse(document.source));
  base::JsonWriter fields;
  base::JsonWriter ignored;
  fields.begin_object();
  ignored.begin_object();
  search::write_source_fields(mapping, source.root(), requests, fields, ignored);
  fields.end_object();
  if (fields.text() != "{}") out.key("fields").raw(fields.text());
  return {};
}

base::Status write_document(base::JsonWriter& out, const index::Index& index, std::string_view id,
                            const std::optional<StoredDocument>& document, const Shown& shown) {
  const auto mapping = index.engine->mapping();
  const search::SourceFilter filter = shown.source.for_index(index, *mapping);
  out.begin_object().field("_index", index.name).field("_id", id);
  if (document) {
    out.field("_version", document->version).field("_seq_no", document->seq_no).field("_primary_term", document->primary_term);
    if (!document->routing.empty()) out.field("_routing", document->routing);
  }
  out.field("found", document.has_value());
  if (document && filter.enabled) {
    out.key("_source");
    if (filter.keeps_all()) {
      out.raw(document->source);
    } else {
      ASSIGN_OR_RETURN(const std::string filtered, search::filter_source(document->source, filter));
      out.raw(filtered);
    }
  }
  if (document) RETURN_IF_ERROR(write_stored_fields(out, *mapping, *document, shown.stored_fields));
  out.end_object();
  return {};
}

/// One entry of `docs`: what it names, and what of it is wanted.
struct GetItem {
  std::string index;
  std::string id;
  Shown shown;
};

std::string text_of(base::JsonValue value) {
  return value.is_string() ? std::string(value.as_string()) : base::JsonWriter().value(value).take();
}

base::Result<GetItem> parse_item(base::JsonValue value, const RestRequest& request) {
  GetItem item;
  item.index = request.path_param("index");
  if (!value.is_object()) return Error(ErrorCode::kParsing, "docs array element should include an object");
  for (const auto [key, member] : value.as_object()) {
    if (key == "_index") {
      item.index = text_of(member);
    } else if (key == "_id") {
      item.id = text_of(member);
    } else if (key != "_source" && key != "routing" && key != "stored_fields" && key != "version" && key != "version_type") {
      return Error(ErrorCode::kParsing, "unknown parameter [{}] in request body for multi get", key);
    }
  }
  std::optional<std::vector<std::string>> stored;
  if (const base::JsonValue fields = value["stored_fields"]; fields.is_array()) {
    stored.emplace();
    for (const base::JsonValue field : fields.as_array()) stored->push_back(text_of(field));
  } else if (fields.is_string()) {
    stored.emplace().emplace_back(fields.as_string());
  }
  ASSIGN_OR_RETURN(item.shown, shown_of(value["_source"], std::move(stored), request));
  return item;
}

base::Result<std::vector<GetItem>> parse_items(base::JsonValue body, const RestRequest& request) {
  std::vector<GetItem> items;
  for (const auto [key, value] : body.as_object()) {
    if (key != "docs" && key != "ids")
      return Error(ErrorCode::kParsing, "unknown key [{}] for a START_ARRAY, expected [docs] or [ids]", key);
    if (!value.is_array()) return Error(ErrorCode::kParsing, "[{}] must be an array", key);
    for (const base::JsonValue element : value.as_array()) {
      if (key == "docs") {
        ASSIGN_OR_RETURN(GetItem item, parse_item(element, request));
        items.push_back(std::move(item));
      } else {
        ASSIGN_OR_RETURN(Shown shown, shown_of({}, std::nullopt, request));
        items.push_back({std::string(request.path_param("index")), text_of(element), std::move(shown)});
      }
    }
  }
  std::string faults = items.empty() ? "1: no documents to get;" : "";
  int count = 0;
  for (size_t i = 0; i < items.size() && count < 100; ++i) {
    if (items[i].index.empty()) faults += base::format("{}: index is missing for doc {};", ++count, i);
    if (items[i].id.empty()) faults += base::format("{}: id is missing for doc {};", ++count, i);
  }
  if (!faults.empty()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: {}", faults);
  return items;
}

/// Writes one document; an error becomes an item of its own.
void write_item(const Services& services, const GetItem& item, base::JsonWriter& out) {
  const auto read = [&]() -> base::Status {
    ASSIGN_OR_RETURN(const auto index, resolve_one(services.catalog, item.index));
    RETURN_IF_ERROR(index::check_blocks(*index, index::BlockLevel::kRead));
    ASSIGN_OR_RETURN(const auto document, index->engine->get(item.id));
    base::JsonWriter one;
    RETURN_IF_ERROR(write_document(one, *index, item.id, document, item.shown));
    out.raw(one.text());
    return {};
  };
  const base::Status status = read();
  if (status) return;
  out.begin_object().field("_index", item.index).field("_id", item.id).key("error");
  write_error_with_root_cause(out, status.error());
  out.end_object();
}

}  // namespace

base::Result<RestResponse> get_document(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const Shown shown, shown_of({}, std::nullopt, request));
  ASSIGN_OR_RETURN(const Found found, find_document(services, request));
  if (request.method() == "HEAD") return head_response(found.document.has_value());
  base::JsonWriter out;
  RETURN_IF_ERROR(write_document(out, *found.index, request.path_param("id"), found.document, shown));
  return json_response(out.take(), found.document ? 200 : 404);
}

base::Result<RestResponse> get_document_source(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const search::SourceFilter filter, search::SourceFilter::parse({}, request.params()));
  ASSIGN_OR_RETURN(const Found found, find_document(services, request));
  if (request.method() == "HEAD") return head_response(found.document.has_value());
  if (!found.document) {
    return Error(ErrorCode::kResourceNotFound, "Document not found [{}]/[{}]", found.index->name, request.path_param("id"));
  }
  ASSIGN_OR_RETURN(std::string source,
                   search::filter_source(found.document->source, filter.for_index(*found.index, *found.index->engine->mapping())));
  return json_response(std::move(source));
}

base::Result<RestResponse> multi_get(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const std::vector<GetItem> items, parse_items(body.root(), request));
  base::JsonWriter out;
  out.begin_object().key("docs").begin_array();
  for (const GetItem& item : items) write_item(services, item, out);
  out.end_array().end_object();
  return json_response(out.take());
}

}  // namespace selene::rest
