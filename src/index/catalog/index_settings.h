#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"

namespace selene::index {

/// Settings by full name ("index.refresh_interval"), each as the JSON text of its value: a string, or an array of strings.
using SettingValues = std::map<std::string, std::string, std::less<>>;

/// Flattens nested or dotted settings, with or without the prefix `index.`; a null is an empty text. Errors: kIllegalArgument, a
/// value that is no scalar or list of scalars.
base::Result<SettingValues> flatten_settings(base::JsonValue settings);

enum class SettingsUse : uint8_t { kCreate, kUpdate };
/// Checks names and values. Errors: kIllegalArgument (`unknown setting [index.foo] please check ...`, a value out of range),
/// kValidation
/// (`private index setting [index.uuid] can not be set explicitly`). kUpdate lists the static ones in `not_dynamic` instead.
base::Status check_settings(const SettingValues& values, SettingsUse use, std::vector<std::string>* not_dynamic);

/// Whether `index.write.wait_for_active_shards` asks for no more copies than the index has. Errors: kIllegalArgument. REQUIRES:
/// checked values.
base::Status check_copies(const SettingValues& values);

/// The settings Selene acts on, and `flat` (a list stays JSON text). REQUIRES: checked values.
IndexSettings read_settings(const SettingValues& values);
/// What index.mapping.* allows a mapping and its documents.
MappingLimits mapping_limits(const IndexSettings& settings);
/// The settings below "index.analysis." as one nested JSON object; empty if there are none.
std::string analysis_json(const SettingValues& values);
/// index.max_ngram_diff and index.max_shingle_diff.
AnalysisLimits analysis_limits(const SettingValues& values);
/// What `index.similarity.*` defines. Errors: those of Similarities::create.
base::Result<std::shared_ptr<const Similarities>> read_similarities(const SettingValues& values);
/// `index.translog.durability` is not `async`.
bool syncs_every_request(const SettingValues& values);

/// `30s`, `500ms`, `1m`, `-1`, `0`: milliseconds. Empty if it is no time.
std::optional<int64_t> parse_time_ms(std::string_view text);

}  // namespace selene::index
