#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace selene::base {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "selene: check failed: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace selene::base
