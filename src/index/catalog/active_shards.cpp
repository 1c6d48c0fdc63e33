#include "index/catalog/active_shards.h"

#include <charconv>

namespace selene::index {

using base::Error;
using base::ErrorCode;

base::Result<ActiveShardCount> ActiveShardCount::parse(std::string_view text) {
  if (text == "all") return ActiveShardCount(kAll);
  int32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return Error(ErrorCode::kIllegalArgument, "cannot parse ActiveShardCount[{}]", text)
        .with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text));
  }
  if (count < 0) return Error(ErrorCode::kIllegalArgument, "shard count cannot be a negative value");
  return ActiveShardCount(count);
}

base::Status ActiveShardCount::check(std::string_view name, int32_t number_of_replicas) const {
  if (needed(number_of_replicas) <= 1 + number_of_replicas) return {};
  return Error(ErrorCode::kIllegalArgument, "invalid {}[{}]: cannot be greater than number of shard copies [{}]", name, count_,
               1 + number_of_replicas);
}

}  // namespace selene::index
