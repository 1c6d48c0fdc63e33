#include "base/metrics.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/format.h"

namespace selene::base {
namespace {

/// Backslash and line break are escaped everywhere, the quote in label values only.
std::string escape(std::string_view text, std::string_view escaped) {
  std::string out;
  for (const char c : text) {
    if (escaped.find(c) == std::string_view::npos) {
      out.push_back(c);
    } else {
      out.push_back('\\');
      out.push_back(c == '\n' ? 'n' : c);
    }
  }
  return out;
}

std::string labels_text(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels)
    out += base::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, escape(value, "\\\n\""));
  return out;
}

std::string in_braces(const std::string& labels, std::string_view more = {}) {
  if (labels.empty() && more.empty()) return {};
  return base::format("{{{}{}{}}}", labels, labels.empty() || more.empty() ? "" : ",", more);
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(std::make_unique<std::atomic<uint64_t>[]>(bounds_.size() + 1)) {
  CHECK(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<uint64_t> Histogram::counts() const {
  std::vector<uint64_t> out(bounds_.size() + 1);
  for (size_t i = 0; i < out.size(); ++i) out[i] = counts_[i].load(std::memory_order_relaxed);
  return out;
}

Metrics::Series& Metrics::find(std::string_view name, std::string_view help, const Labels& labels, Kind kind) {
  auto family = families_.find(name);
  if (family == families_.end()) family = families_.emplace(std::string(name), Family{kind, std::string(help), {}}).first;
  CHECK(family->second.kind == kind);
  std::unique_ptr<Series>& series = family->second.series[labels_text(labels)];
  if (series == nullptr) series = std::make_unique<Series>();
  return *series;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  return find(name, help, labels, Kind::kCounter).counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  return find(name, help, labels, Kind::kGauge).gauge;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, std::vector<double> bounds, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  Series& series = find(name, help, labels, Kind::kHistogram);
  if (series.histogram == nullptr) series.histogram = std::make_unique<Histogram>(std::move(bounds));
  return *series.histogram;
}

std::string Metrics::to_prometheus() const {
  constexpr std::array<std::string_view, 3> kKinds = {"counter", "gauge", "histogram"};
  std::string out;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, family] : families_) {
    out += base::format("# HELP {} {}\n# TYPE {} {}\n", name, escape(family.help, "\\\n"), name,
                        kKinds[static_cast<size_t>(family.kind)]);
    for (const auto& [labels, series] : family.series) write_series(out, name, labels, family.kind, *series);
  }
  return out;
}

void Metrics::write_series(std::string& out, const std::string& name, const std::string& labels, Kind kind, const Series& series) {
  if (kind == Kind::kCounter) {
    out += base::format("{}{} {}\n", name, in_braces(labels), series.counter.value());
    return;
  }
  if (kind == Kind::kGauge) {
    out += base::format("{}{} {}\n", name, in_braces(labels), series.gauge.value());
    return;
  }
  const std::vector<uint64_t> counts = series.histogram->counts();
  const std::vector<double>& bounds = series.histogram->bounds();
  uint64_t total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    const std::string bound = i < bounds.size() ? base::format("{}", bounds[i]) : "+Inf";
    out += base::format("{}_bucket{} {}\n", name, in_braces(labels, base::format("le=\"{}\"", bound)), total);
  }
  out += base::format("{}_sum{} {}\n", name, in_braces(labels), series.histogram->sum());
  out += base::format("{}_count{} {}\n", name, in_braces(labels), total);
}

}  // namespace selene::base
