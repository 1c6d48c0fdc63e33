#include "search/request/collapse.h"

#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/aggregations/run_aggregations.h"
#include "search/query/parse_support.h"
#include "search/request/search_run.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

namespace {

Result<Collapse::InnerHits> parse_inner_hits(const base::JsonDocument* document, JsonValue value) {
  Collapse::InnerHits inner;
  base::JsonWriter options;
  options.begin_object();
  for (const auto [key, member] : value.as_object()) {
    if (key == "name" && member.is_string()) {
      inner.name = std::string(member.as_string());
    } else if (key == "collapse") {
      return Error(ErrorCode::kIllegalArgument, "[inner_hits] of [collapse] does not support a second [collapse]");
    } else if (key != "ignore_unmapped") {
      options.key(key).value(member);
    }
  }
  inner.options = options.end_object().take();
  if (inner.name.empty()) {
    return x_content_error(document, value, "[collapse] failed to parse field [inner_hits]")
        .with_cause(
            Error(ErrorCode::kIllegalArgument, "inner_hits must have a [name]; set the [name] field in the inner_hits definition"));
  }
  return inner;
}

/// {"term":{"<field>":<value>}}, or what has no value.
void write_group_query(const std::string& field, const CollapseGroup& group, base::JsonWriter& out) {
  out.begin_object();
  if (group.json == "null") {
    out.key("bool").begin_object().key("must_not").begin_object().key("exists").begin_object().field("field", field);
    out.end_object().end_object().end_object();
  } else {
    out.key("term").begin_object().key(field).raw(group.json).end_object();
  }
  out.end_object();
}

}  // namespace

Result<Collapse> parse_collapse(const base::JsonDocument* document, JsonValue value) {
  if (!value.is_object()) {
    return parsing_error({document, 0}, value, base::format("Unknown key for a {} in [collapse].", token_name(value)));
  }
  Collapse collapse;
  for (const auto [key, member] : value.as_object()) {
    if (key == "field" && member.is_string()) {
      collapse.field = std::string(member.as_string());
    } else if (key == "inner_hits" && (member.is_object() || member.is_array())) {
      std::vector<JsonValue> all;
      if (member.is_object()) all.push_back(member);
      if (member.is_array()) {
        for (const JsonValue one : member.as_array()) all.push_back(one);
      }
      for (const JsonValue one : all) {
        if (!one.is_object()) return x_content_error(document, one, "[collapse] failed to parse field [inner_hits]");
        ASSIGN_OR_RETURN(Collapse::InnerHits inner, parse_inner_hits(document, one));
        collapse.inner_hits.push_back(std::move(inner));
      }
    } else if (key != "max_concurrent_group_searches") {
      return x_content_error(document, member, base::format("[collapse] unknown field [{}]", key));
    }
  }
  if (collapse.field.empty()) return Error(ErrorCode::kIllegalArgument, "no collapse field specified");
  return collapse;
}

Result<std::vector<std::string>> expand_groups(const Collapse& collapse, LocalBackend& backend,
                                               const std::vector<MatchingQuery>& queries, const std::vector<FoundHit>& hits,
                                               const base::Cancellation& cancellation) {
  std::vector<std::string> members(hits.size());
  if (collapse.inner_hits.empty() || hits.empty()) return members;
  base::JsonWriter body;
  body.begin_object().key("groups").begin_object().key("filters").begin_object().key("filters").begin_array();
  for (const FoundHit& hit : hits) write_group_query(collapse.field, *hit.group, body);
  body.end_array().end_object().key("aggs").begin_object();
  for (size_t i = 0; i < collapse.inner_hits.size(); ++i) {
    body.key(std::to_string(i)).begin_object().key("top_hits").raw(collapse.inner_hits[i].options).end_object();
  }
  const std::string text = body.end_object().end_object().end_object().take();
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(text));
  ASSIGN_OR_RETURN(const AggregationTree tree, parse_aggregations(nullptr, {"aggs", document.root()}));
  std::vector<AggregatedQuery> matched;
  for (const MatchingQuery& query : queries) matched.push_back({&query.query, query.min_score});
  ASSIGN_OR_RETURN(const std::vector<Aggregation> found, run_aggregations(tree, backend, matched, 0, cancellation));
  for (size_t i = 0; i < hits.size(); ++i) {
    const std::vector<Aggregation>& inner = found.front().buckets[i].subs;
    for (size_t n = 0; n < inner.size(); ++n) append_member(members[i], collapse.inner_hits[n].name, "{" + inner[n].body + "}");
  }
  return members;
}

}  // namespace selene::search
