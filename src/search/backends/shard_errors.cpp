#include "search/backends/shard_errors.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;

namespace {

/// Elasticsearch shows what it raises while it rewrites a query, before it builds it, as its own cause.
bool is_of_rewrite(const Error& error) {
  return error.code() == ErrorCode::kIllegalArgument && error.cause() != nullptr &&
         error.cause()->code() == ErrorCode::kIllegalArgument && error.cause()->reason() == error.reason();
}

}  // namespace

base::Error query_creation_error(Error error, const index::Index& index) {
  if (is_of_rewrite(error)) return error;
  const ErrorCode code = error.code();
  if (code == ErrorCode::kQueryShard || code == ErrorCode::kParsing || code == ErrorCode::kParse ||
      code == ErrorCode::kTooManyClauses || code == ErrorCode::kScript || code == ErrorCode::kIndexNotFound ||
      code == ErrorCode::kResourceNotFound) {
    if (code != ErrorCode::kQueryShard) return error;
    return std::move(error).with("index_uuid", index.uuid).with("index", index.name);
  }
  Error wrapped(ErrorCode::kQueryShard, "failed to create query: {}", error.reason());
  return std::move(wrapped).with("index_uuid", index.uuid).with("index", index.name).with_cause(std::move(error));
}

std::string_view shard_failure_type(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kQueryShard: return "query_shard_exception";
    case ErrorCode::kIllegalArgument: return "illegal_argument_exception";
    case ErrorCode::kParsing: return "parsing_exception";
    case ErrorCode::kParse: return "parse_exception";
    case ErrorCode::kTooManyClauses: return "too_many_nested_clauses";
    case ErrorCode::kScript: return "script_exception";
    case ErrorCode::kCorruptIndex: return "corrupt_index_exception";
    case ErrorCode::kResourceNotFound: return "resource_not_found_exception";
    case ErrorCode::kIo: return "i_o_exception";
    default: return "exception";
  }
}

base::Error all_shards_failed(const std::vector<ShardFailure>& failures) {
  Error error(ErrorCode::kSearchPhaseExecution, "all shards failed");
  return std::move(error).with("phase", "query").with_cause(failures.front().error);
}

}  // namespace selene::search
