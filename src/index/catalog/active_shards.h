#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::index {

/// `wait_for_active_shards`: how many copies of a shard must be there before a call goes on. This node is the only one, so there
/// is one active copy, whatever the number of replicas.
class ActiveShardCount {
 public:
  static constexpr int32_t kActive = 1;

  /// A number, or `all`. Errors: kIllegalArgument (`cannot parse ActiveShardCount[x]`, `shard count cannot be a negative value`).
  static base::Result<ActiveShardCount> parse(std::string_view text);
  explicit ActiveShardCount(int32_t count = 1) : count_(count) {}

  /// kIllegalArgument if a shard with so many replicas can never have as many copies. `name`: of the parameter or setting.
  base::Status check(std::string_view name, int32_t number_of_replicas) const;
  /// Copies asked for of a shard with so many replicas.
  int32_t needed(int32_t number_of_replicas) const { return count_ == kAll ? 1 + number_of_replicas : count_; }
  bool is_satisfied(int32_t number_of_replicas) const { return needed(number_of_replicas) <= kActive; }
  /// "ALL", or the number: as messages have it.
  std::string name() const { return count_ == kAll ? "ALL" : std::to_string(count_); }

 private:
  static constexpr int32_t kAll = -1;
  int32_t count_;
};

}  // namespace selene::index
