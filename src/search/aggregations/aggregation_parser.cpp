#include "search/aggregations/aggregation_parser.h"

#include <algorithm>
#include <optional>

#include "base/format.h"
#include "base/levenshtein.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

namespace {

/// Every aggregation that collects, sorted. Pipelines: pipeline_kind.
constexpr AggregationEntry kAggregations[] = {
    {"avg", &parse_numeric_metric},
    {"cardinality", &parse_cardinality},
    {"composite", &parse_composite, true},
    {"date_histogram", &parse_date_histogram, true},
    {"date_range", &parse_range, true},
    {"extended_stats", &parse_numeric_metric},
    {"filter", &parse_filter, true},
    {"filters", &parse_filters, true},
    {"global", &parse_global, true},
    {"histogram", &parse_histogram, true},
    {"max", &parse_numeric_metric},
    {"median_absolute_deviation", &parse_percentiles},
    {"min", &parse_numeric_metric},
    {"missing", &parse_missing, true},
    {"nested", &parse_nested, true},
    {"percentile_ranks", &parse_percentiles},
    {"percentiles", &parse_percentiles},
    {"range", &parse_range, true},
    {"reverse_nested", &parse_reverse_nested, true},
    {"stats", &parse_numeric_metric},
    {"sum", &parse_numeric_metric},
    {"terms", &parse_terms, true},
    {"top_hits", &parse_top_hits},
    {"value_count", &parse_numeric_metric},
    {"weighted_avg", &parse_weighted_avg},
};

constexpr int32_t kMaxDepth = 100;

const AggregationEntry* find_entry(std::string_view type) {
  const auto* const entry = std::lower_bound(std::begin(kAggregations), std::end(kAggregations), type,
                                             [](const AggregationEntry& e, std::string_view name) { return e.type < name; });
  return entry != std::end(kAggregations) && entry->type == type ? entry : nullptr;
}

/// Reads one level; calls itself for those below.
class TreeParser {
 public:
  explicit TreeParser(const base::JsonDocument* document) : parser_{document, 0} {}

  Result<AggregationTree> level(JsonValue aggregations, int32_t depth) {
    AggregationTree tree;
    if (depth > kMaxDepth) return Error(ErrorCode::kIllegalArgument, "aggregations are nested deeper than [{}]", kMaxDepth);
    for (const auto [name, body] : aggregations.as_object()) RETURN_IF_ERROR(one(name, body, depth, tree));
    return tree;
  }

 private:
  Error failed(JsonValue at, std::string reason) const { return parsing_error(parser_, at, std::move(reason)); }

  base::Status one(std::string_view name, JsonValue body, int32_t depth, AggregationTree& tree) {
    if (name.empty() || name.find_first_of("[]>") != std::string_view::npos) {
      return failed(body,
                    base::format("Invalid aggregation name [{}]. Aggregation names can contain any character except '[', ']', "
                                 "and '>'",
                                 name));
    }
    if (!body.is_object()) {
      return failed(body, base::format("Aggregation definition for [{} starts with a [{}], expected a [START_OBJECT].", name,
                                       token_name(body)));
    }
    std::optional<JsonMember> definition;
    JsonValue subs;
    std::string meta;
    for (const JsonMember member : body.as_object()) {
      const bool is_subs = member.key == "aggs" || member.key == "aggregations";
      if (!member.value.is_object()) {
        return failed(member.value, base::format("Expected [START_OBJECT] under [{}], but got a [{}] in [{}]", member.key,
                                                 token_name(member.value), name));
      }
      if (member.key == "meta") {
        meta = base::JsonWriter().value(member.value).take();
      } else if (is_subs) {
        if (subs.exists()) return failed(member.value, base::format("Found two sub aggregation definitions under [{}]", name));
        subs = member.value;
      } else if (definition) {
        return failed(member.value, base::format("Found two aggregation type definitions in [{}]: [{}] and [{}]", name,
                                                 definition->key, member.key));
      } else {
        definition = member;
      }
    }
    if (!definition) return failed(body, base::format("Missing definition for aggregation [{}]", name));
    return add(name, *definition, subs, std::move(meta), depth, tree);
  }

