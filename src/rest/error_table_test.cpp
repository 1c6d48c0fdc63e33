#include "rest/error_table.h"

#include <gtest/gtest.h>

#include <string>

#include "rest/error_renderer.h"

namespace selene::rest {
namespace {

using base::Error;
using base::ErrorCode;

TEST(ErrorTableTest, EveryCodeHasAnEntryOfItsOwn) {
  for (int i = 0; i < base::kNumErrorCodes; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const ErrorEntry& entry = error_entry(code);
    EXPECT_EQ(entry.code, code);
    const bool wrapper = entry.status == 0;
    EXPECT_TRUE(wrapper || (entry.status >= 400 && entry.status < 600)) << i;
    const bool plain =
        code == ErrorCode::kContentTypeNotSupported || code == ErrorCode::kMethodNotAllowed || code == ErrorCode::kNoHandler;
    EXPECT_EQ(entry.type.empty(), plain) << i;
  }
}

TEST(ErrorTableTest, WrappersTakeTheStatusOfTheirCause) {
  const auto wrap = [](ErrorCode outer, ErrorCode inner) { return Error(outer, "outer").with_cause(Error(inner, "inner")); };
  EXPECT_EQ(error_status(wrap(ErrorCode::kSearchPhaseExecution, ErrorCode::kQueryShard)), 400);
  EXPECT_EQ(error_status(wrap(ErrorCode::kInference, ErrorCode::kResourceNotFound)), 404);
  EXPECT_EQ(error_status(wrap(ErrorCode::kInference, ErrorCode::kRejectedExecution)), 429);
  EXPECT_EQ(error_status(Error(ErrorCode::kSearchPhaseExecution, "without a cause")), 500);
}

TEST(ErrorRendererTest, EnvelopeHoldsRootCauseTypeReasonMetadataAndStatus) {
  const Error error = Error(ErrorCode::kIndexNotFound, "no such index [x]").with("index_uuid", "_na_").with("index", "x");
  EXPECT_EQ(
      render_error(error),
      R"({"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [x]","index_uuid":"_na_","index":"x"}],)"
      R"("type":"index_not_found_exception","reason":"no such index [x]","index_uuid":"_na_","index":"x"},"status":404})");
}

TEST(ErrorRendererTest, CauseOfAJavaTypeIsNoRootCause) {
  const Error error =
      Error(ErrorCode::kDocumentParsing, "failed").with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"x\""));
  EXPECT_EQ(
      render_error(error),
      R"({"error":{"root_cause":[{"type":"document_parsing_exception","reason":"failed"}],"type":"document_parsing_exception",)"
      R"("reason":"failed","caused_by":{"type":"number_format_exception","reason":"For input string: \"x\""}},"status":400})");
}

TEST(ErrorRendererTest, CauseOfAnElasticsearchTypeIsTheRootCause) {
  const Error error = Error(ErrorCode::kInference, "outer").with_cause(Error(ErrorCode::kStatusBadRequest, "inner"));
  EXPECT_EQ(render_error(error),
            R"({"error":{"root_cause":[{"type":"status_exception","reason":"inner"}],"type":"inference_exception",)"
            R"("reason":"outer","caused_by":{"type":"status_exception","reason":"inner"}},"status":400})");
}

TEST(ErrorRendererTest, AParseErrorGivesWayToParseErrorsAndTypesOfElasticsearchAlone) {
  const Error number = Error(ErrorCode::kXContentParse, "[k] failed").with_cause(Error(ErrorCode::kNumberFormat, "x"));
  EXPECT_NE(render_error(number).find(R"("root_cause":[{"type":"x_content_parse_exception","reason":"[k] failed"}])"),
            std::string::npos);
  const Error query = Error(ErrorCode::kXContentParse, "[filter] failed").with_cause(Error(ErrorCode::kParsing, "unknown query"));
  EXPECT_NE(render_error(query).find(R"("root_cause":[{"type":"parsing_exception","reason":"unknown query"}])"), std::string::npos);
}

TEST(ErrorRendererTest, SearchPhaseShowsTheFailedShard) {
  const Error error =
      Error(ErrorCode::kSearchPhaseExecution, "all shards failed")
          .with_cause(Error(ErrorCode::kQueryShard, "failed to create query").with("index_uuid", "u").with("index", "i"));
  EXPECT_EQ(
      render_error(error),
      R"({"error":{"root_cause":[{"type":"query_shard_exception","reason":"failed to create query","index_uuid":"u","index":"i"}],)"
      R"("type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,"failed_shards":)"
      R"([{"shard":0,"index":"i","reason":{"type":"query_shard_exception","reason":"failed to create query","index_uuid":"u","index":"i"}}]},)"
      R"("status":400})");
}

TEST(ErrorRendererTest, AFailedReduceNamesItsCauseAndNoShard) {
  const Error error =
      Error(ErrorCode::kSearchPhaseExecution, "").with("phase", "fetch").with_cause(Error(ErrorCode::kTooManyBuckets, "b"));
  EXPECT_EQ(
      render_error(error),
      R"({"error":{"root_cause":[{"type":"too_many_buckets_exception","reason":"b"}],"type":"search_phase_execution_exception",)"
      R"("reason":"","phase":"fetch","grouped":true,"failed_shards":[],"caused_by":{"type":"too_many_buckets_exception",)"
      R"("reason":"b"}},"status":400})");
}

TEST(ErrorRendererTest, SuppressedErrorsFollow) {
  const Error error = Error(ErrorCode::kIllegalArgument, "a").with_suppressed(Error(ErrorCode::kParsing, "b"));
  EXPECT_NE(render_error(error).find(R"("suppressed":[{"type":"parsing_exception","reason":"b"}])"), std::string::npos);
}

TEST(ErrorRendererTest, PlainFormsHaveNoEnvelope) {
  EXPECT_EQ(render_error(Error(ErrorCode::kContentTypeNotSupported, "Content-Type header is missing")),
            R"({"error":"Content-Type header is missing","status":406})");
  EXPECT_EQ(render_error(Error(ErrorCode::kMethodNotAllowed, "no")), R"({"error":"no","status":405})");
  EXPECT_EQ(render_error(Error(ErrorCode::kNoHandler, "none")), R"({"error":"none"})");
}

TEST(ErrorRendererTest, FaultsBelowARequestHaveAnEnvelope) {
  EXPECT_EQ(render_fault(413, "too large"),
            R"({"error":{"root_cause":[{"type":"content_too_long_exception","reason":"too large"}],)"
            R"("type":"content_too_long_exception","reason":"too large"},"status":413})");
}

TEST(ErrorTableTest, AVendorsStatusIsPassedOn) {
  const auto refused = Error(ErrorCode::kStatusBadRequest, "no key").with_number("vendor_status", 401);
  EXPECT_EQ(error_status(refused), 401);
  EXPECT_EQ(error_status(Error(ErrorCode::kInference, "outer").with_cause(refused)), 401);
}

}  // namespace
}  // namespace selene::rest
