#include "main/node_config.h"

#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "main/inference_settings.h"
#include "rest/parameter_check.h"

namespace selene::main {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::string_view kFloodStage = "cluster.routing.allocation.disk.watermark.flood_stage";
constexpr std::string_view kUploadTier = "xpack.ml.trained_models.tier";
constexpr std::string_view kDefaultInferenceId = "semantic_text.default_inference_id";
constexpr std::string_view kFilterCacheSize = "indices.queries.cache.size";
constexpr std::string_view kFilterCacheCount = "indices.queries.cache.count";
constexpr std::string_view kFilterCacheSmall = "indices.queries.cache.all_segments";
constexpr std::string_view kDocumentCacheSize = "indices.documents.cache.size";
constexpr std::string_view kNames[] = {"cluster.name",    "node.name",       "network.host",      "http.port",
                                       "path.data",       "models",          "models_dir",        "tier",
                                       "threads",         "kernel_isa",      "logger.level",      "index.translog.durability",
                                       kFloodStage,       kUploadTier,       kDefaultInferenceId, kFilterCacheSize,
                                       kFilterCacheCount, kFilterCacheSmall, kDocumentCacheSize};

std::vector<std::string_view> all_names() {
  std::vector<std::string_view> names(std::begin(kNames), std::end(kNames));
  for (const std::string_view name : inference_setting_names()) names.push_back(name);
  for (const std::string_view name : security_setting_names()) names.push_back(name);
  return names;
}

base::Result<int64_t> parse_int(const std::string& name, const std::string& text, int64_t low, int64_t high) {
  int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault == std::errc() && end == text.data() + text.size() && value >= low && value <= high) return value;
  return Error(ErrorCode::kIllegalArgument,
               "Failed to parse value [{}] for setting [{}]: a whole number between [{}] and [{}] is expected", text, name, low,
               high);
}

base::Status flatten(const YAML::Node& node, const std::string& prefix, std::vector<std::pair<std::string, std::string>>& out) {
  if (node.IsNull()) return {};
  if (node.IsScalar()) {
    out.emplace_back(prefix, node.Scalar());
    return {};
  }
  if (node.IsSequence() && prefix == kSupportedProtocols) {
    std::string list;
    for (const auto& item : node) list += (list.empty() ? "" : ",") + item.as<std::string>();
    out.emplace_back(prefix, list);
    return {};
  }
  if (!node.IsMap()) return Error(ErrorCode::kParsing, "setting [{}]: a list is not expected here", prefix);
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    RETURN_IF_ERROR(flatten(entry.second, prefix.empty() ? key : prefix + "." + key, out));
  }
  return {};
}

struct Amount {
  double number = 0;
  bool is_percentage = false;  ///< then `number` is in [0, 100], else it is in bytes
};

/// `95%` or `500mb`; empty: neither.
std::optional<Amount> parse_amount(const std::string& value) {
  double number = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
  const std::string_view unit(end, static_cast<size_t>(value.data() + value.size() - end));
  constexpr std::string_view kUnits[] = {"b", "kb", "mb", "gb", "tb"};
  const auto* const found = std::find(std::begin(kUnits), std::end(kUnits), unit);
  if (fault != std::errc() || !(number >= 0)) return std::nullopt;
  if (unit == "%" && number <= 100) return Amount{number, true};
  if (number >= 1e6 || found == std::end(kUnits)) return std::nullopt;
  return Amount{std::ldexp(number, static_cast<int>(found - kUnits) * 10), false};
}

/// `500mb` must stay free, or `95%` may be used.
base::Status parse_flood_stage(NodeConfig& config, const std::string& value) {
  const std::optional<Amount> amount = parse_amount(value);
  if (!amount) {
    return Error(ErrorCode::kIllegalArgument,
                 "Failed to parse value [{}] for setting [{}]: a part of the disk that may be used (95%) or a size that stays free "
                 "(256mb) is expected",
                 value, kFloodStage);
  }
  config.max_used = amount->is_percentage ? amount->number / 100 : 1;
  config.min_free_bytes = amount->is_percentage ? 0 : static_cast<uint64_t>(amount->number);
  return {};
}

double memory_bytes() { return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE)); }

/// A part of the machine's memory or a size. In bytes.
base::Result<int64_t> parse_memory(const std::string& name, const std::string& value) {
  const std::optional<Amount> amount = parse_amount(value);
  if (!amount) {
    return Error(ErrorCode::kIllegalArgument,
                 "Failed to parse value [{}] for setting [{}]: a part of the memory (10%) or a size (64mb) is expected", value,
                 name);
  }
  return static_cast<int64_t>(amount->is_percentage ? memory_bytes() * amount->number / 100 : amount->number);
}

