#include "rest/cluster_settings.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/json/json_writer.h"
#include "base/wildcard.h"
#include "rest/comma_list.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr std::string_view kRecordKind = "cluster_settings";
constexpr std::string_view kRecordId = "persistent";

/// Families that are taken (a trailing dot means: anything below). Of them `action.*` changes what this node does.
constexpr std::string_view kKnown[] = {"action.auto_create_index",
                                       "action.destructive_requires_name",
                                       "cluster.",
                                       "indices.",
                                       "ingest.",
                                       "logger.",
                                       "search.",
                                       "script.",
                                       "xpack."};

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The values of settings that this node acts on.
base::Status check_value(std::string_view name, std::string_view value) {
  if (name != "search.max_buckets") return {};
  const std::optional<int64_t> number = parse_integer(value);
  if (!number) return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}]", value, name);
  if (*number < 0)
    return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}] must be >= 0", value, name);
  return {};
}

bool is_known(std::string_view name) {
  return std::any_of(std::begin(kKnown), std::end(kKnown), [&](std::string_view known) {
    return known.ends_with('.') ? name.starts_with(known) && name.size() > known.size() : name == known;
  });
}

base::Status merge(std::string_view section, JsonValue changes, ClusterSettings::Map& map) {
  if (!changes.is_object()) return Error(ErrorCode::kParsing, "[cluster_update_settings_request] [{}] must be an object", section);
  for (const auto& [name, value] : flatten_settings(changes)) {
    if (!value) {
      std::erase_if(map,
                    [pattern = std::string_view(name)](const auto& entry) { return base::matches_wildcard(pattern, entry.first); });
    } else if (!is_known(name)) {
      return Error(ErrorCode::kIllegalArgument, "{} setting [{}], not recognized", section, name);
    } else {
      RETURN_IF_ERROR(check_value(name, *value));
      map[name] = *value;
    }
  }
  return {};
}

void flatten(JsonValue value, const std::string& prefix, std::map<std::string, std::optional<std::string>, std::less<>>& out) {
  if (value.is_object()) {
    for (const auto [key, member] : value.as_object())
      flatten(member, prefix.empty() ? std::string(key) : prefix + "." + std::string(key), out);
  } else if (value.is_null()) {
    out[prefix] = std::nullopt;
  } else if (value.is_array()) {
    std::string list;
    for (const JsonValue element : value.as_array()) {
      list.append(list.empty() ? "" : ",");
      list.append(element.is_string() ? std::string(element.as_string()) : base::JsonWriter().value(element).take());
    }
    out[prefix] = list;
  } else {
    out[prefix] = value.is_string() ? std::string(value.as_string()) : base::JsonWriter().value(value).take();
  }
}

/// A list of an index's settings is JSON text here and an array in answers.
void write_value(std::string_view value, base::JsonWriter& out) {
  const bool list = value.starts_with('[') && value.ends_with(']') && base::JsonDocument::parse(std::string(value));
  if (list) {
    out.raw(value);
  } else {
    out.value(value);
  }
}

/// Writes the entries [begin, end) whose names share `prefix_size` characters as one object; a name that is both a leaf and a
/// parent stays dotted.
void write_nested(std::vector<std::pair<std::string_view, std::string_view>> entries, size_t prefix_size, base::JsonWriter& out) {
  out.begin_object();
  for (size_t i = 0; i < entries.size();) {
    const std::string_view rest = entries[i].first.substr(prefix_size);
    const size_t dot = rest.find('.');
    const std::string_view group = entries[i].first.substr(0, prefix_size + std::min(dot, rest.size()));
    std::vector<std::pair<std::string_view, std::string_view>> members;
    size_t next = i;
    while (next < entries.size() && (entries[next].first == group || entries[next].first.starts_with(std::string(group) + ".")))
      members.push_back(entries[next++]);
    if (dot == std::string_view::npos) {
      for (const auto& [name, value] : members) write_value(value, out.key(name.substr(prefix_size)));
    } else {
      out.key(rest.substr(0, dot));
      write_nested(members, group.size() + 1, out);
    }
    i = next;
  }
  out.end_object();
}

}  // namespace

