#include <algorithm>

#include "base/wildcard.h"
#include "index/catalog/index_name_rules.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/indices/index_json.h"
#include "rest/handlers/support.h"
#include "search/query/query.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using index::AliasAction;

base::Result<std::vector<std::string>> names_of(JsonValue one, JsonValue many, std::string_view what) {
  std::vector<std::string> names;
  for (const JsonValue value : {one, many}) {
    if (value.is_string()) names.emplace_back(value.as_string());
    if (!value.is_array()) continue;
    for (const JsonValue element : value.as_array()) {
      if (element.is_string()) names.emplace_back(element.as_string());
    }
  }
  if (!names.empty()) return names;
  return Error(ErrorCode::kIllegalArgument, "One of [{}] or [{}] is required", what, what == "index" ? "indices" : "aliases");
}

base::Status check_keys(JsonValue body) {
  constexpr std::string_view kKeys[] = {"index",         "indices",        "alias",          "aliases",   "filter",    "routing",
                                        "index_routing", "search_routing", "is_write_index", "is_hidden", "must_exist"};
  for (const auto [key, value] : body.as_object()) {
    if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys)) {
      return Error(ErrorCode::kXContentParse, "[alias_action] unknown field [{}]", key);
    }
  }
  return {};
}

/// What an `add` says about the alias.
base::Status read_options(const base::JsonDocument& document, JsonValue body, AliasAction& action) {
  ASSIGN_OR_RETURN(action.info, index::AliasInfo::read(body));
  if (body["filter"].is_object()) {
    search::QueryParser parser{&document, 0};
    const auto query = search::parse_query(parser, body["filter"]);
    if (!query)
      return Error(ErrorCode::kIllegalArgument, "failed to parse filter for alias [{}]", action.alias).with_cause(query.error());
  }
  if (body["must_exist"].is_bool()) action.must_exist = body["must_exist"].as_bool();
  return {};
}

base::Result<std::vector<std::shared_ptr<index::Index>>> resolve_names(const Services& services,
                                                                       const std::vector<std::string>& names) {
  std::string expression;
  for (const std::string& name : names) expression.append(expression.empty() ? "" : ",").append(name);
  index::IndicesOptions options;
  options.expand_closed = true;
  options.closed = index::IndicesOptions::Closed::kAllowed;
  return services.catalog.resolve(expression, options);
}

/// One {"add": ..} or {"remove": ..}, spread over its indices and aliases.
base::Status read_action(const Services& services, AliasAction::Type type, const base::JsonDocument& document, JsonValue body,
                         std::vector<AliasAction>& out) {
  RETURN_IF_ERROR(check_keys(body));
  ASSIGN_OR_RETURN(const auto names, names_of(body["index"], body["indices"], "index"));
  ASSIGN_OR_RETURN(const auto aliases, names_of(body["alias"], body["aliases"], "alias"));
  ASSIGN_OR_RETURN(const auto indices, resolve_names(services, names));
  AliasAction action;
  action.type = type;
  action.alias = aliases.front();
  RETURN_IF_ERROR(read_options(document, body, action));
  for (const auto& index : indices) {
    action.index = index->name;
    for (const std::string& alias : aliases) {
      if (type == AliasAction::Type::kAdd || alias.find('*') == std::string::npos) {
        action.alias = alias;
        out.push_back(action);
        continue;
      }
      for (const auto& [existing, info] : services.catalog.aliases_of(index->name)) {
        action.alias = existing;
        if (base::matches_wildcard(alias, existing)) out.push_back(action);
      }
    }
  }
  return {};
}

base::Status alias_missing(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list.append(list.empty() ? "" : ",").append(name);
  return Error(ErrorCode::kAliasesNotFound, "{} [{}] missing", names.size() == 1 ? "alias" : "aliases", list);
}

}  // namespace

