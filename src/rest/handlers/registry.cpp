#include "rest/handlers/registry.h"

#include <algorithm>
#include <array>
#include <span>

#include "rest/cat_table.h"
#include "rest/comma_list.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/documents/document_handlers.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/inference/inference_handlers.h"
#include "rest/handlers/ingest/ingest_handlers.h"
#include "rest/handlers/ml/ml_handlers.h"
#include "rest/handlers/rerank_api/rerank_api_handlers.h"
#include "rest/handlers/root/root_handlers.h"
#include "rest/handlers/search/search_handlers.h"
#include "rest/handlers/security/security_handlers.h"
#include "rest/parameter_check.h"

namespace selene::rest {

namespace {

/// One path: its methods and URL parameters as blank-separated lists.
struct Entry {
  std::string_view methods;
  std::string_view path;
  HandlerFunction run;
  std::array<std::string_view, 3> parameters = {};
  bool ndjson = false;
};

constexpr std::string_view kIndices = "ignore_unavailable allow_no_indices expand_wildcards";
constexpr std::string_view kWaits = "timeout master_timeout wait_for_active_shards";
constexpr std::string_view kSource = "_source _source_includes _source_excludes _source_exclude_vectors";
constexpr std::string_view kWrite =
    "routing refresh version version_type if_seq_no if_primary_term pipeline require_alias require_data_stream timeout "
    "wait_for_active_shards";
constexpr std::string_view kRead = "stored_fields preference realtime refresh routing version version_type force_synthetic_source";
constexpr std::string_view kSearch =
    "q df default_operator analyzer analyze_wildcard from size sort stored_fields docvalue_fields track_total_hits track_scores "
    "rest_total_hits_as_int typed_keys explain version seq_no_primary_term timeout terminate_after scroll search_type routing "
    "preference request_cache "
    "batched_reduce_size ccs_minimize_roundtrips max_concurrent_shard_requests pre_filter_shard_size allow_partial_search_results "
    "ignore_throttled "
    "lenient min_compatible_shard_node stats project_routing";
constexpr std::string_view kCount =
    "q df default_operator analyzer analyze_wildcard lenient min_score routing preference terminate_after ignore_throttled";
constexpr std::string_view kValidate = "explain rewrite all_shards q df default_operator analyzer analyze_wildcard lenient";
constexpr std::string_view kBulk =
    "routing refresh pipeline require_alias require_data_stream list_executed_pipelines include_source_on_error timeout "
    "wait_for_active_shards";
constexpr std::string_view kMultiSearch =
    "ccs_minimize_roundtrips max_concurrent_searches max_concurrent_shard_requests pre_filter_shard_size rest_total_hits_as_int "
    "search_type typed_keys "
    "routing ignore_throttled include_named_queries_score";
constexpr std::string_view kByQuery =
    "conflicts max_docs refresh requests_per_second scroll scroll_size slices timeout wait_for_active_shards wait_for_completion";
constexpr std::string_view kByQuerySearch =
    "q df default_operator analyzer analyze_wildcard lenient pipeline preference request_cache routing search_timeout search_type "
    "sort "
    "stats terminate_after version from";
constexpr std::string_view kTasks = "actions detailed group_by nodes parent_task_id timeout wait_for_completion";
constexpr std::string_view kStats =
    "completion_fields fielddata_fields fields forbid_closed_indices groups include_segment_file_sizes "
    "include_unloaded_segments level types";
constexpr std::string_view kState = "flat_settings local master_timeout wait_for_metadata_version wait_for_timeout";
constexpr std::string_view kTemplates = "create cause flat_settings local master_timeout order";
constexpr std::string_view kHealth =
    "level local timeout master_timeout wait_for_status wait_for_active_shards wait_for_events wait_for_nodes "
    "wait_for_no_initializing_shards "
    "wait_for_no_relocating_shards";

constexpr std::string_view kTrainedModels = "from size allow_no_match";
constexpr std::string_view kStartDeployment =
    "timeout wait_for number_of_allocations threads_per_allocation priority queue_capacity cache_size deployment_id tier";

constexpr Entry kEntries[] = {
    {"GET", "/", &node_banner},
    {"POST", "/rerank", &rerank_unversioned},
    {"POST", "/v1/rerank", &rerank_v1},
    {"POST", "/v2/rerank", &rerank_v2},
    {"GET", "/info", &rerank_info},
    {"GET", "/health", &rerank_health},
    {"GET", "/healthz", &liveness},
    {"GET", "/readyz", &readiness},
    {"GET", "/metrics", &metrics},
    {"GET", "/_license", &license, {"local accept_enterprise"}},
    {"GET", "/_xpack", &xpack, {"categories accept_enterprise master_timeout"}},

    {"PUT POST", "/{index}/_doc/{id}", &index_document, {kWrite, "op_type include_source_on_error"}},
    {"POST", "/{index}/_doc", &index_document, {kWrite, "op_type include_source_on_error"}},
    {"PUT POST", "/{index}/_create/{id}", &create_document, {kWrite, "include_source_on_error"}},
    {"POST", "/{index}/_update/{id}", &update_document, {kWrite, kSource, "retry_on_conflict lang include_source_on_error"}},
    {"DELETE", "/{index}/_doc/{id}", &delete_document, {kWrite}},
    {"GET HEAD", "/{index}/_doc/{id}", &get_document, {kRead, kSource}},
    {"GET HEAD", "/{index}/_source/{id}", &get_document_source, {kRead, kSource}},
    {"GET POST", "/_mget", &multi_get, {kRead, kSource}},
    {"GET POST", "/{index}/_mget", &multi_get, {kRead, kSource}},
    {"PUT POST", "/_bulk", &bulk, {kBulk, kSource}, true},
    {"PUT POST", "/{index}/_bulk", &bulk, {kBulk, kSource}, true},

    {"POST", "/{index}/_update_by_query", &update_by_query, {kByQuery, kByQuerySearch, kIndices}},
    {"POST", "/{index}/_delete_by_query", &delete_by_query, {kByQuery, kByQuerySearch, kIndices}},
    {"POST", "/_reindex", &reindex, {kByQuery, "require_alias"}},

    {"GET POST", "/_search", &search, {kSearch, kIndices, kSource}},
    {"GET POST", "/{index}/_search", &search, {kSearch, kIndices, kSource}},
    {"GET POST", "/_search/scroll", &scroll, {"scroll scroll_id rest_total_hits_as_int"}},
    {"GET POST", "/_search/scroll/{scroll_id}", &scroll, {"scroll scroll_id rest_total_hits_as_int"}},
    {"DELETE", "/_search/scroll", &clear_scroll, {"scroll_id"}},
    {"DELETE", "/_search/scroll/{scroll_id}", &clear_scroll, {"scroll_id"}},
    {"GET POST",
     "/{index}/_explain/{id}",
     &explain,
     {kSource, "q df default_operator analyzer analyze_wildcard lenient preference routing stored_fields"}},
    {"GET POST", "/_validate/query", &validate_query, {kIndices, kValidate}},
    {"GET POST", "/{index}/_validate/query", &validate_query, {kIndices, kValidate}},
    {"GET POST", "/_field_caps", &field_capabilities, {kIndices, "fields filters types include_unmapped include_empty_fields"}},
    {"GET POST",
     "/{index}/_field_caps",
     &field_capabilities,
     {kIndices, "fields filters types include_unmapped include_empty_fields"}},
    {"GET POST", "/_rank_eval", &rank_eval, {kIndices, "search_type"}},
    {"GET POST", "/{index}/_rank_eval", &rank_eval, {kIndices, "search_type"}},
    {"GET POST", "/_search_shards", &search_shards, {kIndices, "local preference routing master_timeout"}},
    {"GET POST", "/{index}/_search_shards", &search_shards, {kIndices, "local preference routing master_timeout"}},
    {"POST", "/_pit", &open_point_in_time, {kIndices, "keep_alive"}},
    {"POST",
     "/{index}/_pit",
     &open_point_in_time,
     {kIndices, "keep_alive preference routing allow_partial_search_results max_concurrent_shard_requests"}},
    {"DELETE", "/_pit", &close_point_in_time},
    {"GET POST", "/_count", &count, {kCount, kIndices}},
    {"GET POST", "/{index}/_count", &count, {kCount, kIndices}},
    {"GET POST", "/_msearch", &multi_search, {kMultiSearch, kIndices}, true},
    {"GET POST", "/{index}/_msearch", &multi_search, {kMultiSearch, kIndices}, true},

    {"PUT", "/{index}", &create_index, {kWaits}},
    {"GET HEAD", "/{index}", &get_index, {kIndices, kWaits, "features flat_settings include_defaults local"}},
    {"DELETE", "/{index}", &delete_index, {kIndices, kWaits}},
    {"GET", "/_data_stream", &get_data_stream, {kIndices, "include_defaults verbose master_timeout"}},
    {"GET", "/_data_stream/{name}", &get_data_stream, {kIndices, "include_defaults verbose master_timeout"}},
    {"GET", "/_mapping", &get_mapping, {kIndices, kWaits, "local"}},
    {"GET", "/{index}/_mapping", &get_mapping, {kIndices, kWaits, "local"}},
    {"PUT POST", "/{index}/_mapping", &put_mapping, {kIndices, kWaits, "write_index_only"}},
    {"GET", "/_mapping/field/{fields}", &get_field_mapping, {kIndices, "include_defaults local"}},
    {"GET", "/{index}/_mapping/field/{fields}", &get_field_mapping, {kIndices, "include_defaults local"}},
    {"GET", "/_settings", &get_settings, {kIndices, kWaits, "flat_settings include_defaults local"}},
    {"GET", "/_settings/{name}", &get_settings, {kIndices, kWaits, "flat_settings include_defaults local"}},
    {"GET", "/{index}/_settings", &get_settings, {kIndices, kWaits, "flat_settings include_defaults local"}},
    {"GET", "/{index}/_settings/{name}", &get_settings, {kIndices, kWaits, "flat_settings include_defaults local"}},
    {"PUT", "/_settings", &put_settings, {kIndices, kWaits, "flat_settings preserve_existing"}},
    {"PUT", "/{index}/_settings", &put_settings, {kIndices, kWaits, "flat_settings preserve_existing"}},
    {"GET POST", "/_refresh", &refresh, {kIndices}},
    {"GET POST", "/{index}/_refresh", &refresh, {kIndices}},
    {"GET POST", "/_flush", &flush, {kIndices, "force wait_if_ongoing"}},
    {"GET POST", "/{index}/_flush", &flush, {kIndices, "force wait_if_ongoing"}},
    {"POST", "/_forcemerge", &force_merge, {kIndices, "flush max_num_segments only_expunge_deletes wait_for_completion"}},
    {"POST", "/{index}/_forcemerge", &force_merge, {kIndices, "flush max_num_segments only_expunge_deletes wait_for_completion"}},
    {"POST", "/_cache/clear", &clear_cache, {kIndices, "fielddata fields query request"}},
    {"POST", "/{index}/_cache/clear", &clear_cache, {kIndices, "fielddata fields query request"}},
    {"POST", "/_aliases", &update_aliases, {kWaits}},
    {"PUT POST", "/_alias/{name}", &put_alias, {kIndices, kWaits}},
    {"GET HEAD", "/_alias", &get_alias, {kIndices, "local master_timeout"}},
    {"GET HEAD", "/_alias/{name}", &get_alias, {kIndices, "local master_timeout"}},
    {"GET HEAD", "/{index}/_alias", &get_alias, {kIndices, "local master_timeout"}},
    {"GET HEAD", "/{index}/_alias/{name}", &get_alias, {kIndices, "local master_timeout"}},
    {"PUT POST", "/{index}/_alias/{name}", &put_alias, {kIndices, kWaits}},
    {"PUT POST", "/{index}/_aliases/{name}", &put_alias, {kIndices, kWaits}},
    {"DELETE", "/{index}/_alias/{name}", &delete_alias, {kIndices, kWaits}},
    {"DELETE", "/{index}/_aliases/{name}", &delete_alias, {kIndices, kWaits}},
    {"POST", "/_open", &open_index, {kIndices, kWaits}},
    {"POST", "/{index}/_open", &open_index, {kIndices, kWaits}},
    {"POST", "/_close", &close_index, {kIndices, kWaits}},
    {"POST", "/{index}/_close", &close_index, {kIndices, kWaits}},
    {"PUT", "/{index}/_block/{block}", &add_block, {kIndices, kWaits}},
    {"GET", "/_stats", &index_stats, {kIndices, kStats}},
    {"GET", "/_stats/{metric}", &index_stats, {kIndices, kStats}},
    {"GET", "/{index}/_stats", &index_stats, {kIndices, kStats}},
    {"GET", "/{index}/_stats/{metric}", &index_stats, {kIndices, kStats}},
    {"GET", "/_segments", &index_segments, {kIndices, "verbose"}},
    {"GET", "/{index}/_segments", &index_segments, {kIndices, "verbose"}},
    {"GET", "/_recovery", &index_recovery, {kIndices, "active_only detailed"}},
    {"GET", "/{index}/_recovery", &index_recovery, {kIndices, "active_only detailed"}},
    {"GET POST", "/_resolve/index/{name}", &resolve_index, {kIndices, "mode project_routing"}},
    {"PUT POST", "/{index}/_clone/{target}", &clone_index, {kWaits}},
    {"PUT POST", "/{index}/_split/{target}", &split_index, {kWaits}},
    {"PUT POST", "/{index}/_shrink/{target}", &shrink_index, {kWaits}},
    {"POST", "/{alias}/_rollover", &rollover, {kWaits, "dry_run lazy target_failure_store"}},
    {"POST", "/{alias}/_rollover/{new_index}", &rollover, {kWaits, "dry_run lazy target_failure_store"}},
    {"GET HEAD", "/_index_template", &get_index_template, {kTemplates, "include_defaults"}},
    {"GET HEAD", "/_index_template/{name}", &get_index_template, {kTemplates, "include_defaults"}},
    {"PUT POST", "/_index_template/{name}", &put_index_template, {kTemplates}},
    {"DELETE", "/_index_template/{name}", &delete_index_template, {kTemplates, "timeout"}},
    {"POST", "/_index_template/_simulate_index/{name}", &simulate_index, {kTemplates, "include_defaults"}},
    {"POST", "/_index_template/_simulate", &simulate_template, {kTemplates, "include_defaults"}},
    {"POST", "/_index_template/_simulate/{name}", &simulate_template, {kTemplates, "include_defaults"}},
    {"GET HEAD", "/_component_template", &get_component_template, {kTemplates, "include_defaults"}},
    {"GET HEAD", "/_component_template/{name}", &get_component_template, {kTemplates, "include_defaults"}},
    {"PUT POST", "/_component_template/{name}", &put_component_template, {kTemplates, "timeout"}},
    {"DELETE", "/_component_template/{name}", &delete_component_template, {kTemplates, "timeout"}},
    {"GET HEAD", "/_template", &get_legacy_template, {kTemplates}},
    {"GET HEAD", "/_template/{name}", &get_legacy_template, {kTemplates}},
    {"GET POST", "/_analyze", &analyze, {"index"}},
    {"GET POST", "/{index}/_analyze", &analyze},

    {"GET", "/_inference/_services", &get_services},
    {"GET", "/_inference/_services/{task_type}", &get_services},
    {"PUT", "/_inference/{id}/_update", &update_endpoint, {"timeout"}},
    {"PUT", "/_inference/{task_type}/{id}/_update", &update_endpoint, {"timeout"}},
    {"POST", "/_inference/{id}/_stream", &refuse_stream, {"timeout"}},
    {"POST", "/_inference/{task_type}/{id}/_stream", &refuse_stream, {"timeout"}},
    {"GET", "/_query_rules", &list_query_rulesets, {"from size"}},
    {"PUT", "/_query_rules/{ruleset_id}", &put_query_ruleset},
    {"GET", "/_query_rules/{ruleset_id}", &get_query_ruleset},
    {"DELETE", "/_query_rules/{ruleset_id}", &delete_query_ruleset},
    {"POST", "/_query_rules/{ruleset_id}/_test", &test_query_ruleset},
    {"PUT", "/_query_rules/{ruleset_id}/_rule/{rule_id}", &put_query_rule},
    {"GET", "/_query_rules/{ruleset_id}/_rule/{rule_id}", &get_query_rule},
    {"DELETE", "/_query_rules/{ruleset_id}/_rule/{rule_id}", &delete_query_rule},

    {"GET", "/_ingest/pipeline", &get_pipelines, {"summary master_timeout"}},
    {"GET", "/_ingest/pipeline/{id}", &get_pipelines, {"summary master_timeout"}},
    {"PUT", "/_ingest/pipeline/{id}", &put_pipeline, {kWaits, "if_version"}},
    {"DELETE", "/_ingest/pipeline/{id}", &delete_pipeline, {kWaits}},
    {"GET POST", "/_ingest/pipeline/_simulate", &simulate_pipeline, {"verbose"}},
    {"GET POST", "/_ingest/pipeline/{id}/_simulate", &simulate_pipeline, {"verbose"}},

    {"GET", "/_inference", &get_endpoints},
    {"GET", "/_inference/{id}", &get_endpoints},
    {"GET", "/_inference/{task_type}/{id}", &get_endpoints},
    {"PUT", "/_inference/{id}", &put_endpoint, {"timeout"}},
    {"PUT", "/_inference/{task_type}/{id}", &put_endpoint, {"timeout"}},
    {"POST", "/_inference/{id}", &run_inference, {"timeout"}},
    {"POST", "/_inference/{task_type}/{id}", &run_inference, {"timeout"}},
    {"DELETE", "/_inference/{id}", &delete_endpoint, {"force dry_run"}},
    {"DELETE", "/_inference/{task_type}/{id}", &delete_endpoint, {"force dry_run"}},

    {"GET", "/_cluster/health", &cluster_health, {kHealth, kIndices}},
    {"GET", "/_cluster/health/{index}", &cluster_health, {kHealth, kIndices}},
    {"GET", "/_cluster/state", &cluster_state, {kIndices, kState}},
    {"GET", "/_cluster/state/{metric}", &cluster_state, {kIndices, kState}},
    {"GET", "/_cluster/state/{metric}/{index}", &cluster_state, {kIndices, kState}},
    {"GET", "/_cluster/stats", &cluster_stats, {"include_remotes timeout"}},
    {"GET", "/_cluster/stats/nodes/{node_id}", &cluster_stats, {"include_remotes timeout"}},
    {"GET", "/_cluster/pending_tasks", &cluster_pending_tasks, {"local master_timeout"}},
    {"GET", "/_features", &features, {"master_timeout"}},
    {"GET", "/_remote/info", &remote_info},
    {"GET", "/_cluster/settings", &get_cluster_settings, {kWaits, "flat_settings include_defaults local"}},
    {"PUT", "/_cluster/settings", &put_cluster_settings, {kWaits, "flat_settings"}},
    {"POST", "/_update_by_query/{task_id}/_rethrottle", &rethrottle_task, {"requests_per_second group_by"}},
    {"POST", "/_delete_by_query/{task_id}/_rethrottle", &rethrottle_task, {"requests_per_second group_by"}},
    {"POST", "/_reindex/{task_id}/_rethrottle", &rethrottle_task, {"requests_per_second group_by"}},
    {"GET", "/_tasks", &list_tasks, {kTasks}},
    {"GET", "/_tasks/{task_id}", &get_task, {"timeout wait_for_completion"}},
    {"POST", "/_tasks/_cancel", &cancel_tasks, {kTasks}},
    {"POST", "/_tasks/{task_id}/_cancel", &cancel_tasks, {kTasks}},
    {"GET", "/_nodes", &nodes_info, {"flat_settings timeout"}},
    {"GET", "/_nodes/{filter}", &nodes_info, {"flat_settings timeout"}},
    {"GET", "/_nodes/{node}/{metric}", &nodes_info, {"flat_settings timeout"}},
    {"GET", "/_nodes/stats", &nodes_stats, {"timeout types level groups"}},
    {"GET", "/_nodes/stats/{metric}", &nodes_stats, {"timeout types level groups"}},
    {"GET", "/_nodes/stats/{metric}/{index_metric}", &nodes_stats, {"timeout types level groups"}},
    {"GET", "/_nodes/{node}/stats", &nodes_stats, {"timeout types level groups"}},
    {"GET", "/_nodes/{node}/stats/{metric}", &nodes_stats, {"timeout types level groups"}},
    {"GET", "/_nodes/{node}/stats/{metric}/{index_metric}", &nodes_stats, {"timeout types level groups"}},

    {"GET", "/_ml/info", &ml_info},
    {"GET", "/_ml/trained_models", &get_trained_models, {kTrainedModels, "tags include exclude_generated decompress_definition"}},
    {"GET", "/_ml/trained_models/_stats", &trained_model_stats, {kTrainedModels}},
    {"GET",
     "/_ml/trained_models/{id}",
     &get_trained_models,
     {kTrainedModels, "tags include exclude_generated decompress_definition"}},
    {"PUT", "/_ml/trained_models/{id}", &put_trained_model, {"defer_definition_decompression wait_for_completion timeout"}},
    {"DELETE", "/_ml/trained_models/{id}", &delete_trained_model, {"force timeout"}},
    {"GET", "/_ml/trained_models/{id}/_stats", &trained_model_stats, {kTrainedModels}},
    {"PUT", "/_ml/trained_models/{id}/definition/{part}", &put_definition_part},
    {"PUT", "/_ml/trained_models/{id}/vocabulary", &put_vocabulary},
    {"PUT", "/_ml/trained_models/{id}/model_aliases/{alias}", &put_model_alias, {"reassign"}},
    {"DELETE", "/_ml/trained_models/{id}/model_aliases/{alias}", &delete_model_alias},
    {"POST", "/_ml/trained_models/{id}/deployment/_start", &start_deployment, {kStartDeployment}},
    {"POST", "/_ml/trained_models/{id}/deployment/_update", &update_deployment, {"number_of_allocations timeout"}},
    {"POST", "/_ml/trained_models/{id}/deployment/_stop", &stop_deployment, {"allow_no_match force finish_pending_work timeout"}},
    {"POST", "/_ml/trained_models/{id}/deployment/cache/_clear", &clear_deployment_cache, {"timeout"}},
    {"POST", "/_ml/trained_models/{id}/_infer", &infer_trained_model, {"timeout prefix_type"}},
    {"POST", "/_ml/trained_models/{id}/deployment/_infer", &infer_trained_model, {"timeout prefix_type"}},

    {"GET", "/_cat", &cat_help, {kCatParameters}},
    {"GET", "/_cat/indices", &cat_indices, {kCatParameters, kIndices, "health pri include_unloaded_segments"}},
    {"GET", "/_cat/indices/{index}", &cat_indices, {kCatParameters, kIndices, "health pri include_unloaded_segments"}},
    {"GET", "/_cat/shards", &cat_shards, {kCatParameters, kIndices}},
    {"GET", "/_cat/shards/{index}", &cat_shards, {kCatParameters, kIndices}},
    {"GET", "/_cat/count", &cat_count, {kCatParameters, kIndices}},
    {"GET", "/_cat/count/{index}", &cat_count, {kCatParameters, kIndices}},
    {"GET", "/_cat/aliases", &cat_aliases, {kCatParameters, kIndices}},
    {"GET", "/_cat/aliases/{name}", &cat_aliases, {kCatParameters, kIndices}},
    {"GET", "/_cat/health", &cat_health, {kCatParameters, "ts"}},
    {"GET", "/_cat/nodes", &cat_nodes, {kCatParameters, "full_id include_unloaded_segments"}},
    {"GET", "/_cat/master", &cat_master, {kCatParameters}},
    {"GET", "/_cat/plugins", &cat_plugins, {kCatParameters, "include_bootstrap"}},
    {"GET", "/_cat/component_templates", &cat_component_templates, {kCatParameters}},
    {"GET", "/_cat/component_templates/{name}", &cat_component_templates, {kCatParameters}},
    {"GET", "/_cat/segments", &cat_segments, {kCatParameters, kIndices}},
    {"GET", "/_cat/segments/{index}", &cat_segments, {kCatParameters, kIndices}},
    {"GET", "/_cat/recovery", &cat_recovery, {kCatParameters, kIndices, "active_only detailed index"}},
    {"GET", "/_cat/recovery/{index}", &cat_recovery, {kCatParameters, kIndices, "active_only detailed index"}},
    {"GET", "/_cat/allocation", &cat_allocation, {kCatParameters}},
    {"GET", "/_cat/allocation/{node_id}", &cat_allocation, {kCatParameters}},
    {"GET", "/_cat/tasks", &cat_tasks, {kCatParameters, "actions detailed nodes parent_task_id"}},
    {"GET", "/_cat/pending_tasks", &cat_pending_tasks, {kCatParameters}},
    {"GET", "/_cat/nodeattrs", &cat_nodeattrs, {kCatParameters}},
    {"GET", "/_cat/fielddata", &cat_fielddata, {kCatParameters, "fields"}},
    {"GET", "/_cat/fielddata/{fields}", &cat_fielddata, {kCatParameters, "fields"}},
    {"GET", "/_cat/repositories", &cat_repositories, {kCatParameters}},
    {"GET", "/_cat/templates", &cat_templates, {kCatParameters}},
    {"GET", "/_cat/templates/{name}", &cat_templates, {kCatParameters}},
};

/// Routed where security is on.
constexpr Entry kSecurityEntries[] = {
    {"GET", "/_security/_authenticate", &authenticate},
    {"PUT POST", "/_security/api_key", &create_api_key, {"refresh"}},
    {"GET",
     "/_security/api_key",
     &get_api_keys,
     {"id name owner realm_name username active_only with_limited_by with_profile_uid"}},
    {"DELETE", "/_security/api_key", &invalidate_api_keys},
};

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// GET /_capabilities: whether a method and path are answered, with all the parameters named. Capabilities by name are none.
base::Result<RestResponse> capabilities(const Services& services, const RestRequest& request);

constexpr Entry kCapabilities = {
    "GET", "/_capabilities", &capabilities, {"method path parameters capabilities local_only timeout"}};

/// The handler of one table entry.
class TableHandler final : public RestHandler {
 public:
  TableHandler(const Entry& entry, const Services& services) : entry_(entry), services_(services) {}

