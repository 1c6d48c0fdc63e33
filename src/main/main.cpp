#include <exception>
#include <iostream>

#include "main/command_line.h"

/// Read by jemalloc as it starts: what was freed goes back to the operating system within a second, on a thread of its own.
extern "C" const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";

int main(int argc, char** argv) {
  try {
    return selene::main::run_command_line(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "selene: " << fault.what() << "\n";
    return 1;
  }
}
