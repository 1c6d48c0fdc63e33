#include "rest/inference_metrics.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

TEST(InferenceMetricsTest, OneLineADeploymentUnderEachName) {
  models::DeploymentStats stats;
  stats.num_pairs = 200;
  stats.num_score_cache_hits = 30;
  stats.compute_seconds = 0.25;
  std::string out;
  write_inference_metrics({{".rerank-v1-elasticsearch", stats}, {"mine", {}}}, out);
  EXPECT_NE(out.find("# TYPE selene_inference_pairs_total "
                     "counter\nselene_inference_pairs_total{inference_id=\".rerank-v1-elasticsearch\"} 200\n"),
            std::string::npos)
      << out;
  EXPECT_NE(out.find("selene_inference_score_cache_hits_total{inference_id=\".rerank-v1-elasticsearch\"} 30\n"), std::string::npos)
      << out;
  EXPECT_NE(out.find("selene_inference_pairs_total{inference_id=\"mine\"} 0\n"), std::string::npos) << out;
  EXPECT_NE(out.find("selene_inference_compute_seconds_total{inference_id=\".rerank-v1-elasticsearch\"} 0.25\n"), std::string::npos)
      << out;
}

}  // namespace
}  // namespace selene::rest