std::map<std::string, std::optional<std::string>, std::less<>> flatten_settings(JsonValue settings) {
  std::map<std::string, std::optional<std::string>, std::less<>> out;
  if (settings.is_object()) flatten(settings, "", out);
  return out;
}

std::string settings_json(const ClusterSettings::Map& flat, bool nested) {
  base::JsonWriter out;
  if (!nested) {
    out.begin_object();
    for (const auto& [name, value] : flat) write_value(value, out.key(name));
    return out.end_object().take();
  }
  // '.' first, so that the members of one object stand together ("a.b" before "a-b")
  std::vector<std::pair<std::string_view, std::string_view>> entries(flat.begin(), flat.end());
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::lexicographical_compare(a.first.begin(), a.first.end(), b.first.begin(), b.first.end(),
                                        [](char x, char y) { return (x == '.' ? '\1' : x) < (y == '.' ? '\1' : y); });
  });
  write_nested(entries, 0, out);
  return out.take();
}

base::Result<std::unique_ptr<ClusterSettings>> ClusterSettings::load(index::Catalog& catalog) {
  std::unique_ptr<ClusterSettings> settings(new ClusterSettings(catalog));
  ASSIGN_OR_RETURN(const auto records, catalog.records(kRecordKind));
  if (const auto it = records.find(std::string(kRecordId)); it != records.end()) {
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(it->second));
    for (const auto& [name, value] : flatten_settings(document.root())) settings->persistent_[name] = value.value_or("");
  }
  return settings;
}

std::string ClusterSettings::get(std::string_view name, std::string_view fallback) const {
  const std::lock_guard lock(mutex_);
  if (const auto it = transient_.find(name); it != transient_.end()) return it->second;
  if (const auto it = persistent_.find(name); it != persistent_.end()) return it->second;
  return std::string(fallback);
}

bool ClusterSettings::get_bool(std::string_view name, bool fallback) const {
  return get(name, fallback ? "true" : "false") == "true";
}

int64_t ClusterSettings::get_integer(std::string_view name, int64_t fallback) const {
  return parse_integer(get(name, "")).value_or(fallback);
}

ClusterSettings::Map ClusterSettings::persistent() const {
  const std::lock_guard lock(mutex_);
  return persistent_;
}

ClusterSettings::Map ClusterSettings::transient() const {
  const std::lock_guard lock(mutex_);
  return transient_;
}

base::Status ClusterSettings::update(JsonValue body) {
  for (const auto [key, value] : body.as_object()) {
    if (key != "persistent" && key != "transient") {
      return Error(ErrorCode::kXContentParse, "[cluster_update_settings_request] unknown field [{}]", key);
    }
  }
  if (flatten_settings(body["persistent"]).empty() && flatten_settings(body["transient"]).empty()) {
    return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: no settings to update;");
  }
  const std::lock_guard lock(mutex_);
  Map persistent = persistent_;
  Map transient = transient_;
  if (body["persistent"].exists()) RETURN_IF_ERROR(merge("persistent", body["persistent"], persistent));
  if (body["transient"].exists()) RETURN_IF_ERROR(merge("transient", body["transient"], transient));
  RETURN_IF_ERROR(catalog_.put_record(kRecordKind, kRecordId, settings_json(persistent, false)));
  persistent_ = std::move(persistent);
  transient_ = std::move(transient);
  return {};
}

bool ClusterSettings::may_auto_create(std::string_view name) const {
  const std::string rule = get("action.auto_create_index", "true");
  if (rule == "true" || rule == "false") return rule == "true";
  for (const std::string& part : split_list(rule)) {
    const bool forbids = part.starts_with('-');
    const std::string_view pattern = forbids || part.starts_with('+') ? std::string_view(part).substr(1) : std::string_view(part);
    if (base::matches_wildcard(pattern, name)) return !forbids;
  }
  return false;
}

}  // namespace selene::rest
