#include "search/fetch/hits_request.h"

#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

namespace {

base::Status read_count(JsonMember member, HitsRequest& request) {
  ASSIGN_OR_RETURN(const int32_t count, read_int(member.value, member.key));
  if (count < 0) return Error(ErrorCode::kIllegalArgument, "[{}] parameter cannot be negative, found [{}]", member.key, count);
  (member.key == "from" ? request.from : request.size) = count;
  return {};
}

base::Status read_stored_fields(JsonMember member, FetchOptions& options) {
  std::vector<std::string> names;
  if (member.value.is_string()) names.emplace_back(member.value.as_string());
  if (member.value.is_array()) {
    for (const base::JsonValue name : member.value.as_array()) names.push_back(scalar_text(name));
  }
  options.source.enabled = false;
  for (const std::string& name : names) {
    if (name == "_none_") options.show_id = false;
    if (name == "_source") options.source.enabled = true;
    if (name != "_none_" && name != "_source") options.stored_fields.push_back({name, "", false});
  }
  return {};
}

/// The queries of a search, or of the leaves of its retrievers. `part`: the body, or what a retriever's type says.
void collect_queries(base::JsonValue part, std::vector<base::JsonValue>& queries) {
  if (part["query"].is_object()) queries.push_back(part["query"]);
  const auto collect_types = [&](base::JsonValue retriever) {
    for (const JsonMember type : retriever.as_object()) collect_queries(type.value, queries);
  };
  if (part["retriever"].is_object()) collect_types(part["retriever"]);
  if (!part["retrievers"].is_array()) return;
  for (const base::JsonValue child : part["retrievers"].as_array()) {
    const base::JsonValue weighted = child["retriever"];
    if (weighted.is_object()) {
      collect_types(weighted);
    } else if (child.is_object()) {
      collect_types(child);
    }
  }
}

bool* flag_of(std::string_view key, HitsRequest& request) {
  if (key == "track_scores") return &request.track_scores;
  if (key == "explain") return &request.fetch.explain;
  if (key == "version") return &request.fetch.version;
  return key == "seq_no_primary_term" ? &request.fetch.seq_no_primary_term : nullptr;
}

}  // namespace

Result<bool> HitsRequest::read(const base::JsonDocument* document, JsonMember member) {
  const std::string_view key = member.key;
  if (bool* const flag = flag_of(key, *this)) {
    ASSIGN_OR_RETURN(*flag, read_bool(member.value, key));
  } else if (key == "from" || key == "size") {
    RETURN_IF_ERROR(read_count(member, *this));
  } else if (key == "sort") {
    ASSIGN_OR_RETURN(sort, parse_sort(document, member.value));
    if (is_score_order(sort)) sort.clear();
  } else if (key == "_source") {
    ASSIGN_OR_RETURN(fetch.source, SourceFilter::parse(member.value, {}));
    source_given = true;
  } else if (key == "fields" || key == "docvalue_fields") {
    ASSIGN_OR_RETURN((key == "fields" ? fetch.fields : fetch.docvalue_fields), parse_field_requests(document, key, member.value));
  } else if (key == "highlight") {
    ASSIGN_OR_RETURN(HighlightRequest asked, parse_highlight(document, member.value));
    highlight = std::make_shared<const HighlightRequest>(std::move(asked));
    fetch.highlight = highlight.get();
    if (document != nullptr) collect_queries(document->root(), fetch.highlighted_queries);
  } else if (key == "script_fields") {
    ASSIGN_OR_RETURN(fetch.script_fields, parse_script_fields(document, member.value));
    fetch.source.enabled = fetch.source.enabled && (source_given || fetch.script_fields.empty());
  } else if (key == "stored_fields") {
    RETURN_IF_ERROR(read_stored_fields(member, fetch));
  } else {
    return false;
  }
  return true;
}

}  // namespace selene::search