/// `indices.queries.cache.*`. False: another name.
base::Result<bool> apply_filter_cache_setting(search::FilterCache::Options& options, const std::string& name,
                                              const std::string& value) {
  if (name == kFilterCacheSize) {
    ASSIGN_OR_RETURN(options.max_bytes, parse_memory(name, value));
    return true;
  }
  if (name == kFilterCacheCount) {
    ASSIGN_OR_RETURN(const int64_t count, parse_int(name, value, 1, 1000000));
    options.max_sets = static_cast<size_t>(count);
    return true;
  }
  if (name != kFilterCacheSmall) return false;
  if (value != "true" && value != "false") {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}]: only [true] or [false] are allowed",
                 value, name);
  }
  const search::FilterCache::Options defaults;
  options.min_docs = value == "true" ? 0 : defaults.min_docs;
  options.min_share = value == "true" ? 0 : defaults.min_share;
  return true;
}

}  // namespace

int64_t default_filter_cache_bytes() { return static_cast<int64_t>(memory_bytes() / 10); }

base::Status apply_setting(NodeConfig& config, const std::string& name, const std::string& value) {
  ASSIGN_OR_RETURN(const bool of_inference, apply_inference_setting(config.inference, name, value));
  if (of_inference) return {};
  ASSIGN_OR_RETURN(const bool of_filter_cache, apply_filter_cache_setting(config.filter_cache, name, value));
  if (of_filter_cache) return {};
  ASSIGN_OR_RETURN(const bool of_security, apply_security_setting(config.security, name, value));
  if (of_security) return {};
  if (name.starts_with("models.") && name.size() > 7) {
    config.models[name.substr(7)] = value;
  } else if (name == "cluster.name") {
    config.cluster_name = value;
  } else if (name == "node.name") {
    config.node_name = value;
  } else if (name == "network.host") {
    config.host = value == "_local_" ? "127.0.0.1" : value;
  } else if (name == "http.port") {
    ASSIGN_OR_RETURN(const int64_t port, parse_int(name, value, 0, 65535));
    config.port = static_cast<uint16_t>(port);
  } else if (name == "path.data") {
    config.data = value;
  } else if (name == "models_dir") {
    config.models_dir = value;
  } else if (name == "tier") {
    ASSIGN_OR_RETURN(config.tier, models::parse_tier(value));
  } else if (name == kUploadTier) {
    ASSIGN_OR_RETURN(config.upload_tier, models::parse_tier(value));
  } else if (name == "threads") {
    ASSIGN_OR_RETURN(const int64_t threads, parse_int(name, value, 0, 1024));
    config.threads = static_cast<int32_t>(threads);
  } else if (name == "kernel_isa") {
    config.kernel_isa = value;
  } else if (name == "logger.level") {
    config.log_level = value;
  } else if (name == "index.translog.durability") {
    if (value != "request" && value != "async") {
      return Error(ErrorCode::kIllegalArgument, "setting [{}] must be one of [request, async] but was [{}]", name, value);
    }
    config.sync_writes = value == "request";
  } else if (name == kFloodStage) {
    RETURN_IF_ERROR(parse_flood_stage(config, value));
  } else if (name == kDocumentCacheSize) {
    ASSIGN_OR_RETURN(config.document_cache_bytes, parse_memory(name, value));
  } else if (name == kDefaultInferenceId) {
    if (value.empty()) return Error(ErrorCode::kIllegalArgument, "setting [{}] must not be empty", name);
    config.default_inference_id = value;
  } else {
    return Error(ErrorCode::kIllegalArgument, "unknown setting [{}]{}", name, rest::did_you_mean(name, all_names()));
  }
  return {};
}

base::Status load_config_file(const std::filesystem::path& file, NodeConfig& config,
                              const std::function<bool(const std::string& name)>& skip) {
  std::vector<std::pair<std::string, std::string>> settings;
  try {
    const YAML::Node root = YAML::LoadFile(file.string());
    if (!root.IsMap() && !root.IsNull()) return Error(ErrorCode::kParsing, "[{}] must hold names and values", file.string());
    RETURN_IF_ERROR(flatten(root, "", settings));
  } catch (const YAML::BadFile&) {
    return Error(ErrorCode::kIo, "cannot read the configuration file [{}]", file.string());
  } catch (const YAML::Exception& fault) {
    return Error(ErrorCode::kParsing, "[{}:{}:{}] {}", file.string(), fault.mark.line + 1, fault.mark.column + 1, fault.msg);
  }
  for (const auto& [name, value] : settings) {
    NodeConfig scratch = config;
    RETURN_IF_ERROR(apply_setting(scratch, name, value));  // checked even where something else wins
    if (!skip(name)) config = std::move(scratch);
  }
  return {};
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1" || host == "[::1]") return true;
  const bool digits = std::all_of(host.begin(), host.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return digits && host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3;
}

}  // namespace selene::main
