#include "rest/inference_metrics.h"

#include <array>
#include <string_view>

#include "base/format.h"

namespace selene::rest {
namespace {

struct Metric {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  double (*value)(const models::DeploymentStats& stats);
};

constexpr std::array<Metric, 12> kMetrics = {{
    {"requests_total", "counter", "Rerank calls.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_requests); }},
    {"pairs_total", "counter", "Pairs of query and text scored.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_pairs); }},
    {"tokens_total", "counter", "Tokens of those pairs.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_tokens); }},
    {"rejected_total", "counter", "Calls refused because the queue was full.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_rejected); }},
    {"dropped_total", "counter", "Calls that nobody waited for any more when their turn came.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_dropped); }},
    {"queued", "gauge", "Calls waiting now.", [](const models::DeploymentStats& s) { return static_cast<double>(s.num_queued); }},
    {"compute_seconds_total", "counter", "Time inside the model.",
     [](const models::DeploymentStats& s) { return s.compute_seconds; }},
    {"token_cache_hits_total", "counter", "Texts whose token ids were known.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_token_cache_hits); }},
    {"token_cache_misses_total", "counter", "Texts that were tokenized.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_token_cache_misses); }},
    {"score_cache_hits_total", "counter", "Pairs whose score was known.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_score_cache_hits); }},
    {"score_cache_misses_total", "counter", "Pairs whose score was not known.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.num_score_cache_misses); }},
    {"cache_bytes", "gauge", "Memory of both caches.",
     [](const models::DeploymentStats& s) { return static_cast<double>(s.cache_bytes); }},
}};

}  // namespace

void write_inference_metrics(const std::map<std::string, models::DeploymentStats>& deployments, std::string& out) {
  for (const Metric& metric : kMetrics) {
    out +=
        base::format("# HELP selene_inference_{0} {1}\n# TYPE selene_inference_{0} {2}\n", metric.name, metric.help, metric.type);
    for (const auto& [id, stats] : deployments) {
      // Inference ids hold lower-case letters, digits, '-', '_' and '.' only: nothing that a label would have to escape.
      out += base::format("selene_inference_{}{{inference_id=\"{}\"}} {}\n", metric.name, id, metric.value(stats));
    }
  }
}

}  // namespace selene::rest
