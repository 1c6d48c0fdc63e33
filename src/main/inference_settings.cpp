#include "main/inference_settings.h"

#include <array>
#include <charconv>

#include "base/time_value.h"

namespace selene::main {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using inference::InferenceOptions;

namespace {

Result<std::chrono::milliseconds> parse_time(std::string_view name, const std::string& value) {
  ASSIGN_OR_RETURN(const int64_t ms, base::parse_time_value_ms(value, name));
  if (ms >= 0) return std::chrono::milliseconds(ms);
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}]: it must not be negative", value, name);
}

Result<bool> parse_flag(std::string_view name, const std::string& value) {
  if (value == "true" || value == "false") return value == "true";
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}]: only [true] or [false] are allowed",
               value, name);
}

Result<int64_t> parse_count(std::string_view name, std::string_view value, int64_t least, int64_t most) {
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (fault == std::errc() && end == value.data() + value.size() && number >= least && number <= most) return number;
  return Error(ErrorCode::kIllegalArgument,
               "Failed to parse value [{}] for setting [{}]: a whole number between [{}] and [{}] is expected", value, name, least,
               most);
}

/// "50mb", "1024kb", "5000b", "1gb", or a number of bytes.
Result<size_t> parse_size(std::string_view name, const std::string& value) {
  std::string_view number = value;
  int64_t unit = 1;
  for (const auto& [suffix, bytes] :
       {std::pair<std::string_view, int64_t>{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}, {"b", 1}}) {
    if (!number.ends_with(suffix)) continue;
    number.remove_suffix(suffix.size());
    unit = bytes;
    break;
  }
  ASSIGN_OR_RETURN(const int64_t count, parse_count(name, number, 1, (int64_t{1} << 40) / unit));
  return static_cast<size_t>(count * unit);
}

struct Setting {
  std::string_view name;
  Status (*apply)(InferenceOptions& options, std::string_view name, const std::string& value);
};

template <std::chrono::milliseconds inference::TransportOptions::*member>
Status apply_transport_time(InferenceOptions& options, std::string_view name, const std::string& value) {
  ASSIGN_OR_RETURN(options.transport.*member, parse_time(name, value));
  return {};
}

constexpr std::array<Setting, 14> kSettings = {{
    {"xpack.inference.http.retry.initial_delay", &apply_transport_time<&inference::TransportOptions::retry_initial_delay>},
    {"xpack.inference.http.retry.max_delay_bound", &apply_transport_time<&inference::TransportOptions::retry_max_delay_bound>},
    {"xpack.inference.http.retry.timeout", &apply_transport_time<&inference::TransportOptions::retry_timeout>},
    {"xpack.inference.http.max_response_size",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(options.transport.max_response_bytes, parse_size(name, value));
       return {};
     }},
    {"xpack.inference.http.request_executor.queue_capacity",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(const int64_t count, parse_count(name, value, 1, 1000000));
       options.transport.queue_capacity = static_cast<int32_t>(count);
       return {};
     }},
    {"xpack.inference.http.max_total_connections",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(const int64_t count, parse_count(name, value, 1, 1000));
       options.transport.max_all_calls = static_cast<int32_t>(count);
       return {};
     }},
    {"xpack.inference.http.circuit_breaker.cool_down", &apply_transport_time<&inference::TransportOptions::breaker_cool_down>},
    {"xpack.inference.http.allow_private_targets",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(const bool allow, parse_flag(name, value));
       options.http.targets = allow ? net::ClientTargets::kPublicAndPrivate : net::ClientTargets::kPublic;
       return {};
     }},
    {"xpack.inference.http.allow_plain_http",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(const bool allow, parse_flag(name, value));
       options.http.plain_http = allow ? net::PlainHttp::kAnywhere : net::PlainHttp::kLoopbackOnly;
       return {};
     }},
    {"xpack.inference.http.certificate_authorities",
     [](InferenceOptions& options, std::string_view, const std::string& value) -> Status {
       options.http.ca_file = value;
       return {};
     }},
    {"xpack.inference.skip_validate_and_start",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(const bool skip, parse_flag(name, value));
       options.validate = skip ? inference::ValidateNewEndpoints::kNo : inference::ValidateNewEndpoints::kYes;
       return {};
     }},
    {"xpack.inference.test_services",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(const bool known, parse_flag(name, value));
       options.test_services = known ? inference::TestServices::kKnown : inference::TestServices::kUnknown;
       return {};
     }},
    {"xpack.ml.adaptive_allocations.scale_to_zero_time",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(options.scale_to_zero_time, parse_time(name, value));
       return {};
     }},
    {"xpack.ml.deployment.queue_capacity",
     [](InferenceOptions& options, std::string_view name, const std::string& value) -> Status {
       ASSIGN_OR_RETURN(const int64_t count, parse_count(name, value, 1, 1000000));
       options.queue_capacity = static_cast<int32_t>(count);
       return {};
     }},
}};

constexpr auto kInferenceNames = [] {
  std::array<std::string_view, kSettings.size()> names;
  for (size_t i = 0; i < kSettings.size(); ++i) names[i] = kSettings[i].name;
  return names;
}();

}  // namespace

Result<bool> apply_inference_setting(InferenceOptions& options, std::string_view name, const std::string& value) {
  for (const Setting& setting : kSettings) {
    if (setting.name != name) continue;
    RETURN_IF_ERROR(setting.apply(options, name, value));
    return true;
  }
  return false;
}

std::span<const std::string_view> inference_setting_names() { return kInferenceNames; }

}  // namespace selene::main
