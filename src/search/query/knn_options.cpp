#include "search/query/knn_options.h"

#include <cmath>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/query/object_errors.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;
using base::Status;

Error wrong_type(const QueryParser& parser, JsonMember member) { return unsupported_value_error(parser.document, "knn", member); }

/// A number, perhaps as a text; what is none fails the field.
template <class T>
Status read_number(const QueryParser& parser, JsonMember member, Result<T> (*read)(JsonValue, std::string_view),
                   std::optional<T>& into) {
  if (!member.value.is_number() && !member.value.is_string()) return wrong_type(parser, member);
  Result<T> number = read(member.value, member.key);
  if (!number.has_value()) return failed_field_error(parser.document, "knn", member, std::move(number).error());
  into = *number;
  return {};
}

Status read_texts(const QueryParser& parser, std::string_view what, JsonValue body,
                  std::initializer_list<std::pair<std::string_view, std::string*>> keys) {
  for (const JsonMember member : body.as_object()) {
    std::string* into = nullptr;
    for (const auto& [name, text] : keys) {
      if (name == member.key) into = text;
    }
    if (into == nullptr) return unknown_field_error(parser.document, what, member, {});
    if (member.value.is_object() || member.value.is_array() || member.value.is_null())
      return unsupported_value_error(parser.document, what, member);
    *into = scalar_text(member.value);
  }
  return {};
}

Status read_text_embedding(const QueryParser& parser, JsonValue body, QueryVector& vector) {
  QueryVector::TextEmbedding embedding;
  RETURN_IF_ERROR(
      read_texts(parser, "text_embedding", body, {{"model_id", &embedding.model_id}, {"model_text", &embedding.model_text}}));
  if (embedding.model_text.empty()) return Error(ErrorCode::kIllegalArgument, "Required [model_text]");
  vector.text_embedding = std::move(embedding);
  return {};
}

Status read_lookup(const QueryParser& parser, JsonValue body, QueryVector& vector) {
  QueryVector::Lookup lookup;
  RETURN_IF_ERROR(read_texts(parser, "lookup", body, {{"index", &lookup.index}, {"id", &lookup.id}, {"path", &lookup.path}}));
  if (lookup.index.empty() || lookup.id.empty() || lookup.path.empty())
    return Error(ErrorCode::kIllegalArgument, "Required [index, id, path]");
  vector.lookup = std::move(lookup);
  return {};
}

Status read_builder(const QueryParser& parser, JsonMember member, QueryVector& vector) {
  if (!member.value.is_object() || member.value.as_object().size() != 1) return wrong_type(parser, member);
  const JsonMember builder = *member.value.as_object().begin();
  if (!builder.value.is_object()) return unsupported_value_error(parser.document, "query_vector_builder", builder);
  constexpr std::string_view kBuilders[] = {"text_embedding", "lookup"};
  Status read = builder.key == "text_embedding" ? read_text_embedding(parser, builder.value, vector)
                : builder.key == "lookup"       ? read_lookup(parser, builder.value, vector)
                                                : unknown_field_error(parser.document, "query_vector_builder", builder, kBuilders);
  if (!read.has_value()) return failed_field_error(parser.document, "knn", member, std::move(read).error());
  return {};
}

Status read_oversample(const QueryParser& parser, JsonValue body, KnnOptions& options) {
  for (const JsonMember inner : body.as_object()) {
    if (inner.key != "oversample") return unknown_field_error(parser.document, "rescore_vector", inner, {});
    ASSIGN_OR_RETURN(options.oversample, read_float(inner.value, "oversample"));
    if (*options.oversample == 0 || *options.oversample >= 1) continue;
    return failed_field_error(
        parser.document, "rescore_vector", inner,
        failed_build_error("rescore_vector", Error(ErrorCode::kIllegalArgument, "[oversample] must be >= 1.0 or 0")));
  }
  if (!options.oversample) return Error(ErrorCode::kIllegalArgument, "Required [oversample]");
  return {};
}

Status read_rescore_vector(const QueryParser& parser, JsonMember member, KnnOptions& options) {
  if (!member.value.is_object()) return wrong_type(parser, member);
  Status read = read_oversample(parser, member.value, options);
  if (!read.has_value()) return failed_field_error(parser.document, "knn", member, std::move(read).error());
  return {};
}

/// Numbers are read once the field is known. A text in an array may be a number too: NaN has no other spelling.
Status read_query_vector(const QueryParser& parser, JsonMember member, QueryVector& vector) {
  if (!member.value.is_array() && !member.value.is_string()) return wrong_type(parser, member);
  vector.values = member.value;
  if (!member.value.is_array()) return {};
  for (const JsonValue element : member.value.as_array()) {
    if (element.is_number()) continue;
    Error cause(ErrorCode::kParsing, "Type [{}] not supported for query vector", token_name(element));
    if (element.is_string()) {
      Result<float> number = read_float(element, member.key);
      if (number.has_value()) continue;
      cause = std::move(number).error();
    }
    return failed_field_error(parser.document, "knn", member, std::move(cause));
  }
  return {};
}

