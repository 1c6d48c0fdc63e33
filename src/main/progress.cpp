#include "main/progress.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "base/format.h"

namespace selene::main {

Progress::Progress(std::string what, int64_t total)
    : what_(std::move(what)), total_(std::max<int64_t>(total, 1)), terminal_(isatty(STDERR_FILENO) == 1) {
  draw();
}

Progress::~Progress() {
  if (terminal_) std::cerr << "\n";
}

void Progress::advance(int64_t steps) {
  done_ = std::min(done_ + steps, total_);
  draw();
}

void Progress::draw() {
  const int64_t percent = done_ * 100 / total_;
  const int64_t step = terminal_ ? percent : percent / 10;
  if (step == shown_) return;
  shown_ = step;
  if (!terminal_) {
    std::cerr << base::format("{}: {} of {} ({}%)\n", what_, done_, total_, percent);
    return;
  }
  constexpr size_t kWidth = 40;
  const size_t filled = static_cast<size_t>(percent) * kWidth / 100;
  std::cerr << base::format("\r{} [{}{}] {:3}% {}/{}", what_, std::string(filled, '#'), std::string(kWidth - filled, '.'), percent,
                            done_, total_)
            << std::flush;
}

}  // namespace selene::main
