// field_value_factor, random_score, script_score
#include "search/query/score_functions.h"

#include <xxhash.h>

#include <cmath>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "index/mapping/document_parser.h"
#include "search/query/parse_support.h"
#include "search/query/script_query.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

// ---- field_value_factor

struct FieldValueModifier {
  std::string_view name;
  double (*apply)(double value);
};
constexpr FieldValueModifier kModifiers[] = {
    {"none", [](double v) { return v; }},
    {"log", [](double v) { return std::log10(v); }},
    {"log1p", [](double v) { return std::log10(v + 1); }},
    {"log2p", [](double v) { return std::log10(v + 2); }},
    {"ln", [](double v) { return std::log(v); }},
    {"ln1p", [](double v) { return std::log1p(v); }},
    {"ln2p", [](double v) { return std::log1p(v + 1); }},
    {"square", [](double v) { return v * v; }},
    {"sqrt", [](double v) { return std::sqrt(v); }},
    {"reciprocal", [](double v) { return 1.0 / v; }},
};

struct FieldFactor {
  std::string field;
  double factor = 1;
  const FieldValueModifier* modifier = &kModifiers[0];
  std::optional<double> missing;
};

class FieldFactorSegment final : public SegmentFunction {
 public:
  FieldFactorSegment(const FieldFactor& options, const index::MappedField* field, const SegmentContext& segment,
                     RuntimeError* runtime_error)
      : options_(options), runtime_error_(runtime_error) {
    if (field != nullptr) numbers_.emplace(*field, segment);
  }
  double value(DocId doc, float) override {
    double value = 0;
    if (numbers_ && numbers_->count(doc) > 0) {
      value = numbers_->value(doc, 0);
    } else if (options_.missing) {
      value = *options_.missing;
    } else {
      return fail(base::format("Missing value for field [{}]", options_.field));
    }
    const double scaled = value * options_.factor;
    const double result = options_.modifier->apply(scaled);
    if (result < 0) {
      return fail(base::format("field value function must not produce negative scores, but got: [{}] for field value: [{}]",
                               base::format_number(result), base::format_number(value)));
    }
    if (std::isnan(result) || std::isinf(result)) {
      return fail(base::format("Result of field modification [{}({})] must be a number", options_.modifier->name,
                               base::format_number(scaled)));
    }
    return result;
  }

 private:
  double fail(std::string reason) const {
    if (runtime_error_ != nullptr) runtime_error_->note(Error(ErrorCode::kIllegalArgument, std::move(reason)));
    return 0;
  }

  const FieldFactor& options_;
  std::optional<FieldNumbers> numbers_;
  RuntimeError* runtime_error_;
};

class FieldFactorFunction final : public ScoreFunction {
 public:
  FieldFactorFunction(FieldFactor options, const BindContext& context, const index::MappedField* field)
      : options_(std::move(options)),
        mapping_(context.snapshot.shared_mapping()),
        field_(field),
        runtime_error_(context.runtime_error) {}
  std::unique_ptr<SegmentFunction> open(const SegmentContext& segment) const override {
    return std::make_unique<FieldFactorSegment>(options_, field_, segment, runtime_error_);
  }

 private:
  FieldFactor options_;
  std::shared_ptr<const index::Mapping> mapping_;  ///< keeps `field_`
  const index::MappedField* field_;
  RuntimeError* runtime_error_;
};

base::Status check_numeric(const index::MappedField& field) {
  const index::FieldStorage storage = index::storage_of(field.type);
  if (storage == index::FieldStorage::kNumber && field.type != index::FieldType::kGeoPoint && field.doc_values) return {};
  return Error(ErrorCode::kIllegalArgument, "field [{}] is of type [{}], but only numeric types are supported.", field.name,
               field.type_name);
}

class FieldFactorDefinition final : public FunctionDefinition {
 public:
  static Result<FunctionDefinitionPtr> parse(const QueryParser& parser, JsonValue body) {
    auto definition = std::make_unique<FieldFactorDefinition>();
    FieldFactor& options = definition->options_;
    for (const JsonMember member : body.as_object()) {
      if (member.key == "field" && member.value.is_string()) {
        options.field = member.value.as_string();
      } else if (member.key == "factor") {
        ASSIGN_OR_RETURN(options.factor, read_double(member.value, "factor"));
      } else if (member.key == "missing") {
        ASSIGN_OR_RETURN(options.missing, read_double(member.value, "missing"));
      } else if (member.key == "modifier" && member.value.is_string()) {
        RETURN_IF_ERROR(definition->read_modifier(member.value.as_string()));
      } else {
        return parsing_error(parser, member.value, base::format("field_value_factor query does not support [{}]", member.key));
      }
    }
    if (options.field.empty()) return parsing_error(parser, body, "[field_value_factor] required field 'field' missing");
    return FunctionDefinitionPtr(std::move(definition));
  }

  Result<std::unique_ptr<ScoreFunction>> bind(const BindContext& context) const override {
    const index::MappedField* const field = context.mapping().find(options_.field);
    if (field == nullptr && !options_.missing) {
      return Error(ErrorCode::kIllegalArgument, "Unable to find a field mapper for field [{}]. No 'missing' value defined.",
                   options_.field);
    }
    if (field != nullptr) RETURN_IF_ERROR(check_numeric(*field));
    return std::unique_ptr<ScoreFunction>(std::make_unique<FieldFactorFunction>(options_, context, field));
  }

