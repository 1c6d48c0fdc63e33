#include "main/command_error.h"

#include <iostream>

namespace selene::main {

int report_error(const base::Error& error) {
  std::cerr << "selene: " << error.reason() << "\n";
  for (const base::Error* cause = error.cause(); cause != nullptr; cause = cause->cause())
    std::cerr << "  because: " << cause->reason() << "\n";
  return 1;
}

}  // namespace selene::main
