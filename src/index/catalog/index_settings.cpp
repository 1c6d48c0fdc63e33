#include "index/catalog/index_settings.h"

#include <array>
#include <charconv>

#include "base/json/json_writer.h"
#include "index/catalog/active_shards.h"
#include "index/catalog/setting_registry.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonType;
using base::JsonValue;
using base::Result;
using base::Status;

constexpr std::string_view kPrefix = "index.";
constexpr int kMaxDepth = 50;

Result<std::string> scalar_text(std::string_view name, JsonValue value) {
  switch (value.type()) {
    case JsonType::kString: return std::string(value.as_string());
    case JsonType::kBool: return std::string(value.as_bool() ? "true" : "false");
    case JsonType::kInt64: return std::to_string(value.as_int64());
    case JsonType::kUint64: return std::to_string(value.as_uint64());
    case JsonType::kDouble: return base::format_number(value.as_double());
    default:
      return Error(ErrorCode::kIllegalArgument, "Failed to parse value for setting [{}]: a text, a number or a list is expected",
                   name);
  }
}

std::string full_name(const std::string& name) { return name.starts_with(kPrefix) ? name : std::string(kPrefix) + name; }

Status flatten(const std::string& path, JsonValue value, int depth, SettingValues& out) {
  if (depth > kMaxDepth) return Error(ErrorCode::kIllegalArgument, "settings are nested deeper than [{}]", kMaxDepth);
  if (value.is_object()) {
    for (const auto [key, member] : value.as_object()) {
      RETURN_IF_ERROR(flatten(path.empty() ? std::string(key) : path + "." + std::string(key), member, depth + 1, out));
    }
    return {};
  }
  const std::string name = full_name(path);
  if (value.is_null()) {
    out[name].clear();
    return {};
  }
  base::JsonWriter json;
  if (value.is_array()) {
    json.begin_array();
    for (const JsonValue element : value.as_array()) {
      ASSIGN_OR_RETURN(const std::string text, scalar_text(name, element));
      json.value(text);
    }
    json.end_array();
  } else {
    ASSIGN_OR_RETURN(const std::string text, scalar_text(name, value));
    json.value(text);
  }
  out[name] = json.take();
  return {};
}

/// What a setting reads as: a string's text, a list's JSON.
std::string text_of(const std::string& json) {
  const Result<JsonDocument> parsed = JsonDocument::parse(json);
  if (parsed && parsed->root().is_string()) return std::string(parsed->root().as_string());
  return json;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Status check_integer(const SettingEntry& entry, std::string_view name, std::string_view text) {
  const std::optional<int64_t> value = parse_integer(text);
  if (!value) return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}]", text, name);
  if (*value < entry.minimum) {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}] must be >= {}", text, name,
                 entry.minimum);
  }
  if (*value > entry.maximum) {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}] must be <= {}", text, name,
                 entry.maximum);
  }
  return {};
}

Status check_value(const SettingEntry& entry, std::string_view name, std::string_view text) {
  switch (entry.kind) {
    case SettingKind::kInteger: return check_integer(entry, name, text);
    case SettingKind::kBoolean:
      if (text == "true" || text == "false") return {};
      return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.", text);
    case SettingKind::kTime:
      if (parse_time_ms(text)) return {};
      return Error(ErrorCode::kIllegalArgument,
                   "failed to parse setting [{}] with value [{}] as a time value: unit is missing or unrecognized", name, text);
    default: break;
  }
  if (name == "index.translog.sync_interval") {
    const auto ms = parse_time_ms(text);
    if (ms && *ms >= 100) return {};
    return Error(ErrorCode::kIllegalArgument, "failed to parse value [{}] for setting [{}], must be >= [100ms]", text, name);
  }
  if (name == "index.write.wait_for_active_shards") RETURN_IF_ERROR(ActiveShardCount::parse(text));
  if (name == "index.translog.durability" && text != "request" && text != "async" && text != "REQUEST" && text != "ASYNC") {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}]: allowed are [request, async]", text,
                 name);
  }
  return {};
}

std::vector<std::string> list_of(const std::string& json) {
  std::vector<std::string> list;
  const Result<JsonDocument> parsed = JsonDocument::parse(json);
  if (!parsed) return list;
  if (parsed->root().is_string()) list.emplace_back(parsed->root().as_string());
  if (parsed->root().is_array()) {
    for (const JsonValue element : parsed->root().as_array()) {
      if (element.is_string()) list.emplace_back(element.as_string());
    }
  }
  return list;
}

template <class Int>
void read_integer(const IndexSettings& settings, std::string_view name, Int& target) {
  const auto at = settings.flat.find(name);
  if (at == settings.flat.end()) return;
  if (const auto value = parse_integer(at->second)) target = static_cast<Int>(*value);
}

struct SettingTree {
  std::map<std::string, SettingTree, std::less<>> children;
  std::string json;
  void write(base::JsonWriter& out) const {
    if (children.empty()) {
      out.raw(json);
      return;
    }
    out.begin_object();
    for (const auto& [name, child] : children) {
      out.key(name);
      child.write(out);
    }
    out.end_object();
  }
};

}  // namespace

Result<SettingValues> flatten_settings(JsonValue settings) {
  SettingValues values;
  if (!settings.exists() || settings.is_null()) return values;
  if (!settings.is_object()) return Error(ErrorCode::kIllegalArgument, "settings must be an object");
  RETURN_IF_ERROR(flatten("", settings, 0, values));
  return values;
}

