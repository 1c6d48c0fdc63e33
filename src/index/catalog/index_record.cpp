#include "index/catalog/index_record.h"

#include "base/json/json_writer.h"

namespace selene::index {
namespace {

constexpr std::string_view kVersionCreated = "9050000";

}  // namespace

std::string index_record_key(std::string_view name) { return std::string("index/").append(name); }

std::string encode_index_record(const IndexRecord& record) {
  base::JsonWriter json;
  json.begin_object().field("name", record.name).field("uuid", record.uuid).field("creation_date", record.creation_date_ms);
  if (record.state == IndexState::kClosed) json.field("state", "close");
  json.key("settings").begin_object();
  for (const auto& [name, value] : record.settings) {
    if (!value.empty()) json.key(name).raw(value);
  }
  json.end_object().key("aliases").begin_object();
  for (const auto& [name, info] : record.aliases) {
    json.key(name);
    info.write_json(json);
  }
  json.end_object().end_object();
  return json.take();
}

base::Result<IndexRecord> decode_index_record(std::string_view text) {
  const base::Error damaged(base::ErrorCode::kCorruptIndex, "damaged record of an index in the store");
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(text));
  const base::JsonValue root = json.root();
  IndexRecord record;
  if (!root["name"].is_string() || !root["uuid"].is_string() || root["creation_date"].type() != base::JsonType::kInt64)
    return damaged;
  record.name = root["name"].as_string();
  record.uuid = root["uuid"].as_string();
  record.creation_date_ms = root["creation_date"].as_int64();
  ASSIGN_OR_RETURN(record.settings, flatten_settings(root["settings"]));
  if (!root["aliases"].is_object()) return damaged;
  for (const auto [name, info] : root["aliases"].as_object()) {
    ASSIGN_OR_RETURN(record.aliases[std::string(name)], AliasInfo::read(info));
  }
  if (root["state"].is_string() && root["state"].as_string() == "close") record.state = IndexState::kClosed;
  return record;
}

SettingValues shown_settings(const IndexRecord& record) {
  SettingValues settings = record.settings;
  std::erase_if(settings, [](const auto& setting) { return setting.second.empty(); });
  const auto set = [&](std::string_view name, std::string_view text) { settings[std::string(name)] = base::quote(text); };
  const auto set_default = [&](std::string_view name, std::string_view text) {
    if (!settings.contains(name)) set(name, text);
  };
  set_default("index.number_of_shards", "1");
  set_default("index.number_of_replicas", "1");
  set_default("index.routing.allocation.include._tier_preference", "data_content");
  set("index.uuid", record.uuid);
  set("index.creation_date", std::to_string(record.creation_date_ms));
  set("index.provided_name", record.name);
  set("index.version.created", kVersionCreated);
  if (record.state == IndexState::kClosed) set("index.verified_before_close", "true");
  return settings;
}

}  // namespace selene::index
