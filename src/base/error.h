#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/format.h"

namespace selene::base {

/// What went wrong, in terms of the field. One enumerator for one Elasticsearch exception type; only `rest/` knows the
/// `type` text and the HTTP status of each (`rest/error_table.cpp`, with a test that walks all codes).
enum class ErrorCode : uint8_t {
  kIllegalArgument,          ///< illegal_argument_exception, 400
  kParsing,                  ///< parsing_exception, 400
  kXContentParse,            ///< x_content_parse_exception, 400
  kParse,                    ///< parse_exception, 400
  kDocumentParsing,          ///< document_parsing_exception, 400
  kMapperParsing,            ///< mapper_parsing_exception, 400
  kStrictDynamicMapping,     ///< strict_dynamic_mapping_exception, 400
  kNumberFormat,             ///< number_format_exception, 400
  kDateTimeParse,            ///< date_time_parse_exception, 400
  kArrayIndexOutOfBounds,    ///< array_index_out_of_bounds_exception, 400
  kActionRequestValidation,  ///< action_request_validation_exception, 400
  kValidation,               ///< validation_exception, 400
  kSettings,                 ///< settings_exception, 400
  kInvalidIndexName,         ///< invalid_index_name_exception, 400
  kInvalidAliasName,         ///< invalid_alias_name_exception, 400
  kIndexClosed,              ///< index_closed_exception, 400
  kIndexNotFound,            ///< index_not_found_exception, 404
  kAliasesNotFound,          ///< aliases_not_found_exception, 404
  kResourceNotFound,         ///< resource_not_found_exception, 404
  kResourceAlreadyExists,    ///< resource_already_exists_exception, 400
  kDocumentMissing,          ///< document_missing_exception, 404
  kVersionConflict,          ///< version_conflict_engine_exception, 409
  kSearchContextMissing,     ///< search_context_missing_exception, 404
  kSearchPhaseExecution,     ///< search_phase_execution_exception, status of its cause
  kQueryShard,               ///< query_shard_exception, 400
  kTooManyClauses,           ///< too_many_nested_clauses / too_many_clauses, 400
  kTooManyBuckets,           ///< too_many_buckets_exception, 400
  kTooManyScrollContexts,    ///< too_many_scroll_contexts_exception, 429
  kAggregationExecution,     ///< aggregation_execution_exception, 500
  kStatusBadRequest,         ///< status_exception, 400
  kStatusNotFound,           ///< status_exception, 404
  kStatusConflict,           ///< status_exception, 409
  kStatusTooManyRequests,    ///< status_exception, 429
  kStatusTimeout,            ///< status_exception, 408
  kStatusInternal,           ///< status_exception, 500
  kInference,                ///< inference_exception, status of its cause
  kMediaTypeHeader,          ///< media_type_header_exception, 400
  kContentTypeNotSupported,  ///< plain {"error": text, "status": 406}
  kContentTooLong,           ///< content_too_long_exception, 413
  kMethodNotAllowed,         ///< plain {"error": text, "status": 405}
  kNoHandler,                ///< plain {"error": text, "status": 400}
  kSecurity,                 ///< security_exception, 401
  kClusterBlock,             ///< cluster_block_exception, 403
  kFloodStage,               ///< cluster_block_exception, 429: the disk is too full to write
  kCircuitBreaking,          ///< circuit_breaking_exception, 429
  kRejectedExecution,        ///< es_rejected_execution_exception, 429
  kTaskCancelled,            ///< task_cancelled_exception, 400
  kTimeout,                  ///< process_cluster_event_timeout_exception, 503
  kScript,                   ///< script_exception, 400
  kFailProcessor,            ///< fail_processor_exception, 500
  kInvalidIndexTemplate,     ///< invalid_index_template_exception, 400
  kIndexTemplateMissing,     ///< index_template_missing_exception, 404
  kIllegalState,             ///< illegal_state_exception, 500
  kIo,                       ///< i_o_exception, 500
  kCorruptIndex,             ///< corrupt_index_exception, 500
  kInternal,                 ///< exception, 500: a bug of ours
  kNoSuchRemoteCluster,      ///< no_such_remote_cluster_exception, 404
};
inline constexpr int kNumErrorCodes = static_cast<int>(ErrorCode::kNoSuchRemoteCluster) + 1;

/// A failure with a reason that a system administrator understands, optional metadata (`index`, `index_uuid`, `line`,
/// `resource.id`, ...: rendered beside `type` and `reason`), a cause chain and suppressed siblings.
/// A plain value; copies share the cause.
class Error {
 public:
  Error(ErrorCode code, std::string reason) : code_(code), reason_(std::move(reason)) {}
  /// `fmt` is a {}-pattern checked at compile time.
  template <class Arg, class... Args>
  Error(ErrorCode code, format_string<Arg, Args...> fmt, Arg&& arg, Args&&... args)
      : code_(code), reason_(base::format(fmt, std::forward<Arg>(arg), std::forward<Args>(args)...)) {}

  ErrorCode code() const { return code_; }
  const std::string& reason() const { return reason_; }
  const Error* cause() const { return cause_.get(); }
  const std::vector<Error>& suppressed() const { return suppressed_; }
  /// Key, JSON text of the value (already encoded: a string carries its quotes).
  const std::vector<std::pair<std::string, std::string>>& metadata() const { return metadata_; }

  Error&& with_cause(Error cause) && {
    cause_ = std::make_shared<const Error>(std::move(cause));
    return std::move(*this);
  }
  Error&& with_suppressed(Error error) && {
    suppressed_.push_back(std::move(error));
    return std::move(*this);
  }
  /// Adds a string value (quoted and escaped here).
  Error&& with(std::string key, std::string_view text) &&;
  Error&& with_number(std::string key, int64_t value) &&;

 private:
  ErrorCode code_;
  std::string reason_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  std::shared_ptr<const Error> cause_;
  std::vector<Error> suppressed_;
};

}  // namespace selene::base
