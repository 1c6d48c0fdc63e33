#include "index/catalog/index_name_rules.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <optional>

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kMaxNameBytes = 255;

/// What both kinds of names must not be; empty if all is well.
std::string name_fault(std::string_view name) {
  if (name.empty()) return "must not be empty";
  if (name.find_first_of("\\/*?\"<>| ,") != std::string_view::npos) {
    return R"(must not contain the following characters ['\','/','*','?','"','<','>','|',' ',','])";
  }
  if (name.find('#') != std::string_view::npos) return "must not contain '#'";
  if (name.find(':') != std::string_view::npos) return "must not contain ':'";
  if (name[0] == '_' || name[0] == '-' || name[0] == '+') return "must not start with '_', '-', or '+'";
  if (name.size() > kMaxNameBytes) return base::format("index name is too long, ({} > {})", name.size(), kMaxNameBytes);
  if (name == "." || name == "..") return "must not be '.' or '..'";
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20) return "must not contain control characters";
  }
  return {};
}

bool has_upper_case(std::string_view name) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(name.data());
  const auto length = static_cast<int32_t>(name.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(bytes, i, length, c);
    if (c >= 0 && u_tolower(c) != c) return true;
  }
  return false;
}

}  // namespace

Error invalid_index_name(std::string_view name, std::string_view why) {
  return Error(ErrorCode::kInvalidIndexName, "Invalid index name [{}], {}", name, why)
      .with("index_uuid", "_na_")
      .with("index", name);
}

Error invalid_alias_name(std::string_view name, std::string_view why) {
  return Error(ErrorCode::kInvalidAliasName, "Invalid alias name [{}]: {}", name, why)
      .with("index_uuid", "_na_")
      .with("index", name);
}

Error no_such_index(std::string_view name) {
  return Error(ErrorCode::kIndexNotFound, "no such index [{}]", name)
      .with("resource.type", "index_or_alias")
      .with("resource.id", name)
      .with("index_uuid", "_na_")
      .with("index", name);
}

base::Status check_index_name(std::string_view name) {
  if (const std::string fault = name_fault(name); !fault.empty()) return invalid_index_name(name, fault);
  if (has_upper_case(name)) return invalid_index_name(name, "must be lowercase");
  return {};
}

base::Status check_alias_name(std::string_view name) {
  if (const std::string fault = name_fault(name); !fault.empty()) return invalid_alias_name(name, fault);
  return {};
}

}  // namespace selene::index
