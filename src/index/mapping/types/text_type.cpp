// text, match_only_text
#include "base/json/json_writer.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

template <std::shared_ptr<const Analyzer> MappedField::*member>
Result<std::string> parse_analyzer(JsonValue value, const AnalyzerRegistry& analyzers, MappedField& field) {
  const std::string name = java_text(value);
  field.*member = analyzers.find(name == "default" && analyzers.find(name) == nullptr ? "standard" : name);
  if (field.*member == nullptr)
    return Error(ErrorCode::kIllegalArgument, "analyzer [{}] has not been configured in mappings", name);
  return base::quote(name);
}

Result<std::string> parse_index_options(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(const std::string options, parse_choice("index_options", value, {"positions", "docs", "freqs", "offsets"}));
  field.freqs = options != "docs";
  field.positions = options == "positions" || options == "offsets";
  return base::quote(options);
}

Result<std::string> parse_term_vector(JsonValue value, const AnalyzerRegistry&, MappedField&) {
  ASSIGN_OR_RETURN(const std::string choice, parse_choice("term_vector", value,
                                                          {"no", "yes", "with_offsets", "with_positions", "with_positions_offsets",
                                                           "with_positions_payloads", "with_positions_offsets_payloads"}));
  return base::quote(choice);
}

Result<std::string> parse_position_increment_gap(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(field.position_increment_gap, integer_setting(value));
  if (field.position_increment_gap < 0) {
    return Error(ErrorCode::kMapperParsing, "[position_increment_gap] must be positive, got [{}]", field.position_increment_gap);
  }
  return std::to_string(field.position_increment_gap);
}

void init_text(const AnalyzerRegistry& analyzers, MappedField& field) {
  field.doc_values = false;
  field.analyzer = analyzers.find("default");
  if (field.analyzer == nullptr) field.analyzer = analyzers.find("standard");
}

void init_match_only_text(const AnalyzerRegistry& analyzers, MappedField& field) {
  init_text(analyzers, field);
  field.norms = false;
  field.constant_score = true;
}

Status finish_text(MappedField& field) {
  if (field.search_analyzer == nullptr) field.search_analyzer = field.analyzer;
  if (field.search_quote_analyzer == nullptr) field.search_quote_analyzer = field.search_analyzer;
  if (!field.index) field.norms = field.positions = field.freqs = false;
  return {};
}

Status parse_text(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object()) {
    const base::JsonPosition at = sink.json().position_of(value);
    return Error(ErrorCode::kIllegalState, "Can't get text on a START_OBJECT at {}:{}", at.line, at.column);
  }
  sink.add_text(field, sink.text(value));
  return {};
}

constexpr auto kNo = Parameter::Update::kNo;
constexpr auto kYes = Parameter::Update::kYes;
constexpr Parameter kAnalyzer{"analyzer", "\"default\"", kNo, &parse_analyzer<&MappedField::analyzer>};
constexpr Parameter kSearchAnalyzer{"search_analyzer", "\"default\"", kYes, &parse_analyzer<&MappedField::search_analyzer>};
constexpr Parameter kSearchQuoteAnalyzer{"search_quote_analyzer", "\"default\"", kYes,
                                         &parse_analyzer<&MappedField::search_quote_analyzer>};
constexpr Parameter kPositionIncrementGap{"position_increment_gap", "100", kNo, &parse_position_increment_gap};

constexpr Parameter kTextParameters[] = {
    parameters::kIndex,
    parameters::kStore,
    {"index_options", "\"positions\"", kNo, &parse_index_options},
    {"norms", "true", Parameter::Update::kOnlyToFalse, &parse_flag<&MappedField::norms>},
    {"term_vector", "\"no\"", kNo, &parse_term_vector},
    kAnalyzer,
    kSearchAnalyzer,
    kSearchQuoteAnalyzer,
    parameters::kSimilarity,
    kPositionIncrementGap,
    {"fielddata", "false", kYes, &parse_shown_flag},
    {"fielddata_frequency_filter", "null", kYes, &parse_shown},
    parameters::kEagerGlobalOrdinals,
    {"index_phrases", "false", kNo, &parse_shown_flag},
    {"index_prefixes", "null", kNo, &parse_shown, true},
    parameters::kMeta,
};
constexpr Parameter kMatchOnlyTextParameters[] = {kAnalyzer, kSearchAnalyzer, kSearchQuoteAnalyzer, kPositionIncrementGap,
                                                  parameters::kMeta};

}  // namespace

const FieldTypeEntry kTextType{"text", FieldType::kText, kTextParameters, &init_text, &finish_text, &parse_text};
const FieldTypeEntry kMatchOnlyTextType{"match_only_text",     FieldType::kText, kMatchOnlyTextParameters,
                                        &init_match_only_text, &finish_text,     &parse_text};

}  // namespace selene::index