 private:
  base::Status read_modifier(std::string_view given) {
    std::string name(given);
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    for (const FieldValueModifier& modifier : kModifiers) {
      if (modifier.name != name) continue;
      options_.modifier = &modifier;
      return {};
    }
    for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return Error(ErrorCode::kIllegalArgument,
                 "No enum constant org.elasticsearch.common.lucene.search.function.FieldValueFactorFunction.Modifier.{}", name);
  }

  FieldFactor options_;
};

// ---- random_score

struct RandomOptions {
  uint64_t seed = 0;
  std::string field;  ///< empty: by document number
  std::string index_name;
};

class RandomSegment final : public SegmentFunction {
 public:
  RandomSegment(const RandomOptions& options, const SegmentContext& segment)
      : options_(options),
        segment_(segment.view),
        numbers_(segment.reader().numbers(options.field)),
        keywords_(segment.reader().keywords(options.field)) {}
  double value(DocId doc, float) override {
    std::string key;
    if (options_.field == "_seq_no") {
      key = std::to_string(segment_.reader->seq_no(doc));
    } else if (options_.field.empty()) {
      key = std::to_string(segment_.doc_base + doc);
    } else if (numbers_ != nullptr && numbers_->count(doc) > 0) {
      key = std::to_string(numbers_->value(doc, 0));
    } else if (keywords_ != nullptr && keywords_->count(doc) > 0) {
      key = keywords_->term(keywords_->ordinal(doc, 0));
    }
    key += '\0' + options_.index_name;
    return static_cast<double>(XXH3_64bits_withSeed(key.data(), key.size(), options_.seed) & 0xFFFFFF) / 16777216.0;
  }

 private:
  const RandomOptions& options_;
  const index::SegmentView& segment_;
  const index::NumericDocValues* numbers_;
  const index::KeywordDocValues* keywords_;
};

class RandomFunction final : public ScoreFunction {
 public:
  explicit RandomFunction(RandomOptions options) : options_(std::move(options)) {}
  std::unique_ptr<SegmentFunction> open(const SegmentContext& segment) const override {
    return std::make_unique<RandomSegment>(options_, segment);
  }

 private:
  RandomOptions options_;
};

class RandomDefinition final : public FunctionDefinition {
 public:
  static Result<FunctionDefinitionPtr> parse(const QueryParser& parser, JsonValue body) {
    auto definition = std::make_unique<RandomDefinition>();
    for (const JsonMember member : body.as_object()) {
      if (member.key == "seed" && (member.value.is_number() || member.value.is_string())) {
        const std::string text = scalar_text(member.value);
        definition->seed_ = XXH3_64bits(text.data(), text.size());
      } else if (member.key == "field" && member.value.is_string()) {
        definition->field_ = member.value.as_string();
      } else {
        return parsing_error(parser, member.value, base::format("random_score query does not support [{}]", member.key));
      }
    }
    return FunctionDefinitionPtr(std::move(definition));
  }

  Result<std::unique_ptr<ScoreFunction>> bind(const BindContext& context) const override {
    RandomOptions options{seed_.value_or(static_cast<uint64_t>(context.now_ms)), field_, context.snapshot.index_name()};
    if (seed_ && field_.empty()) options.field = "_seq_no";
    if (!field_.empty() && field_ != "_seq_no" && context.mapping().find(field_) == nullptr)
      return Error(ErrorCode::kIllegalArgument,
                   "Field [{}] is not mapped on [{}] and cannot be used as a source of random numbers.", field_,
                   options.index_name);
    return std::unique_ptr<ScoreFunction>(std::make_unique<RandomFunction>(std::move(options)));
  }

 private:
  std::optional<uint64_t> seed_;
  std::string field_;
};

// ---- script_score

class ScriptDefinition final : public FunctionDefinition {
 public:
  static Result<FunctionDefinitionPtr> parse(const QueryParser& parser, JsonValue body) {
    auto definition = std::make_unique<ScriptDefinition>();
    for (const JsonMember member : body.as_object()) {
      if (member.key != "script")
        return parsing_error(parser, member.value, base::format("script_score query does not support [{}]", member.key));
      ASSIGN_OR_RETURN(definition->script_, Script::parse(member.value));
    }
    if (definition->script_ == nullptr) return parsing_error(parser, body, "script_score requires 'script' field");
    return FunctionDefinitionPtr(std::move(definition));
  }
  Result<std::unique_ptr<ScoreFunction>> bind(const BindContext& context) const override {
    return script_function(context, script_);
  }

 private:
  std::shared_ptr<const Script> script_;
};

}  // namespace

double FieldNumbers::value(DocId doc, int32_t i) const { return index::decode_number(field_, numbers_->value(doc, i)); }

Result<FunctionDefinitionPtr> parse_score_function(const QueryParser& parser, std::string_view name, JsonValue body) {
  if (name == "field_value_factor") return FieldFactorDefinition::parse(parser, body);
  if (name == "random_score") return RandomDefinition::parse(parser, body);
  if (name == "script_score") return ScriptDefinition::parse(parser, body);
  return parse_decay_function(parser, name, body);
}

}  // namespace selene::search
