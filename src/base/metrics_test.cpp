#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace selene::base {
namespace {

TEST(MetricsTest, TextIsPrometheusFormat) {
  Metrics metrics;
  metrics.counter("selene_requests_total", "Answers by status.", {{"code", "2xx"}}).add(3);
  metrics.counter("selene_requests_total", "Answers by status.", {{"code", "4xx"}}).add();
  metrics.gauge("selene_open_connections", "Connections now open.").set(-2);
  Histogram& seconds = metrics.histogram("selene_request_seconds", "Time to answer.", {0.1, 1});
  for (const double v : {0.05, 0.1, 0.5, 7.0}) seconds.observe(v);
  EXPECT_EQ(metrics.to_prometheus(),
            "# HELP selene_open_connections Connections now open.\n"
            "# TYPE selene_open_connections gauge\n"
            "selene_open_connections -2\n"
            "# HELP selene_request_seconds Time to answer.\n"
            "# TYPE selene_request_seconds histogram\n"
            "selene_request_seconds_bucket{le=\"0.1\"} 2\n"
            "selene_request_seconds_bucket{le=\"1\"} 3\n"
            "selene_request_seconds_bucket{le=\"+Inf\"} 4\n"
            "selene_request_seconds_sum 7.65\n"
            "selene_request_seconds_count 4\n"
            "# HELP selene_requests_total Answers by status.\n"
            "# TYPE selene_requests_total counter\n"
            "selene_requests_total{code=\"2xx\"} 3\n"
            "selene_requests_total{code=\"4xx\"} 1\n");
}

TEST(MetricsTest, SameNameAndLabelsAreOneFigure) {
  Metrics metrics;
  EXPECT_EQ(&metrics.gauge("a", "h", {{"x", "1"}}), &metrics.gauge("a", "h", {{"x", "1"}}));
  EXPECT_NE(&metrics.gauge("a", "h", {{"x", "1"}}), &metrics.gauge("a", "h", {{"x", "2"}}));
}

TEST(MetricsTest, LabelValuesCannotForgeLines) {
  Metrics metrics;
  metrics.counter("a_total", "two\nlines", {{"index", "x\"} 9\nb\\"}}).add();
  EXPECT_EQ(metrics.to_prometheus(), "# HELP a_total two\\nlines\n# TYPE a_total counter\na_total{index=\"x\\\"} 9\\nb\\\\\"} 1\n");
}

TEST(MetricsTest, NoAdditionIsLostBetweenThreads) {
  Metrics metrics;
  Histogram& histogram = metrics.histogram("h", "h", {1});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        metrics.counter("c_total", "c").add();
        histogram.observe(0.5);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(metrics.counter("c_total", "c").value(), 4000U);
  EXPECT_EQ(histogram.counts(), (std::vector<uint64_t>{4000, 0}));
  EXPECT_EQ(histogram.sum(), 2000.0);
}

}  // namespace
}  // namespace selene::base