Status read_filters(QueryParser& parser, JsonMember member, KnnOptions& options) {
  if (!member.value.is_object() && !member.value.is_array()) return wrong_type(parser, member);
  std::vector<QueryPtr> checked;
  Status read = parse_query_list(parser, member.value, checked);
  if (!read.has_value()) return failed_field_error(parser.document, "knn", member, std::move(read).error());
  if (member.value.is_object()) options.filters.push_back(member.value);
  if (member.value.is_array()) {
    for (const JsonValue filter : member.value.as_array()) options.filters.push_back(filter);
  }
  return {};
}

Status check_vector(const QueryVector& vector, KnnForm form) {
  const bool built = vector.text_embedding || vector.lookup;
  if (built != vector.values.exists()) return {};
  const std::string_view one = form == KnnForm::kQuery ? "query_vector_builder" : "query_vector";
  const std::string_view other = form == KnnForm::kQuery ? "query_vector" : "query_vector_builder";
  if (built) return Error(ErrorCode::kIllegalArgument, "only one of [{}] and [{}] must be provided", one, other);
  return Error(ErrorCode::kIllegalArgument, "either [{}] or [{}] must be provided", one, other);
}

/// Of the query form `k` has no limit of its own, and nothing is less than a `k` that the size gives.
Status check_counts(const KnnOptions& options, KnnForm form) {
  if (options.visit_percentage && !(*options.visit_percentage >= 0 && *options.visit_percentage <= 100)) {
    return Error(ErrorCode::kIllegalArgument, "[visit_percentage] must be between {}",
                 form == KnnForm::kQuery ? "0.0 and 100.0" : "0 and 100");
  }
  if (options.k && *options.k < 1) return Error(ErrorCode::kIllegalArgument, "[k] must be greater than 0");
  const int32_t candidates = options.num_candidates.value_or(form == KnnForm::kQuery ? options.k.value_or(1) : kMaxNumCandidates);
  if (options.k && candidates < *options.k) return Error(ErrorCode::kIllegalArgument, "[num_candidates] cannot be less than [k]");
  if (candidates < 1) return Error(ErrorCode::kIllegalArgument, "[num_candidates] must be greater than 0");
  if (options.num_candidates && candidates > kMaxNumCandidates)
    return Error(ErrorCode::kIllegalArgument, "[num_candidates] cannot exceed [{}]", kMaxNumCandidates);
  return {};
}

}  // namespace

Result<bool> read_knn_key(QueryParser& parser, JsonMember member, KnnForm form, KnnOptions& options) {
  const std::string_view key = member.key;
  if (key == "field") {
    if (!member.value.is_string()) return wrong_type(parser, member);
    options.field = member.value.as_string();
  } else if (key == "query_vector") {
    RETURN_IF_ERROR(read_query_vector(parser, member, options.vector));
  } else if (key == "query_vector_builder") {
    RETURN_IF_ERROR(read_builder(parser, member, options.vector));
  } else if (key == "k") {
    RETURN_IF_ERROR(read_number(parser, member, &read_int, options.k));
  } else if (key == "num_candidates") {
    RETURN_IF_ERROR(read_number(parser, member, &read_int, options.num_candidates));
  } else if (key == "visit_percentage") {
    RETURN_IF_ERROR(read_number(parser, member, &read_float, options.visit_percentage));
  } else if (key == "similarity") {
    RETURN_IF_ERROR(read_number(parser, member, &read_float, options.similarity));
  } else if (key == "rescore_vector") {
    RETURN_IF_ERROR(read_rescore_vector(parser, member, options));
  } else if (key == "inner_hits" && form == KnnForm::kSearch) {
    if (!member.value.is_object()) return wrong_type(parser, member);
    options.inner_hits = member.value;
  } else if (key == "filter" && form != KnnForm::kRetriever) {
    RETURN_IF_ERROR(read_filters(parser, member, options));
  } else {
    return false;
  }
  return true;
}

Status check_knn_options(const KnnOptions& options, KnnForm form) {
  const bool retriever = form == KnnForm::kRetriever;
  if (options.field.empty() || (retriever && !options.k)) {
    const std::string_view missing = !options.field.empty() ? "k" : retriever && !options.k ? "field, k" : "field";
    return Error(ErrorCode::kIllegalArgument, "Required [{}]", missing);
  }
  Status vector = check_vector(options.vector, form);
  if (!vector.has_value()) return form == KnnForm::kSearch ? vector : failed_build_error("knn", std::move(vector).error());
  Status counts = check_counts(options, form);
  if (!counts.has_value() && form == KnnForm::kQuery) return failed_build_error("knn", std::move(counts).error());
  return counts;
}

Error unknown_knn_key(const QueryParser& parser, JsonMember member) {
  constexpr std::string_view kKeys[] = {
      "field",      "query_vector",   "query_vector_builder", "k",          "num_candidates", "filter",
      "similarity", "rescore_vector", "visit_percentage",     "inner_hits", "boost",          "_name"};
  return unknown_field_error(parser.document, "knn", member, kKeys);
}

}  // namespace selene::search
