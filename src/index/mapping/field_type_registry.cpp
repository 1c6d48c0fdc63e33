#include "index/mapping/types/field_types.h"

namespace selene::index {
namespace {

// Sorted by name.
constexpr const FieldTypeEntry* kFieldTypes[] = {
    &kAliasType,       &kBinaryType,       &kBooleanType,     &kByteType,         &kConstantKeywordType, &kDateType,
    &kDateNanosType,   &kDateRangeType,    &kDenseVectorType, &kDoubleType,       &kDoubleRangeType,     &kFlattenedType,
    &kFloatType,       &kFloatRangeType,   &kGeoPointType,    &kHalfFloatType,    &kIntegerType,         &kIntegerRangeType,
    &kIpType,          &kIpRangeType,      &kKeywordType,     &kLongType,         &kLongRangeType,       &kMatchOnlyTextType,
    &kRankFeatureType, &kRankFeaturesType, &kScaledFloatType, &kSemanticTextType, &kShortType,           &kSparseVectorType,
    &kTextType,        &kUnsignedLongType, &kWildcardType,
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

FieldStorage storage_of(FieldType type) {
  switch (type) {
    case FieldType::kText: return FieldStorage::kText;
    case FieldType::kKeyword:
    case FieldType::kIp:
    case FieldType::kWildcard:
    case FieldType::kFlattened:
    case FieldType::kIntegerRange:
    case FieldType::kLongRange:
    case FieldType::kFloatRange:
    case FieldType::kDoubleRange:
    case FieldType::kDateRange:
    case FieldType::kIpRange: return FieldStorage::kKeyword;
    case FieldType::kRankFeature:
    case FieldType::kRankFeatures:
    case FieldType::kSparseVector: return FieldStorage::kFeature;
    case FieldType::kDenseVector: return FieldStorage::kVector;
    case FieldType::kConstantKeyword:
    case FieldType::kBinary:
    case FieldType::kSemanticText:
    case FieldType::kAlias: return FieldStorage::kNone;
    default: return FieldStorage::kNumber;
  }
}

bool is_numeric(FieldType type) { return type >= FieldType::kLong && type <= FieldType::kUnsignedLong; }
bool is_floating(FieldType type) { return type >= FieldType::kDouble && type <= FieldType::kScaledFloat; }

}  // namespace selene::index
