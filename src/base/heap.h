#pragma once

namespace selene::base {

/// Gives memory that was freed, but that the allocator kept, back to the operating system. Takes some milliseconds: for the end of
/// work that freed much at once. Thread-safe. Does nothing with allocators other than jemalloc's and glibc's.
void return_freed_memory();

}  // namespace selene::base