  base::Status add(std::string_view name, JsonMember definition, JsonValue subs, std::string meta, int32_t depth,
                   AggregationTree& tree) {
    AggregationParser parser{parser_.document, name, definition.key};
    if (pipeline_kind(definition.key)) {
      ASSIGN_OR_RETURN(PipelineSpec pipeline, parse_pipeline(parser, definition.value));
      pipeline.name = std::string(name);
      pipeline.meta = std::move(meta);
      tree.pipelines.push_back(std::move(pipeline));
      return {};
    }
    const AggregationEntry* const entry = find_entry(definition.key);
    if (entry == nullptr) return unknown_type(definition);
    parser.type = entry->type;
    ASSIGN_OR_RETURN(AggregationSpecPtr spec, entry->parse(parser, definition.value));
    spec->name = std::string(name);
    spec->type = entry->type;
    spec->meta = std::move(meta);
    if (entry->type == "global" && depth > 1) {
      return Error(
          ErrorCode::kIllegalArgument,
          "Aggregation [{}] cannot have a global sub-aggregation [{}]. Global aggregations can only be defined as top level "
          "aggregations",
          parent_, name);
    }
    if (subs.exists()) {
      if (!entry->takes_subs && !subs.as_object().empty()) {
        return Error(ErrorCode::kIllegalArgument, "Aggregator [{}] of type [{}] cannot accept sub-aggregations", name, entry->type);
      }
      const std::string_view outer = std::exchange(parent_, name);
      ASSIGN_OR_RETURN(AggregationTree below, level(subs, depth + 1));
      parent_ = outer;
      spec->subs = std::move(below.specs);
      spec->pipelines = std::move(below.pipelines);
    }
    tree.specs.push_back(std::move(spec));
    return {};
  }

  Error unknown_type(JsonMember definition) const {
    std::vector<std::string_view> types;
    for (const AggregationEntry& entry : kAggregations) types.push_back(entry.type);
    return failed(definition.value,
                  base::format("Unknown aggregation type [{}]{}", definition.key, base::did_you_mean(definition.key, types)));
  }

  QueryParser parser_;
  std::string_view parent_;
};

}  // namespace

Error AggregationParser::unknown_field(JsonMember member) const {
  return x_content_error(document, member.value, base::format("[{}] unknown field [{}]", type, member.key));
}

Error AggregationParser::failed_field(JsonMember member, std::string why) const {
  return failed_field(member, Error(ErrorCode::kIllegalArgument, std::move(why)));
}

Error AggregationParser::failed_field(JsonMember member, Error cause) const {
  return x_content_error(document, member.value, base::format("[{}] failed to parse field [{}]", type, member.key))
      .with_cause(std::move(cause));
}

Result<int32_t> AggregationParser::read_count(JsonMember member, int32_t least) const {
  ASSIGN_OR_RETURN(const int32_t count, read_int(member.value, member.key));
  if (count >= least) return count;
  return failed_field(member, base::format("[{}] must be greater than {}. Found [{}] in [{}]", member.key,
                                           least == 0 ? "or equal to 0" : "0", count, name));
}

Result<AggregationTree> parse_aggregations(const base::JsonDocument* document, JsonMember member) {
  if (!member.value.is_object()) {
    return parsing_error({document, 0}, member.value,
                         base::format("Unknown key for a {} in [{}].", token_name(member.value), member.key));
  }
  ASSIGN_OR_RETURN(AggregationTree tree, TreeParser(document).level(member.value, 1));
  RETURN_IF_ERROR(check_bucket_paths(tree.pipelines, tree.specs));
  return tree;
}

}  // namespace selene::search
