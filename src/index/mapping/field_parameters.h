#pragma once

#include <initializer_list>

#include "index/mapping/field_type.h"
#include "index/mapping/mapping_values.h"

namespace selene::index {

/// A boolean parameter that sets `member`.
template <bool MappedField::*member>
base::Result<std::string> parse_flag(base::JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(const bool flag, boolean_setting(value));
  field.*member = flag;
  return std::string(flag ? "true" : "false");
}
/// Read, checked for being a boolean, shown again, without effect.
base::Result<std::string> parse_shown_flag(base::JsonValue value, const AnalyzerRegistry& analyzers, MappedField& field);
/// Shown again as it came.
base::Result<std::string> parse_shown(base::JsonValue value, const AnalyzerRegistry& analyzers, MappedField& field);
base::Result<std::string> parse_null_value(base::JsonValue value, const AnalyzerRegistry& analyzers, MappedField& field);
/// The name alone; mapping_parser.cpp finds what it stands for.
base::Result<std::string> parse_similarity(base::JsonValue value, const AnalyzerRegistry& analyzers, MappedField& field);
/// One of a list of words. Errors: kMapperParsing `Unknown value [x] for field [name] - accepted values are [..]`.
base::Result<std::string> parse_choice(std::string_view name, base::JsonValue value,
                                       std::initializer_list<std::string_view> choices);

/// Parameters that several types share.
namespace parameters {
constexpr auto kNo = Parameter::Update::kNo;
constexpr auto kYes = Parameter::Update::kYes;
constexpr Parameter kIndex{"index", "true", kNo, &parse_flag<&MappedField::index>};
constexpr Parameter kDocValues{"doc_values", "true", kNo, &parse_flag<&MappedField::doc_values>};
constexpr Parameter kStore{"store", "false", kNo, &parse_flag<&MappedField::store>};
constexpr Parameter kIgnoreMalformed{"ignore_malformed", "false", kYes, &parse_flag<&MappedField::ignore_malformed>};
constexpr Parameter kCoerce{"coerce", "true", kYes, &parse_flag<&MappedField::coerce>};
constexpr Parameter kMeta{"meta", "{}", kYes, &parse_shown};
constexpr Parameter kEagerGlobalOrdinals{"eager_global_ordinals", "false", kYes, &parse_shown_flag};
constexpr Parameter kSimilarity{"similarity", "null", kNo, &parse_similarity};
constexpr Parameter kNullValue{"null_value", "null", kNo, &parse_null_value, true};
}  // namespace parameters

}  // namespace selene::index
