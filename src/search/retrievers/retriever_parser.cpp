#include "search/retrievers/retriever_parser.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/format.h"
#include "search/query/object_errors.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

Result<bool> RetrieverParser::read_base(JsonMember member, RetrieverBase& into) const {
  if (member.key == "filter") {
    if (!member.value.is_object() && !member.value.is_array()) return wrong_type(member);
    RETURN_IF_ERROR(check_query(member));
    if (member.value.is_object()) into.filters.push_back(member.value);
    if (member.value.is_array()) {
      for (const base::JsonValue filter : member.value.as_array()) into.filters.push_back(filter);
    }
    return true;
  }
  if (member.key == "min_score") {
    ASSIGN_OR_RETURN(into.min_score, read_number(member));
    return true;
  }
  if (member.key == "_name") {
    ASSIGN_OR_RETURN(into.name, read_text(member));
    return true;
  }
  return false;
}

Error RetrieverParser::unknown_field(JsonMember member) const {
  std::vector<std::string_view> known = keys;
  known.insert(known.end(), {"filter", "min_score", "_name"});
  return unknown_field_error(&document, type, member, known);
}

Error RetrieverParser::failed_field(JsonMember member, Error cause) const {
  return failed_field_error(&document, type, member, std::move(cause));
}

Error RetrieverParser::wrong_type(JsonMember member) const { return unsupported_value_error(&document, type, member); }

Result<std::string_view> RetrieverParser::read_text(JsonMember member) const {
  if (!member.value.is_string()) return wrong_type(member);
  return member.value.as_string();
}

Result<int32_t> RetrieverParser::read_count(JsonMember member) const {
  if (!member.value.is_number() && !member.value.is_string()) return wrong_type(member);
  Result<int32_t> value = read_int(member.value, member.key);
  if (!value.has_value()) return failed_field(member, std::move(value).error());
  return value;
}

Result<float> RetrieverParser::read_number(JsonMember member) const {
  if (!member.value.is_number() && !member.value.is_string()) return wrong_type(member);
  Result<float> value = read_float(member.value, member.key);
  if (!value.has_value()) return failed_field(member, std::move(value).error());
  return value;
}

Result<bool> RetrieverParser::read_flag(JsonMember member) const {
  if (!member.value.is_bool() && !member.value.is_string()) return wrong_type(member);
  Result<bool> value = read_bool(member.value, member.key);
  if (!value.has_value()) return failed_field(member, std::move(value).error());
  return value;
}

Result<ScoreNormalizer> RetrieverParser::read_normalizer(JsonMember member) const {
  ASSIGN_OR_RETURN(const std::string_view name, read_text(member));
  const std::optional<ScoreNormalizer> normalizer = parse_score_normalizer(name);
  if (!normalizer) return failed_field(member, Error(ErrorCode::kIllegalArgument, "Unknown normalizer [{}]", name));
  return *normalizer;
}

Result<std::unique_ptr<Retriever>> RetrieverParser::read_retriever(JsonMember member) const {
  Result<std::unique_ptr<Retriever>> child = parse_retriever(document, member.value, depth + 1);
  if (child.has_value() || child.error().code() == ErrorCode::kIllegalArgument) return child;
  return failed_field(member, std::move(child).error());
}

base::Status RetrieverParser::check_query(JsonMember member) const {
  QueryParser parser{&document, 0};
  std::vector<QueryPtr> queries;
  base::Status status = parse_query_list(parser, member.value, queries);
  if (!status.has_value()) return failed_field(member, std::move(status).error());
  return {};
}

base::Status RetrieverParser::check_required(const std::vector<std::pair<std::string_view, bool>>& given) {
  std::string missing;
  for (const auto& [key, present] : given) {
    if (present) continue;
    if (!missing.empty()) missing += ", ";
    missing += key;
  }
  if (missing.empty()) return {};
  return Error(ErrorCode::kIllegalArgument, "Required [{}]", missing);
}

