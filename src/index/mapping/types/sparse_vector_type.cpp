// sparse_vector
#include "index/mapping/field_parameters.h"
#include "index/mapping/token_pruning.h"
#include "index/mapping/types/feature_values.h"
#include "index/mapping/types/field_types.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

/// Of a token that comes several times in a document the largest weight is kept (IndexBuffer). Dots in tokens are nothing special.
Status parse_sparse_vector(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (!value.is_object()) {
    return Error(ErrorCode::kIllegalArgument, "[sparse_vector] fields must be json objects, expected a START_OBJECT but got: {}",
                 first_token(value));
  }
  for (const auto& [token, member] : value.as_object()) {
    if (member.is_null()) continue;
    ASSIGN_OR_RETURN(const int64_t weight, parse_feature_weight(member, field, token, sink));
    sink.add_feature(field, token, weight);
  }
  return {};
}

Result<std::string> parse_index_options(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(field.sparse_options, parse_sparse_index_options(value));
  if (value.is_null()) return std::string("null");
  return render_sparse_index_options(field.sparse_options);
}

constexpr Parameter kParameters[] = {
    parameters::kStore,
    {"index_options", "null", Parameter::Update::kYes, &parse_index_options, true},
    parameters::kMeta,
};

}  // namespace

const FieldTypeEntry kSparseVectorType{
    "sparse_vector",
    FieldType::kSparseVector,
    kParameters,
    [](const AnalyzerRegistry&, MappedField& field) { field.norms = field.positions = field.doc_values = false; },
    [](MappedField&) -> Status { return {}; },
    &parse_sparse_vector};

}  // namespace selene::index
