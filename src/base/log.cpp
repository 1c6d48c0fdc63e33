#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <memory>

namespace selene::base {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"trace", "debug", "info", "warn", "error", "off"};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace: return spdlog::level::trace;
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: return spdlog::level::off;
  }
  return spdlog::level::info;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("selene", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("[%Y-%m-%dT%H:%M:%S.%e][%^%l%$] %v");
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

std::string escape_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      out.push_back(c);
    } else {
      out += base::format("\\x{:02x}", byte);
    }
  }
  return out;
}

}  // namespace

Result<LogLevel> parse_log_level(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<LogLevel>(i);
  }
  return Error(ErrorCode::kIllegalArgument, "unknown log level [{}]: use one of [trace, debug, info, warn, error, off]", name);
}

void set_log_level(LogLevel level) { logger().set_level(spdlog_level(level)); }
bool log_enabled(LogLevel level) { return logger().should_log(spdlog_level(level)); }
void write_log(LogLevel level, std::string_view text) { logger().log(spdlog_level(level), escape_controls(text)); }

}  // namespace selene::base
