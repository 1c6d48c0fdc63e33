#include "rest/error_table.h"

#include <cstddef>

#include "inference/transport/vendor_error.h"

namespace selene::rest {

namespace {

using base::ErrorCode;

// In the order of the enum: entry i is code i (checked at compile time).
constexpr ErrorEntry kEntries[] = {
    {ErrorCode::kIllegalArgument, "illegal_argument_exception", 400, false},
    {ErrorCode::kParsing, "parsing_exception", 400, true},
    {ErrorCode::kXContentParse, "x_content_parse_exception", 400, false},
    {ErrorCode::kParse, "parse_exception", 400, true},
    {ErrorCode::kDocumentParsing, "document_parsing_exception", 400, true},
    {ErrorCode::kMapperParsing, "mapper_parsing_exception", 400, true},
    {ErrorCode::kStrictDynamicMapping, "strict_dynamic_mapping_exception", 400, true},
    {ErrorCode::kNumberFormat, "number_format_exception", 400, false},
    {ErrorCode::kDateTimeParse, "date_time_parse_exception", 400, false},
    {ErrorCode::kArrayIndexOutOfBounds, "array_index_out_of_bounds_exception", 400, false},
    {ErrorCode::kActionRequestValidation, "action_request_validation_exception", 400, false},
    {ErrorCode::kValidation, "validation_exception", 400, false},
    {ErrorCode::kSettings, "settings_exception", 400, true},
    {ErrorCode::kInvalidIndexName, "invalid_index_name_exception", 400, true},
    {ErrorCode::kInvalidAliasName, "invalid_alias_name_exception", 400, true},
    {ErrorCode::kIndexClosed, "index_closed_exception", 400, true},
    {ErrorCode::kIndexNotFound, "index_not_found_exception", 404, true},
    {ErrorCode::kAliasesNotFound, "aliases_not_found_exception", 404, true},
    {ErrorCode::kResourceNotFound, "resource_not_found_exception", 404, true},
    {ErrorCode::kResourceAlreadyExists, "resource_already_exists_exception", 400, true},
    {ErrorCode::kDocumentMissing, "document_missing_exception", 404, true},
    {ErrorCode::kVersionConflict, "version_conflict_engine_exception", 409, true},
    {ErrorCode::kSearchContextMissing, "search_context_missing_exception", 404, true},
    {ErrorCode::kSearchPhaseExecution, "search_phase_execution_exception", 0, true},
    {ErrorCode::kQueryShard, "query_shard_exception", 400, true},
    {ErrorCode::kTooManyClauses, "too_many_nested_clauses", 400, false},
    {ErrorCode::kTooManyBuckets, "too_many_buckets_exception", 400, true},
    {ErrorCode::kTooManyScrollContexts, "too_many_scroll_contexts_exception", 429, true},
    {ErrorCode::kAggregationExecution, "aggregation_execution_exception", 500, true},
    {ErrorCode::kStatusBadRequest, "status_exception", 400, true},
    {ErrorCode::kStatusNotFound, "status_exception", 404, true},
    {ErrorCode::kStatusConflict, "status_exception", 409, true},
    {ErrorCode::kStatusTooManyRequests, "status_exception", 429, true},
    {ErrorCode::kStatusTimeout, "status_exception", 408, true},
    {ErrorCode::kStatusInternal, "status_exception", 500, true},
    {ErrorCode::kInference, "inference_exception", 0, true},
    {ErrorCode::kMediaTypeHeader, "media_type_header_exception", 400, false},
    {ErrorCode::kContentTypeNotSupported, "", 406, false},
    {ErrorCode::kContentTooLong, "content_too_long_exception", 413, true},
    {ErrorCode::kMethodNotAllowed, "", 405, false},
    {ErrorCode::kNoHandler, "", 400, false},
    {ErrorCode::kSecurity, "security_exception", 401, true},
    {ErrorCode::kClusterBlock, "cluster_block_exception", 403, true},
    {ErrorCode::kFloodStage, "cluster_block_exception", 429, true},
    {ErrorCode::kCircuitBreaking, "circuit_breaking_exception", 429, true},
    {ErrorCode::kRejectedExecution, "es_rejected_execution_exception", 429, false},
    {ErrorCode::kTaskCancelled, "task_cancelled_exception", 400, true},
    {ErrorCode::kTimeout, "process_cluster_event_timeout_exception", 503, true},
    {ErrorCode::kScript, "script_exception", 400, true},
    {ErrorCode::kFailProcessor, "fail_processor_exception", 500, false},
    {ErrorCode::kInvalidIndexTemplate, "invalid_index_template_exception", 400, true},
    {ErrorCode::kIndexTemplateMissing, "index_template_missing_exception", 404, true},
    {ErrorCode::kIllegalState, "illegal_state_exception", 500, false},
    {ErrorCode::kIo, "i_o_exception", 500, false},
    {ErrorCode::kCorruptIndex, "corrupt_index_exception", 500, false},
    {ErrorCode::kInternal, "exception", 500, true},
    {ErrorCode::kNoSuchRemoteCluster, "no_such_remote_cluster_exception", 404, true},
};

constexpr bool entries_follow_the_enum() {
  int next = 0;
  for (const ErrorEntry& entry : kEntries) {
    if (static_cast<int>(entry.code) != next++) return false;
  }
  return next == base::kNumErrorCodes;
}
static_assert(entries_follow_the_enum(), "one entry for each ErrorCode, in the order of the enum");

}  // namespace

const ErrorEntry& error_entry(base::ErrorCode code) { return kEntries[static_cast<size_t>(code)]; }

int error_status(const base::Error& error) {
  if (const int passed_on = inference::vendor_status(error); passed_on != 0) return passed_on;
  const ErrorEntry& entry = error_entry(error.code());
  if (entry.status != 0) return entry.status;
  return error.cause() == nullptr ? 500 : error_status(*error.cause());
}

}  // namespace selene::rest
