#include "index/store/memory_listener.h"

#include <rocksdb/listener.h>

#include "base/heap.h"

namespace selene::index {
namespace {

class MemoryListener final : public rocksdb::EventListener {
 public:
  const char* Name() const override { return "memory"; }
  void OnFlushCompleted(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*info*/) override { base::return_freed_memory(); }
  void OnCompactionCompleted(rocksdb::DB* /*db*/, const rocksdb::CompactionJobInfo& /*info*/) override {
    base::return_freed_memory();
  }
};

}  // namespace

std::shared_ptr<rocksdb::EventListener> make_memory_listener() { return std::make_shared<MemoryListener>(); }

}  // namespace selene::index
