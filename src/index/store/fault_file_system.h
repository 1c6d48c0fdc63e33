#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rocksdb {
class Env;
}

namespace selene::index {

/// The system's files for RocksDB, where `before_io` is asked before each write, sync, creation, renaming and removal; its error
/// makes the operation fail. For tests of what is left after a fault.
std::shared_ptr<rocksdb::Env> make_fault_env(std::function<base::Status(std::string_view what, const std::string& path)> before_io);

}  // namespace selene::index