void validate_compound(const Retriever& node, std::string_view window_key, const std::vector<const Retriever*>& children,
                       RetrieverValidation& validation) {
  const int32_t window = node.rank_window_size();
  auto& problems = validation.problems;
  if (window < 0) {
    problems.push_back(base::format("[{}] parameter cannot be negative, found [{}]", window_key, window));
  } else if (validation.is_top && window < validation.size) {
    problems.push_back(base::format("[{}] requires [{}: {}] be greater than or equal to [size: {}]", node.type(), window_key,
                                    window, validation.size));
  }
  if (validation.is_top && validation.has_scroll) problems.push_back(base::format("cannot specify [{}] and [scroll]", node.type()));
  for (const Retriever* child : children) {
    if (child->is_compound() && child->rank_window_size() < window) {
      problems.push_back(
          base::format("[{}] requires [{}: {}] to be smaller than or equal to its sub retriever's {} [rank_window_size: {}]",
                       node.type(), window_key, window, child->type(), child->rank_window_size()));
    }
    const bool was_top = std::exchange(validation.is_top, false);
    child->validate(validation);
    validation.is_top = was_top;
  }
}

namespace {

/// The status_exception code that answers with the status of an error, as far as searches raise them.
ErrorCode status_code_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kSearchPhaseExecution:
    case ErrorCode::kInference: return error.cause() == nullptr ? ErrorCode::kStatusInternal : status_code_of(*error.cause());
    case ErrorCode::kIndexNotFound:
    case ErrorCode::kAliasesNotFound:
    case ErrorCode::kResourceNotFound:
    case ErrorCode::kDocumentMissing:
    case ErrorCode::kSearchContextMissing:
    case ErrorCode::kStatusNotFound: return ErrorCode::kStatusNotFound;
    case ErrorCode::kVersionConflict:
    case ErrorCode::kStatusConflict: return ErrorCode::kStatusConflict;
    case ErrorCode::kCircuitBreaking:
    case ErrorCode::kRejectedExecution:
    case ErrorCode::kStatusTooManyRequests: return ErrorCode::kStatusTooManyRequests;
    case ErrorCode::kStatusTimeout: return ErrorCode::kStatusTimeout;
    case ErrorCode::kTimeout:
    case ErrorCode::kIllegalState:
    case ErrorCode::kIo:
    case ErrorCode::kCorruptIndex:
    case ErrorCode::kStatusInternal:
    case ErrorCode::kInternal: return ErrorCode::kStatusInternal;
    default: return ErrorCode::kStatusBadRequest;
  }
}

/// The higher, the worse: a server's fault outweighs a sender's.
int severity(ErrorCode status) {
  constexpr ErrorCode kOrder[] = {ErrorCode::kStatusBadRequest, ErrorCode::kStatusNotFound,        ErrorCode::kStatusTimeout,
                                  ErrorCode::kStatusConflict,   ErrorCode::kStatusTooManyRequests, ErrorCode::kStatusInternal};
  return static_cast<int>(std::find(std::begin(kOrder), std::end(kOrder), status) - std::begin(kOrder));
}

}  // namespace

Error compound_failure(std::string_view type, const std::vector<std::string_view>& child_names, std::vector<Error> errors) {
  ErrorCode status = ErrorCode::kStatusBadRequest;
  for (Error& error : errors) {
    if (error.code() == ErrorCode::kTaskCancelled) return std::move(error);
    if (const ErrorCode code = status_code_of(error); severity(code) > severity(status)) status = code;
  }
  std::string names;
  for (const std::string_view name : child_names) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  Error failure(status,
                "[{}] search failed - retrievers '[{}]' returned errors. All failures are attached as suppressed exceptions.", type,
                names);
  for (Error& error : errors) static_cast<void>(std::move(failure).with_suppressed(std::move(error)));
  return failure;
}

Error compound_failure(std::string_view type, const std::vector<std::string_view>& child_names, Error error) {
  std::vector<Error> errors;
  errors.push_back(std::move(error));
  return compound_failure(type, child_names, std::move(errors));
}

}  // namespace selene::search
