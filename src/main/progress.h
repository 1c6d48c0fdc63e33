#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace selene::main {

/// Progress of a long job on standard error: a bar that redraws itself on a terminal, a line each tenth in a log. One thread.
class Progress {
 public:
  Progress(std::string what, int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void advance(int64_t steps = 1);

 private:
  void draw();

  std::string what_;
  int64_t total_;
  int64_t done_ = 0;
  int64_t shown_ = -1;  // percent on a terminal, tenths in a log
  bool terminal_;
};

}  // namespace selene::main