base::Result<RestResponse> update_aliases(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  std::vector<AliasAction> actions;
  std::vector<std::shared_ptr<index::Index>> removed;
  if (!body.root()["actions"].is_array()) return Error(ErrorCode::kIllegalArgument, "No action specified");
  for (const JsonValue entry : body.root()["actions"].as_array()) {
    if (!entry.is_object()) return Error(ErrorCode::kXContentParse, "[aliases] an action must be an object");
    for (const auto [verb, value] : entry.as_object()) {
      if (!value.is_object()) return Error(ErrorCode::kXContentParse, "[aliases] [{}] must be an object", verb);
      if (verb == "add" || verb == "remove") {
        RETURN_IF_ERROR(
            read_action(services, verb == "add" ? AliasAction::Type::kAdd : AliasAction::Type::kRemove, body, value, actions));
      } else if (verb == "remove_index") {
        ASSIGN_OR_RETURN(const auto names, names_of(value["index"], value["indices"], "index"));
        ASSIGN_OR_RETURN(auto indices, resolve_names(services, names));
        removed.insert(removed.end(), indices.begin(), indices.end());
      } else {
        return Error(ErrorCode::kXContentParse, "[aliases] unknown field [{}]", verb);
      }
    }
  }
  if (actions.empty() && removed.empty())
    return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: Must specify at least one alias action;");
  RETURN_IF_ERROR(check_blocks(removed, index::BlockLevel::kDelete));
  // As everywhere: indices go first, so an action that names one of them finds it gone.
  for (const AliasAction& action : actions) {
    if (std::ranges::any_of(removed, [&](const auto& index) { return index->name == action.index; }))
      return index::no_such_index(action.index);
  }
  for (const auto& index : removed) RETURN_IF_ERROR(services.catalog.remove(index->name));
  if (!actions.empty()) RETURN_IF_ERROR(services.catalog.update_aliases(actions));
  return acknowledged();
}

base::Result<RestResponse> put_alias(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kHidden));
  std::vector<AliasAction> actions;
  for (const auto& index : indices) {
    AliasAction action;
    action.index = index->name;
    action.alias = request.path_param("name");
    RETURN_IF_ERROR(read_options(body, body.root(), action));
    actions.push_back(std::move(action));
  }
  RETURN_IF_ERROR(services.catalog.update_aliases(actions));
  return acknowledged();
}

base::Result<RestResponse> delete_alias(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kHidden));
  const std::vector<std::string> patterns = split_list(request.path_param("name"));
  std::vector<AliasAction> actions;
  for (const auto& index : indices) {
    for (const auto& [alias, info] : services.catalog.aliases_of(index->name)) {
      const bool wanted =
          std::any_of(patterns.begin(), patterns.end(), [&, name = std::string_view(alias)](const std::string& pattern) {
            return pattern == "_all" || base::matches_wildcard(pattern, name);
          });
      if (wanted) actions.push_back({AliasAction::Type::kRemove, index->name, alias, {}, true});
    }
  }
  if (actions.empty()) {
    std::string list;
    for (const std::string& pattern : patterns) list.append(list.empty() ? "" : ",").append(pattern);
    return Error(ErrorCode::kAliasesNotFound, "aliases [{}] missing", list)
        .with("resource.type", "aliases")
        .with("resource.id", list);
  }
  RETURN_IF_ERROR(services.catalog.update_aliases(actions));
  return acknowledged();
}

base::Result<RestResponse> get_alias(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kHidden));
  const std::vector<std::string> patterns = split_list(request.path_param("name"));
  std::vector<std::string> missing = patterns;
  std::erase_if(missing, [](const std::string& pattern) { return pattern == "_all" || pattern.find('*') != std::string::npos; });
  base::JsonWriter out;
  out.begin_object();
  bool any = false;
  for (const auto& index : indices) {
    std::map<std::string, index::AliasInfo> shown;
    for (const auto& [alias, info] : services.catalog.aliases_of(index->name)) {
      const bool wanted = patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                                          [&, name = std::string_view(alias)](const std::string& pattern) {
                                                            return pattern == "_all" || base::matches_wildcard(pattern, name);
                                                          });
      if (!wanted) continue;
      shown.emplace(alias, info);
      std::erase(missing, alias);
    }
    if (shown.empty() && !patterns.empty()) continue;
    any = true;
    out.key(index->name).begin_object().key("aliases");
    write_aliases(out, shown);
    out.end_object();
  }
  if (request.method() == "HEAD") return head_response(missing.empty() && (any || patterns.empty()));
  if (missing.empty()) return json_response(out.end_object().take());
  base::JsonWriter plain;
  const std::string shown = out.end_object().take();
  plain.begin_object().field("error", alias_missing(missing).error().reason()).field("status", 404);
  ASSIGN_OR_RETURN(const base::JsonDocument found, base::JsonDocument::parse(shown));
  for (const auto [key, value] : found.root().as_object()) plain.key(key).value(value);
  return json_response(plain.end_object().take(), 404);
}

}  // namespace selene::rest
