#pragma once

#include <cstdint>
#include <string_view>

namespace selene::index {

enum class SettingKind : uint8_t { kText, kBoolean, kInteger, kTime, kList, kAny };
enum class SettingScope : uint8_t { kStatic, kDynamic, kPrivate };

/// One index setting, or with a name that ends in '.' all settings below it.
struct SettingEntry {
  std::string_view name;
  SettingKind kind;
  SettingScope scope;
  int64_t minimum = INT32_MIN;
  int64_t maximum = INT32_MAX;
};

/// Null if there is no such setting.
const SettingEntry* find_setting(std::string_view name);

}  // namespace selene::index
