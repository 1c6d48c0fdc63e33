#pragma once

#include "index/mapping/field_type.h"

namespace selene::index {

// One entry a field type; field_type_registry.cpp lists them.
extern const FieldTypeEntry kTextType;
extern const FieldTypeEntry kMatchOnlyTextType;
extern const FieldTypeEntry kKeywordType;
extern const FieldTypeEntry kLongType;
extern const FieldTypeEntry kIntegerType;
extern const FieldTypeEntry kShortType;
extern const FieldTypeEntry kByteType;
extern const FieldTypeEntry kUnsignedLongType;
extern const FieldTypeEntry kDoubleType;
extern const FieldTypeEntry kFloatType;
extern const FieldTypeEntry kHalfFloatType;
extern const FieldTypeEntry kScaledFloatType;
extern const FieldTypeEntry kBooleanType;
extern const FieldTypeEntry kDateType;
extern const FieldTypeEntry kDateNanosType;
extern const FieldTypeEntry kIpType;
extern const FieldTypeEntry kConstantKeywordType;
extern const FieldTypeEntry kWildcardType;
extern const FieldTypeEntry kFlattenedType;
extern const FieldTypeEntry kRankFeatureType;
extern const FieldTypeEntry kRankFeaturesType;
extern const FieldTypeEntry kSparseVectorType;
extern const FieldTypeEntry kDenseVectorType;
extern const FieldTypeEntry kSemanticTextType;
extern const FieldTypeEntry kBinaryType;
extern const FieldTypeEntry kGeoPointType;
extern const FieldTypeEntry kAliasType;
extern const FieldTypeEntry kIntegerRangeType;
extern const FieldTypeEntry kLongRangeType;
extern const FieldTypeEntry kFloatRangeType;
extern const FieldTypeEntry kDoubleRangeType;
extern const FieldTypeEntry kDateRangeType;
extern const FieldTypeEntry kIpRangeType;

}  // namespace selene::index
