#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::rest {

/// Small durable records of one kind, by id. `put` and `remove` return once the change is on disk. Thread-safe.
struct RecordStore {
  std::function<base::Status(std::string_view id, std::string_view bytes)> put;
  std::function<base::Status(std::string_view id)> remove;
  std::function<base::Result<std::map<std::string, std::string>>()> load_all;
};

}  // namespace selene::rest
