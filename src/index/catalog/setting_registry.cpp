#include "index/catalog/setting_registry.h"

namespace selene::index {
namespace {

using enum SettingKind;
using enum SettingScope;

// Names and defaults: Elasticsearch, IndexScopedSettings. Some are accepted and shown without an effect here.
constexpr SettingEntry kSettings[] = {
    {"index.analysis.", kAny, kStatic},
    {"index.auto_expand_replicas", kText, kDynamic},
    {"index.blocks.", kBoolean, kDynamic},
    {"index.codec", kText, kStatic},
    {"index.creation_date", kText, kPrivate},
    {"index.default_pipeline", kText, kDynamic},
    {"index.final_pipeline", kText, kDynamic},
    {"index.gc_deletes", kTime, kDynamic},
    {"index.hidden", kBoolean, kDynamic},
    {"index.highlight.max_analyzed_offset", kInteger, kDynamic, -1},
    {"index.indexing.slowlog.", kAny, kDynamic},
    {"index.lifecycle.", kAny, kDynamic},
    {"index.load_fixed_bitset_filters_eagerly", kBoolean, kStatic},
    {"index.mapping.coerce", kBoolean, kStatic},
    {"index.mapping.depth.limit", kInteger, kDynamic, 1},
    {"index.mapping.dimension_fields.limit", kInteger, kDynamic, 0},
    {"index.mapping.dynamic", kAny, kStatic},
    {"index.mapping.exclude_source_vectors", kBoolean, kStatic},
    {"index.mapping.field_name_length.limit", kInteger, kDynamic, 1},
    {"index.mapping.ignore_malformed", kBoolean, kStatic},
    {"index.mapping.nested_fields.limit", kInteger, kDynamic, 0},
    {"index.mapping.nested_objects.limit", kInteger, kDynamic, 0},
    {"index.mapping.total_fields.ignore_dynamic_beyond_limit", kBoolean, kDynamic},
    {"index.mapping.total_fields.limit", kInteger, kDynamic, 0},
    {"index.max_docvalue_fields_search", kInteger, kDynamic, 0},
    {"index.max_inner_result_window", kInteger, kDynamic, 1},
    {"index.max_ngram_diff", kInteger, kDynamic, 0},
    {"index.max_regex_length", kInteger, kDynamic, 1},
    {"index.max_rescore_window", kInteger, kDynamic, 1},
    {"index.max_result_window", kInteger, kDynamic, 1},
    {"index.max_script_fields", kInteger, kDynamic, 0},
    {"index.max_shingle_diff", kInteger, kDynamic, 0},
    {"index.max_slices_per_scroll", kInteger, kDynamic, 1},
    {"index.max_terms_count", kInteger, kDynamic, 1},
    {"index.merge.", kAny, kDynamic},
    {"index.mode", kText, kStatic},
    {"index.number_of_replicas", kInteger, kDynamic, 0},
    {"index.number_of_routing_shards", kInteger, kStatic, 1},
    {"index.number_of_shards", kInteger, kStatic, 1, 1024},
    {"index.priority", kInteger, kDynamic, 0},
    {"index.provided_name", kText, kPrivate},
    {"index.queries.cache.enabled", kBoolean, kStatic},
    {"index.query.default_field", kList, kDynamic},
    {"index.query_string.lenient", kBoolean, kStatic},
    {"index.refresh_interval", kTime, kDynamic, -1},
    {"index.requests.cache.enable", kBoolean, kDynamic},
    {"index.routing.", kAny, kDynamic},
    {"index.search.default_pipeline", kText, kDynamic},
    {"index.search.idle.after", kTime, kDynamic, 0},
    {"index.search.slowlog.", kAny, kDynamic},
    {"index.search.throttled", kBoolean, kPrivate},
    {"index.similarity.", kAny, kStatic},
    {"index.soft_deletes.", kAny, kStatic},
    {"index.sort.", kAny, kStatic},
    {"index.store.", kAny, kStatic},
    {"index.translog.", kAny, kDynamic},
    {"index.unassigned.node_left.delayed_timeout", kTime, kDynamic, 0},
    {"index.uuid", kText, kPrivate},
    {"index.verified_before_close", kBoolean, kPrivate},
    {"index.version.", kText, kPrivate},
    {"index.write.wait_for_active_shards", kText, kDynamic},
};

}  // namespace

const SettingEntry* find_setting(std::string_view name) {
  for (const SettingEntry& entry : kSettings) {
    const bool group = entry.name.ends_with('.');
    if (group ? name.starts_with(entry.name) && name.size() > entry.name.size() : name == entry.name) return &entry;
  }
  return nullptr;
}

}  // namespace selene::index
