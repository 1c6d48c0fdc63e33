#pragma once

#include <memory>

namespace rocksdb {
class EventListener;
}

namespace selene::index {

/// Gives memory back to the operating system after RocksDB wrote a table: its write buffer, and what flushes and compactions
/// unpacked, would otherwise stay with the allocator of the thread that did it. Thread-safe.
std::shared_ptr<rocksdb::EventListener> make_memory_listener();

}  // namespace selene::index