  std::vector<Route> routes() const override {
    std::vector<Route> routes;
    for (const std::string_view method : split_words(entry_.methods)) routes.push_back({method, entry_.path});
    return routes;
  }
  std::vector<std::string_view> parameters() const override {
    std::vector<std::string_view> names;
    for (const std::string_view group : entry_.parameters) {
      const auto words = split_words(group);
      names.insert(names.end(), words.begin(), words.end());
    }
    return names;
  }
  bool accepts_ndjson() const override { return entry_.ndjson; }
  base::Result<RestResponse> handle(const RestRequest& request) override { return entry_.run(services_, request); }

 private:
  const Entry& entry_;
  const Services& services_;
};

/// Whether `path` fits the pattern of an entry: as many parts, equal where the pattern has no {name}.
bool fits(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const size_t path_end = std::min(path.find('/', 1), path.size());
    const std::string_view part = pattern.substr(0, pattern_end);
    if (!part.starts_with("/{") && part != path.substr(0, path_end)) return false;
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  return pattern.empty() && path.empty();
}

bool has_parameters(const Entry& entry, std::string_view wanted) {
  for (const std::string& name : split_list(wanted)) {
    bool known = false;
    for (const std::string_view common : common_parameters()) known = known || common == name;
    for (const std::string_view group : entry.parameters) {
      for (const std::string_view word : split_words(group)) known = known || word == name;
    }
    if (!known) return false;
  }
  return true;
}

bool supports(std::span<const Entry> entries, const RestRequest& request) {
  const std::string_view method = request.param("method").value_or("GET");
  const std::string_view path = request.param("path").value_or("/");
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    const auto methods = split_words(entry.methods);
    return std::find(methods.begin(), methods.end(), method) != methods.end() && fits(entry.path, path) &&
           has_parameters(entry, request.param("parameters").value_or(""));
  });
}

base::Result<RestResponse> capabilities(const Services& services, const RestRequest& request) {
  const bool answered = supports(kEntries, request) || (services.security != nullptr && supports(kSecurityEntries, request));
  const bool supported = answered && request.param("capabilities").value_or("").empty();
  base::JsonWriter out;
  out.begin_object().key("_nodes").begin_object().field("total", 1).field("successful", 1).field("failed", 0).end_object();
  out.field("cluster_name", services.node.cluster_name).field("supported", supported).end_object();
  RestResponse response;
  response.body = out.take();
  return response;
}

}  // namespace

Router make_router(const Services& services) {
  Router router;
  router.add(std::make_unique<TableHandler>(kCapabilities, services));
  for (const Entry& entry : kEntries) router.add(std::make_unique<TableHandler>(entry, services));
  if (services.security == nullptr) return router;
  for (const Entry& entry : kSecurityEntries) router.add(std::make_unique<TableHandler>(entry, services));
  return router;
}

}  // namespace selene::rest
