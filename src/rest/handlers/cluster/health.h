#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "index/catalog/catalog.h"

namespace selene::rest {

/// Shards of some indices: every primary is active, replicas have no node to go to.
struct Health {
  int64_t primaries = 0;
  int64_t replicas = 0;
  std::string_view status() const { return replicas > 0 ? "yellow" : "green"; }
  /// Active shards of all, in percent; 100 if there are none.
  double active_percent() const;
};
Health health_of(const std::vector<std::shared_ptr<index::Index>>& indices);

}  // namespace selene::rest
