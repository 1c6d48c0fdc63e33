#pragma once

#include "base/error.h"

namespace selene::main {

/// Prints `selene: reason` and its causes to standard error; gives the exit status 1.
int report_error(const base::Error& error);

}  // namespace selene::main
