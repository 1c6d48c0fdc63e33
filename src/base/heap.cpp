#include "base/heap.h"

#include <cstddef>
#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/// jemalloc's, where a program is linked with it (the server is); null elsewhere.
extern "C" __attribute__((weak)) int mallctl(const char* name, void* old, size_t* old_bytes, void* fresh, size_t fresh_bytes);

namespace selene::base {

void return_freed_memory() {
  if (mallctl != nullptr) {
    mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096: MALLCTL_ARENAS_ALL
    return;
  }
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace selene::base
