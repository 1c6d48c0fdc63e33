#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/exec/function_score_weight.h"
#include "search/query/query.h"

namespace selene::search {

/// A function of function_score as parsed: bound to a snapshot later. Immutable, thread-safe.
class FunctionDefinition {
 public:
  virtual ~FunctionDefinition() = default;
  /// Errors: kQueryShard, kIllegalArgument (no such field, wrong type).
  virtual base::Result<std::unique_ptr<ScoreFunction>> bind(const BindContext& context) const = 0;
};
using FunctionDefinitionPtr = std::unique_ptr<FunctionDefinition>;

/// Reads the body of `field_value_factor`, `random_score`, `script_score`, `gauss`, `linear`, `exp`; null if `name` is none of
/// them.
base::Result<FunctionDefinitionPtr> parse_score_function(const QueryParser& parser, std::string_view name, base::JsonValue body);
/// The decay functions, of decay_functions.cpp.
base::Result<FunctionDefinitionPtr> parse_decay_function(const QueryParser& parser, std::string_view name, base::JsonValue body);

/// The numbers of one field in one segment as doubles: dates in ms, booleans 0 and 1.
class FieldNumbers {
 public:
  FieldNumbers(const index::MappedField& field, const SegmentContext& segment)
      : field_(field), numbers_(segment.reader().numbers(field.name)) {}
  int32_t count(DocId doc) const { return numbers_ == nullptr ? 0 : numbers_->count(doc); }
  double value(DocId doc, int32_t i) const;
  int64_t encoded(DocId doc, int32_t i) const { return numbers_->value(doc, i); }

 private:
  const index::MappedField& field_;
  const index::NumericDocValues* numbers_;
};

}  // namespace selene::search
