#include "rest/handlers/cluster/health.h"

namespace selene::rest {

double Health::active_percent() const {
  const int64_t all = primaries + replicas;
  return all == 0 ? 100.0 : 100.0 * static_cast<double>(primaries) / static_cast<double>(all);
}

Health health_of(const std::vector<std::shared_ptr<index::Index>>& indices) {
  Health health;
  for (const auto& index : indices) {
    health.primaries += 1;
    health.replicas += index->settings.number_of_replicas;
  }
  return health;
}

}  // namespace selene::rest
