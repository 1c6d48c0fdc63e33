#include "rest/handlers/support.h"

namespace selene::rest {

using base::Error;
using base::ErrorCode;

RestResponse json_response(std::string body, int status) {
  RestResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

RestResponse acknowledged() { return json_response(R"({"acknowledged":true})"); }

RestResponse head_response(bool found) { return json_response({}, found ? 200 : 404); }

void add_warning(RestResponse& response, std::string_view text) {
  std::string value = "299 Elasticsearch-9.5.0 \"";
  for (const char c : text) {
    if (c == '"' || c == '\\') value += '\\';
    value += c >= ' ' && c <= '~' ? c : ' ';
  }
  response.headers.add("Warning", value + '"');
}

RestResponse text_response(std::string body) {
  RestResponse response;
  response.body = std::move(body);
  response.content_type = "text/plain; charset=UTF-8";
  return response;
}

base::Result<base::JsonDocument> required_body(const RestRequest& request) {
  if (request.body().empty()) return Error(ErrorCode::kParse, "request body is required");
  return base::JsonDocument::parse(request.body());
}

base::Result<base::JsonDocument> optional_body(const RestRequest& request) {
  if (request.body().find_first_not_of(" \t\r\n") == std::string_view::npos) return base::JsonDocument();
  return base::JsonDocument::parse(request.body());
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return upper;
}

bool names_many(std::string_view expression) {
  return expression.empty() || expression == "_all" || expression.find('*') != std::string_view::npos;
}

base::Result<index::IndicesOptions> indices_options(const RestRequest& request, Reach reach) {
  index::IndicesOptions options;
  if (reach != Reach::kOpen) options.closed = index::IndicesOptions::Closed::kAllowed;
  options.expand_closed = reach == Reach::kAnyState || reach == Reach::kHidden;
  options.expand_hidden = reach == Reach::kHidden;
  ASSIGN_OR_RETURN(options.ignore_unavailable, request.bool_param("ignore_unavailable", false));
  ASSIGN_OR_RETURN(options.allow_no_indices, request.bool_param("allow_no_indices", true));
  const auto expand = request.param("expand_wildcards");
  if (!expand || expand->empty()) return options;
  options.expand_open = options.expand_closed = options.expand_hidden = false;
  for (const std::string& state : split_list(*expand)) {
    if (state == "all") {
      options.expand_open = options.expand_closed = options.expand_hidden = true;
    } else if (state == "open") {
      options.expand_open = true;
    } else if (state == "closed") {
      options.expand_closed = true;
    } else if (state == "hidden") {
      options.expand_hidden = true;
    } else if (state == "none") {
      options.expand_open = options.expand_closed = options.expand_hidden = false;
    } else {
      return Error(ErrorCode::kIllegalArgument, "No valid expand wildcard value [{}]", state);
    }
  }
  return options;
}

base::Result<index::ActiveShardCount> active_shard_count(const RestRequest& request) {
  return index::ActiveShardCount::parse(request.param("wait_for_active_shards").value_or("1"));
}

base::Result<ingest::RefreshPolicy> refresh_policy(const RestRequest& request) {
  const auto text = request.param("refresh");
  if (!text || *text == "false") return ingest::RefreshPolicy::kNone;
  if (text->empty() || *text == "true") return ingest::RefreshPolicy::kImmediate;
  if (*text == "wait_for") return ingest::RefreshPolicy::kWaitFor;
  return Error(ErrorCode::kIllegalArgument, "Unknown value for refresh: [{}].", *text);
}

base::Result<std::vector<std::shared_ptr<index::Index>>> resolve_indices(index::Catalog& catalog, const RestRequest& request,
                                                                         Reach reach) {
  ASSIGN_OR_RETURN(const index::IndicesOptions options, indices_options(request, reach));
  return catalog.resolve(request.path_param("index"), options);
}

base::Status check_blocks(const std::vector<std::shared_ptr<index::Index>>& indices, index::BlockLevel level) {
  for (const auto& index : indices) RETURN_IF_ERROR(index::check_blocks(*index, level));
  return {};
}

Error index_not_found(std::string_view name) {
  return Error(ErrorCode::kIndexNotFound, "no such index [{}]", name)
      .with("resource.type", "index_or_alias")
      .with("resource.id", name)
      .with("index_uuid", "_na_")
      .with("index", name);
}

base::Result<std::shared_ptr<index::Index>> resolve_one(const index::Catalog& catalog, std::string_view name) {
  if (auto index = catalog.find(name)) {
    if (index->state == index::IndexState::kClosed) return index::index_closed(*index);
    return index;
  }
  if (name.empty() || name == "_all" || name.find_first_of("*,") != std::string_view::npos) return index_not_found(name);
  ASSIGN_OR_RETURN(auto found, catalog.resolve(name, {}));
  if (found.empty()) return index_not_found(name);
  if (found.size() == 1) return found.front();
  std::string names;
  for (const auto& index : found) names.append(names.empty() ? "" : ", ").append(index->name);
  return Error(ErrorCode::kIllegalArgument,
               "alias [{}] has more than one index associated with it [{}], can't execute a single index op", name, names);
}

void write_shards(base::JsonWriter& out, const std::vector<std::shared_ptr<index::Index>>& indices) {
  int64_t total = 0;
  for (const auto& index : indices) total += 1 + index->settings.number_of_replicas;
  out.key("_shards").begin_object().field("total", total).field("successful", indices.size()).field("failed", 0).end_object();
}

}  // namespace selene::rest