Status check_copies(const SettingValues& values) {
  constexpr std::string_view kName = "index.write.wait_for_active_shards";
  const auto at = values.find(kName);
  if (at == values.end()) return {};
  ASSIGN_OR_RETURN(const ActiveShardCount count, ActiveShardCount::parse(text_of(at->second)));
  return count.check(kName, read_settings(values).number_of_replicas);
}

Status check_settings(const SettingValues& values, SettingsUse use, std::vector<std::string>* not_dynamic) {
  for (const auto& [name, json] : values) {
    const SettingEntry* entry = find_setting(name);
    if (entry == nullptr) {
      return Error(
          ErrorCode::kIllegalArgument,
          "unknown setting [{}] please check that any required plugins are installed, or check the breaking changes documentation "
          "for removed settings",
          name);
    }
    if (entry->scope == SettingScope::kPrivate) {
      return Error(ErrorCode::kValidation, "Validation Failed: 1: private index setting [{}] can not be set explicitly;", name);
    }
    if (use == SettingsUse::kUpdate && entry->scope == SettingScope::kStatic) not_dynamic->push_back(name);
    if (!json.empty()) RETURN_IF_ERROR(check_value(*entry, name, text_of(json)));
  }
  return {};
}

IndexSettings read_settings(const SettingValues& values) {
  IndexSettings settings;
  for (const auto& [name, json] : values) {
    if (!json.empty()) settings.flat[name] = text_of(json);
  }
  read_integer(settings, "index.number_of_shards", settings.number_of_shards);
  read_integer(settings, "index.number_of_replicas", settings.number_of_replicas);
  read_integer(settings, "index.max_result_window", settings.max_result_window);
  read_integer(settings, "index.mapping.total_fields.limit", settings.total_fields_limit);
  read_integer(settings, "index.mapping.depth.limit", settings.depth_limit);
  if (const auto at = settings.flat.find("index.refresh_interval"); at != settings.flat.end()) {
    settings.refresh_interval_ms = parse_time_ms(at->second).value_or(settings.refresh_interval_ms);
  }
  if (const auto at = settings.flat.find("index.translog.sync_interval"); at != settings.flat.end()) {
    settings.sync_interval_ms = parse_time_ms(at->second).value_or(settings.sync_interval_ms);
  }
  if (const auto at = values.find("index.query.default_field"); at != values.end() && !at->second.empty()) {
    settings.query_default_field = list_of(at->second);
  }
  return settings;
}

MappingLimits mapping_limits(const IndexSettings& settings) {
  MappingLimits limits;
  limits.total_fields = settings.total_fields_limit;
  limits.depth = settings.depth_limit;
  read_integer(settings, "index.mapping.nested_fields.limit", limits.nested_fields);
  read_integer(settings, "index.mapping.nested_objects.limit", limits.nested_objects);
  return limits;
}

namespace {

/// The settings whose names start with `prefix` as one nested JSON object; empty if there are none.
std::string nested_json(const SettingValues& values, std::string_view prefix) {
  SettingTree tree;
  for (const auto& [name, json] : values) {
    if (!name.starts_with(prefix) || json.empty()) continue;
    SettingTree* node = &tree;
    for (std::string_view rest = std::string_view(name).substr(prefix.size()); !rest.empty();) {
      const size_t dot = rest.find('.');
      node = &node->children[std::string(rest.substr(0, dot))];
      rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    }
    node->json = json;
  }
  if (tree.children.empty()) return {};
  base::JsonWriter out;
  tree.write(out);
  return out.take();
}

}  // namespace

std::string analysis_json(const SettingValues& values) { return nested_json(values, "index.analysis."); }

AnalysisLimits analysis_limits(const SettingValues& values) {
  const IndexSettings settings = read_settings(values);
  AnalysisLimits limits;
  read_integer(settings, "index.max_ngram_diff", limits.max_ngram_diff);
  read_integer(settings, "index.max_shingle_diff", limits.max_shingle_diff);
  return limits;
}

Result<std::shared_ptr<const Similarities>> read_similarities(const SettingValues& values) {
  const std::string json = nested_json(values, "index.similarity.");
  if (json.empty()) return Similarities::create({});
  ASSIGN_OR_RETURN(const JsonDocument parsed, JsonDocument::parse(json));
  return Similarities::create(parsed.root());
}

bool syncs_every_request(const SettingValues& values) {
  const auto at = values.find("index.translog.durability");
  return at == values.end() || (at->second != "\"async\"" && at->second != "\"ASYNC\"");
}

std::optional<int64_t> parse_time_ms(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    int64_t ms;
  };
  constexpr std::array<Unit, 5> kUnits = {{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  if (text == "-1") return -1;
  if (text == "0") return 0;
  for (const std::string_view fine : {"micros", "nanos"}) {
    if (!text.ends_with(fine)) continue;
    const auto number = parse_integer(text.substr(0, text.size() - fine.size()));
    if (!number || *number < 0) return std::nullopt;
    return *number / (fine == "micros" ? 1000 : 1'000'000);
  }
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.suffix)) continue;
    const auto number = parse_integer(text.substr(0, text.size() - unit.suffix.size()));
    if (!number || *number < 0 || *number > INT64_MAX / unit.ms) return std::nullopt;
    return *number * unit.ms;
  }
  return std::nullopt;
}

}  // namespace selene::index
