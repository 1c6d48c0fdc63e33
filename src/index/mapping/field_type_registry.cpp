#include "index/mapping/types/field_types.h"

namespace selene::index {
namespace {

// Sorted by name.
constexpr const FieldTypeEntry* kFieldTypes[] = {
    &kBooleanType, &kByteType, &kDateType,          &kDoubleType,      &kFloatType, &kHalfFloatType, &kIntegerType,
    &kKeywordType, &kLongType, &kMatchOnlyTextType, &kScaledFloatType, &kShortType, &kTextType,      &kUnsignedLongType,
};

}  // namespace

const FieldTypeEntry* find_field_type(std::string_view name) {
  for (const FieldTypeEntry* entry : kFieldTypes) {
    if (entry->name == name) return entry;
  }
  return nullptr;
}

std::string_view field_type_name(FieldType type) {
  for (const FieldTypeEntry* entry : kFieldTypes) {
    if (entry->type == type && entry != &kMatchOnlyTextType) return entry->name;
  }
  return "";
}

bool is_numeric(FieldType type) { return type >= FieldType::kLong && type <= FieldType::kUnsignedLong; }
bool is_floating(FieldType type) { return type >= FieldType::kDouble && type <= FieldType::kScaledFloat; }

}  // namespace selene::index
