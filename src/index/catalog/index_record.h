#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "index/catalog/catalog.h"
#include "index/catalog/index_settings.h"

namespace selene::index {

/// What the store keeps of an index beside its mapping: one JSON record under its name.
struct IndexRecord {
  std::string name;
  std::string uuid;
  int64_t creation_date_ms = 0;
  IndexState state = IndexState::kOpen;
  SettingValues settings;  ///< as given; the generated ones are added by `shown_settings`
  std::map<std::string, AliasInfo, std::less<>> aliases;
};
std::string index_record_key(std::string_view name);
std::string encode_index_record(const IndexRecord& record);
/// Errors: kCorruptIndex.
base::Result<IndexRecord> decode_index_record(std::string_view json);
/// With uuid, creation date, version and the defaults that GET shows.
SettingValues shown_settings(const IndexRecord& record);

}  // namespace selene::index
