#pragma once

namespace selene::main {

/// Reads the command line, runs the sub-command that it names, and prints what went wrong. The exit status of the program.
int run_command_line(int argc, char** argv);

}  // namespace selene::main
