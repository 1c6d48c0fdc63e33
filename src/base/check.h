#pragma once

namespace selene::base {

/// Prints the place and the condition to standard error and aborts: going on would corrupt data.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace selene::base

/// Always on. For states in which going on would corrupt data; never for user input.
#define CHECK(condition)                                            \
  do {                                                              \
    if (!(condition)) [[unlikely]] {                                \
      ::selene::base::check_failed(#condition, __FILE__, __LINE__); \
    }                                                               \
  } while (false)

#ifdef NDEBUG
#define DCHECK(condition) \
  do {                    \
  } while (false && (condition))
#else
#define DCHECK(condition) CHECK(condition)
#endif
