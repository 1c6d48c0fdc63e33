#include <exception>
#include <iostream>

#include "main/command_line.h"

int main(int argc, char** argv) {
  try {
    return selene::main::run_command_line(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "selene: " << fault.what() << "\n";
    return 1;
  }
}
