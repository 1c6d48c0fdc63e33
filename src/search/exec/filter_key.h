#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace selene::search {

/// What tells the documents of a filter from those of other filters: on one and the same segment, equal texts mean equal documents.
/// Weights add their kind and what they look for (Weight::add_filter_key).
class FilterKey {
 public:
  /// How often a filter has to be asked for before its documents are worth keeping. Source: Lucene's
  /// UsageTrackingQueryCachingPolicy, with what walks many values or terms as costly.
  enum class Cost : uint8_t { kQuick, kUsual, kCompound, kCostly };

  FilterKey& kind(char kind) {
    text_ += kind;
    return *this;
  }
  FilterKey& add(std::string_view part) {
    add(static_cast<int64_t>(part.size()));
    text_ += part;
    return *this;
  }
  FilterKey& add(int64_t number) {
    text_ += std::to_string(number);
    text_ += ' ';
    return *this;
  }
  void set_cost(Cost cost) { cost_ = cost; }

  const std::string& text() const { return text_; }
  Cost cost() const { return cost_; }

 private:
  std::string text_;
  Cost cost_ = Cost::kUsual;
};

}  // namespace selene::search
