#include "rest/handlers/indices/default_settings.h"

#include "base/wildcard.h"
#include "rest/cluster_settings.h"
#include "rest/comma_list.h"

namespace selene::rest {
namespace {

struct Default {
  std::string_view name;
  std::string_view value;  ///< an array as JSON
};
// Source: `include_defaults` of Elasticsearch 8.19, those settings that an index takes here and that a node's state has no part in.
constexpr Default kDefaults[] = {
    {"index.auto_expand_replicas", "false"},
    {"index.blocks.metadata", "false"},
    {"index.blocks.read", "false"},
    {"index.blocks.read_only", "false"},
    {"index.blocks.read_only_allow_delete", "false"},
    {"index.blocks.write", "false"},
    {"index.codec", "default"},
    {"index.default_pipeline", "_none"},
    {"index.final_pipeline", "_none"},
    {"index.gc_deletes", "60s"},
    {"index.hidden", "false"},
    {"index.highlight.max_analyzed_offset", "1000000"},
    {"index.load_fixed_bitset_filters_eagerly", "true"},
    {"index.mapping.coerce", "false"},
    {"index.mapping.depth.limit", "20"},
    {"index.mapping.dimension_fields.limit", "32768"},
    {"index.mapping.exclude_source_vectors", "true"},
    {"index.mapping.field_name_length.limit", "9223372036854775807"},
    {"index.mapping.ignore_malformed", "false"},
    {"index.mapping.nested_fields.limit", "50"},
    {"index.mapping.nested_objects.limit", "10000"},
    {"index.mapping.total_fields.ignore_dynamic_beyond_limit", "false"},
    {"index.mapping.total_fields.limit", "1000"},
    {"index.max_docvalue_fields_search", "100"},
    {"index.max_inner_result_window", "100"},
    {"index.max_ngram_diff", "1"},
    {"index.max_regex_length", "1000"},
    {"index.max_rescore_window", "10000"},
    {"index.max_result_window", "10000"},
    {"index.max_script_fields", "32"},
    {"index.max_shingle_diff", "3"},
    {"index.max_slices_per_scroll", "1024"},
    {"index.max_terms_count", "65536"},
    {"index.mode", "standard"},
    {"index.number_of_routing_shards", "1"},
    {"index.priority", "1"},
    {"index.queries.cache.enabled", "true"},
    {"index.query.default_field", "[\"*\"]"},
    {"index.query_string.lenient", "false"},
    {"index.refresh_interval", "1s"},
    {"index.requests.cache.enable", "true"},
    {"index.routing.allocation.disk.watermark.ignore", "false"},
    {"index.routing.allocation.enable", "all"},
    {"index.routing.allocation.total_shards_per_node", "-1"},
    {"index.routing.rebalance.enable", "all"},
    {"index.search.idle.after", "30s"},
    {"index.sort.field", "[]"},
    {"index.sort.missing", "[]"},
    {"index.sort.mode", "[]"},
    {"index.sort.order", "[]"},
    {"index.translog.durability", "REQUEST"},
    {"index.translog.flush_threshold_age", "1m"},
    {"index.translog.flush_threshold_size", "10gb"},
    {"index.translog.sync_interval", "5s"},
    {"index.unassigned.node_left.delayed_timeout", "1m"},
    {"index.verified_before_close", "false"},
    {"index.write.wait_for_active_shards", "1"},
};

bool is_asked_for(const std::vector<std::string>& patterns, std::string_view name) {
  if (patterns.empty()) return true;
  for (const std::string& pattern : patterns) {
    if (pattern == "_all" || base::matches_wildcard(pattern, name)) return true;
  }
  return false;
}

}  // namespace

std::string default_settings_json(const index::Index& index, SettingsForm form, std::string_view names) {
  const std::vector<std::string> patterns = split_list(names);
  ClusterSettings::Map shown;
  for (const Default& each : kDefaults) {
    if (!index.settings.flat.contains(each.name) && is_asked_for(patterns, each.name)) shown.emplace(each.name, each.value);
  }
  // The one follows the other.
  const auto result_window = index.settings.flat.find("index.max_result_window");
  const auto rescore_window = shown.find("index.max_rescore_window");
  if (result_window != index.settings.flat.end() && rescore_window != shown.end()) rescore_window->second = result_window->second;
  return settings_json(shown, form == SettingsForm::kNested);
}

}  // namespace selene::rest
