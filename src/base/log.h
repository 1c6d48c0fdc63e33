#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/format.h"
#include "base/result.h"

namespace selene::base {

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError, kOff };
/// "trace", ..., "off". Errors: kIllegalArgument naming the allowed words.
Result<LogLevel> parse_log_level(std::string_view name);

/// To standard error, one line a message: [time][LEVEL] text. Line breaks and control characters of `text` are escaped, so that
/// outside bytes cannot forge lines. Never log secrets or document bodies. Thread-safe. kInfo and above unless set otherwise.
void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);
void write_log(LogLevel level, std::string_view text);

template <class... Args>
void log_debug(format_string<Args...> pattern, Args&&... args) {
  if (log_enabled(LogLevel::kDebug)) write_log(LogLevel::kDebug, base::format(pattern, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(format_string<Args...> pattern, Args&&... args) {
  if (log_enabled(LogLevel::kInfo)) write_log(LogLevel::kInfo, base::format(pattern, std::forward<Args>(args)...));
}
template <class... Args>
void log_warn(format_string<Args...> pattern, Args&&... args) {
  if (log_enabled(LogLevel::kWarn)) write_log(LogLevel::kWarn, base::format(pattern, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(format_string<Args...> pattern, Args&&... args) {
  if (log_enabled(LogLevel::kError)) write_log(LogLevel::kError, base::format(pattern, std::forward<Args>(args)...));
}

}  // namespace selene::base
