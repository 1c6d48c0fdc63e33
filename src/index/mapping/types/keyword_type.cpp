#include "base/json/json_writer.h"
#include "index/analysis/utf8.h"
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

/// Lucene's IndexWriter.MAX_TERM_LENGTH, bytes.
constexpr size_t kMaxTermLength = 32766;

Result<std::string> parse_ignore_above(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(field.ignore_above, integer_setting(value));
  if (field.ignore_above < 0)
    return Error(ErrorCode::kIllegalArgument, "[ignore_above] must be positive, got [{}]", field.ignore_above);
  return std::to_string(field.ignore_above);
}

Result<std::string> parse_normalizer(JsonValue value, const AnalyzerRegistry& analyzers, MappedField& field) {
  const std::string name = java_text(value);
  if (name == "default") return base::quote(name);
  field.normalizer = analyzers.find_normalizer(name);
  if (field.normalizer == nullptr) {
    return Error(ErrorCode::kMapperParsing, "normalizer [{}] not found for field [{}]", name,
                 field.name.substr(field.name.rfind('.') + 1));
  }
  return base::quote(name);
}

Result<std::string> parse_index_options(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(const std::string options, parse_choice("index_options", value, {"docs", "freqs"}));
  field.freqs = options == "freqs";
  return base::quote(options);
}

std::string immense_term(const MappedField& field, std::string_view term) {
  std::string prefix;
  for (const char c : term.substr(0, 30))
    prefix += base::format("{}{}", prefix.empty() ? "" : ", ", static_cast<int>(static_cast<signed char>(c)));
  return base::format(
      "Document contains at least one immense term in field=\"{}\" (whose UTF8 encoding is longer than the max length {}), all of "
      "which were "
      "skipped. Please correct the analyzer to not produce such terms. The prefix of the first immense term is: '[{}]...'",
      field.name, kMaxTermLength, prefix);
}

bool longer_than(std::string_view text, int32_t num_units) {
  const auto limit = static_cast<size_t>(num_units);
  if (text.size() <= limit) return false;
  return utf16_length(text) > limit;
}

std::string_view normalize(const Analyzer& normalizer, std::string_view text, ValueSink& sink) {
  thread_local TokenBuffer tokens;
  normalizer.analyze(text, tokens);
  if (tokens.tokens().empty()) return {};
  const std::string_view term = tokens.term(tokens.tokens().front());
  return term == text ? text : sink.own(std::string(term));
}

Status parse_keyword(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object()) {
    const base::JsonPosition at = sink.json().position_of(value);
    return Error(ErrorCode::kIllegalState, "Can't get text on a START_OBJECT at {}:{}", at.line, at.column);
  }
  std::string_view text = sink.text(value);
  if (longer_than(text, field.ignore_above)) {
    sink.ignore(field);
    return {};
  }
  if (field.normalizer != nullptr) text = normalize(*field.normalizer, text, sink);
  if (text.size() > kMaxTermLength && (field.index || field.doc_values))
    return Error(ErrorCode::kIllegalArgument, immense_term(field, text));
  sink.add_text(field, text);
  return {};
}

void init_keyword(const AnalyzerRegistry&, MappedField& field) {
  field.norms = false;
  field.positions = false;
  field.freqs = false;
}

constexpr auto kNo = Parameter::Update::kNo;
constexpr auto kYes = Parameter::Update::kYes;
constexpr Parameter kParameters[] = {
    parameters::kIndex,
    parameters::kDocValues,
    parameters::kStore,
    parameters::kNullValue,
    parameters::kEagerGlobalOrdinals,
    {"ignore_above", "2147483647", kYes, &parse_ignore_above},
    {"index_options", "\"docs\"", kNo, &parse_index_options},
    {"norms", "false", Parameter::Update::kOnlyToFalse, &parse_flag<&MappedField::norms>},
    parameters::kSimilarity,
    {"normalizer", "\"default\"", kNo, &parse_normalizer},
    {"split_queries_on_whitespace", "false", kYes, &parse_flag<&MappedField::split_queries_on_whitespace>},
    parameters::kMeta,
};

constexpr Parameter kWildcardParameters[] = {
    {"ignore_above", "2147483647", kYes, &parse_ignore_above},
    parameters::kNullValue,
    parameters::kMeta,
};

void init_wildcard(const AnalyzerRegistry& analyzers, MappedField& field) {
  init_keyword(analyzers, field);
  field.constant_score = true;
}

}  // namespace

const FieldTypeEntry kWildcardType{
    "wildcard",    FieldType::kWildcard, kWildcardParameters, &init_wildcard, [](MappedField&) -> Status { return {}; },
    &parse_keyword};
const FieldTypeEntry kKeywordType{
    "keyword", FieldType::kKeyword, kParameters, &init_keyword, [](MappedField&) -> Status { return {}; }, &parse_keyword};

}  // namespace selene::index
