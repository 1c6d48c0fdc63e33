#include "search/query/knn_options.h"

#include <cmath>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;
using base::Status;

Error wrong_type(const QueryParser& parser, JsonMember member) {
  return x_content_error(parser.document, member.value,
                         base::format("[knn] {} doesn't support values of type: {}", member.key, token_name(member.value)));
}

Status read_texts(const QueryParser& parser, std::string_view what, JsonValue body,
                  std::initializer_list<std::pair<std::string_view, std::string*>> keys) {
  for (const JsonMember member : body.as_object()) {
    std::string* into = nullptr;
    for (const auto& [name, text] : keys) {
      if (name == member.key) into = text;
    }
    if (into == nullptr)
      return x_content_error(parser.document, member.value, base::format("[{}] unknown field [{}]", what, member.key));
    if (member.value.is_object() || member.value.is_array() || member.value.is_null())
      return x_content_error(
          parser.document, member.value,
          base::format("[{}] {} doesn't support values of type: {}", what, member.key, token_name(member.value)));
    *into = scalar_text(member.value);
  }
  return {};
}

Status read_builder(const QueryParser& parser, JsonMember member, QueryVector& vector) {
  if (!member.value.is_object() || member.value.as_object().size() != 1) return wrong_type(parser, member);
  const JsonMember builder = *member.value.as_object().begin();
  if (!builder.value.is_object()) return wrong_type(parser, builder);
  if (builder.key == "text_embedding") {
    QueryVector::TextEmbedding embedding;
    RETURN_IF_ERROR(read_texts(parser, "text_embedding", builder.value,
                               {{"model_id", &embedding.model_id}, {"model_text", &embedding.model_text}}));
    if (embedding.model_text.empty()) return Error(ErrorCode::kIllegalArgument, "Required [model_text]");
    if (embedding.model_id.empty()) return Error(ErrorCode::kIllegalArgument, "[model_id] must not be null");
    vector.text_embedding = std::move(embedding);
    return {};
  }
  if (builder.key == "lookup") {
    QueryVector::Lookup lookup;
    RETURN_IF_ERROR(
        read_texts(parser, "lookup", builder.value, {{"index", &lookup.index}, {"id", &lookup.id}, {"path", &lookup.path}}));
    if (lookup.index.empty() || lookup.id.empty() || lookup.path.empty())
      return Error(ErrorCode::kIllegalArgument, "Required [index, id, path]");
    vector.lookup = std::move(lookup);
    return {};
  }
  return x_content_error(parser.document, builder.value, base::format("[query_vector_builder] unknown field [{}]", builder.key));
}

Status read_rescore_vector(const QueryParser& parser, JsonMember member, KnnOptions& options) {
  if (!member.value.is_object()) return wrong_type(parser, member);
  for (const JsonMember inner : member.value.as_object()) {
    if (inner.key != "oversample")
      return x_content_error(parser.document, inner.value, base::format("[rescore_vector] unknown field [{}]", inner.key));
    ASSIGN_OR_RETURN(options.oversample, read_float(inner.value, "oversample"));
  }
  if (!options.oversample) return Error(ErrorCode::kIllegalArgument, "Required [oversample]");
  const float oversample = *options.oversample;
  if (oversample != 0 && !(oversample >= 1 && oversample <= 10))
    return Error(ErrorCode::kIllegalArgument, "[oversample] must be >= 1.0 and <= 10.0, or 0 for no rescoring; got [{}]",
                 base::format_number(oversample));
  return {};
}

Status read_filters(QueryParser& parser, JsonMember member, KnnOptions& options) {
  if (!member.value.is_object() && !member.value.is_array()) return wrong_type(parser, member);
  std::vector<QueryPtr> checked;
  RETURN_IF_ERROR(parse_query_list(parser, member.value, checked));
  if (member.value.is_object()) options.filters.push_back(member.value);
  if (member.value.is_array()) {
    for (const JsonValue filter : member.value.as_array()) options.filters.push_back(filter);
  }
  return {};
}

}  // namespace

Result<bool> read_knn_key(QueryParser& parser, JsonMember member, KnnForm form, KnnOptions& options) {
  const std::string_view key = member.key;
  if (key == "field") {
    if (!member.value.is_string()) return wrong_type(parser, member);
    options.field = member.value.as_string();
  } else if (key == "query_vector") {
    if (!member.value.is_array() && !member.value.is_string()) return wrong_type(parser, member);
    options.vector.values = member.value;
  } else if (key == "query_vector_builder") {
    RETURN_IF_ERROR(read_builder(parser, member, options.vector));
  } else if (key == "k") {
    ASSIGN_OR_RETURN(options.k, read_int(member.value, key));
  } else if (key == "num_candidates") {
    ASSIGN_OR_RETURN(options.num_candidates, read_int(member.value, key));
  } else if (key == "visit_percentage") {
    ASSIGN_OR_RETURN(options.visit_percentage, read_float(member.value, key));
    if (!(*options.visit_percentage >= 0 && *options.visit_percentage <= 100)) {
      return Error(ErrorCode::kIllegalArgument, "[visit_percentage] must be between {}",
                   form == KnnForm::kQuery ? "0.0 and 100.0" : "0 and 100");
    }
  } else if (key == "similarity") {
    ASSIGN_OR_RETURN(options.similarity, read_float(member.value, key));
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
  const bool built = options.vector.text_embedding || options.vector.lookup;
  const std::string_view one = form == KnnForm::kQuery ? "query_vector_builder" : "query_vector";
  const std::string_view other = form == KnnForm::kQuery ? "query_vector" : "query_vector_builder";
  if (!built && !options.vector.values.exists())
    return Error(ErrorCode::kIllegalArgument, "either [{}] or [{}] must be provided", one, other);
  if (built && options.vector.values.exists())
    return Error(ErrorCode::kIllegalArgument, "only one of [{}] and [{}] must be provided", one, other);
  if (options.k && *options.k < 1) return Error(ErrorCode::kIllegalArgument, "[k] must be greater than 0");
  if (options.num_candidates) {
    if (*options.num_candidates < 1) return Error(ErrorCode::kIllegalArgument, "[num_candidates] must be greater than 0");
    if (*options.num_candidates > kMaxNumCandidates)
      return Error(ErrorCode::kIllegalArgument, "[num_candidates] cannot exceed [{}]", kMaxNumCandidates);
    if (options.k && *options.num_candidates < *options.k)
      return Error(ErrorCode::kIllegalArgument, "[num_candidates] cannot be less than [k]");
  } else if (options.k && *options.k > kMaxNumCandidates) {
    return Error(ErrorCode::kIllegalArgument, "[num_candidates] cannot exceed [{}]", kMaxNumCandidates);
  }
  return {};
}

Error unknown_knn_key(const QueryParser& parser, JsonMember member) {
  return x_content_error(
      parser.document, member.value,
      base::format("[knn] unknown field [{}]{}", member.key,
                   did_you_mean(member.key, {"field", "query_vector", "query_vector_builder", "k", "num_candidates", "filter",
                                             "similarity", "rescore_vector", "visit_percentage", "inner_hits", "boost", "_name"})));
}

}  // namespace selene::search
