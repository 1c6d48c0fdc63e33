#include "ingest/by_query/by_query_request.h"

#include <gtest/gtest.h>

namespace selene::ingest {
namespace {

using base::ErrorCode;

std::string fault(ByQueryKind kind, std::string_view body) {
  const auto request = kind == ByQueryKind::kReindex ? ByQueryRequest::parse_reindex(body) : ByQueryRequest::parse(kind, body);
  return request ? "" : request.error().reason();
}

TEST(ByQueryRequestTest, AnUpdateOfEverythingNeedsNoBody) {
  const auto request = ByQueryRequest::parse(ByQueryKind::kUpdate, " ");
  ASSERT_TRUE(request);
  EXPECT_FALSE((*request)->query.exists());
  EXPECT_EQ((*request)->max_docs, -1);
  EXPECT_EQ(fault(ByQueryKind::kDelete, "{}"), "Validation Failed: 1: query is missing;");
}

TEST(ByQueryRequestTest, ReadsWhatAllCallsShare) {
  const auto request = ByQueryRequest::parse(
      ByQueryKind::kUpdate,
      R"({"query":{"match_all":{}},"conflicts":"proceed","max_docs":7,"slice":{"id":1,"max":3},"script":"ctx.op = 'noop'"})");
  ASSERT_TRUE(request) << request.error().reason();
  EXPECT_TRUE((*request)->query.is_object());
  EXPECT_TRUE((*request)->proceed_on_conflict);
  EXPECT_EQ((*request)->max_docs, 7);
  EXPECT_EQ((*request)->slice->id, 1);
  EXPECT_EQ((*request)->slice->max, 3);
  EXPECT_NE((*request)->script, nullptr);
}

TEST(ByQueryRequestTest, ReadsBothEndsOfAReindex) {
  const auto request = ByQueryRequest::parse_reindex(
      R"({"source":{"index":["a","b"],"size":5,"_source":["x"]},"dest":{"index":"c","op_type":"create","routing":"=r","pipeline":"p"}})");
  ASSERT_TRUE(request) << request.error().reason();
  EXPECT_EQ((*request)->indices, "a,b");
  EXPECT_EQ((*request)->batch_size, 5);
  EXPECT_EQ((*request)->source_filter.includes, (std::vector<std::string>{"x"}));
  EXPECT_EQ((*request)->target.index, "c");
  EXPECT_TRUE((*request)->target.create_only);
  EXPECT_EQ((*request)->target.routing, ReindexTarget::Routing::kFixed);
  EXPECT_EQ((*request)->target.fixed_routing, "r");
  EXPECT_EQ((*request)->target.pipeline, "p");
}

TEST(ByQueryRequestTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(fault(ByQueryKind::kDelete, R"({"query":{},"script":"x"})"), "[1:22] [delete_by_query] unknown field [script]");
  EXPECT_EQ(fault(ByQueryKind::kReindex, R"({"source":{"index":"a","foo":1},"dest":{"index":"b"}})"),
            "[1:30] [source] unknown field [foo]");
  EXPECT_EQ(fault(ByQueryKind::kUpdate, R"({"conflicts":"perhaps"})"),
            "conflicts may only be \"proceed\" or \"abort\" but was [perhaps]");
  EXPECT_EQ(fault(ByQueryKind::kUpdate, R"({"max_docs":0})").substr(0, 38), "[max_docs] must be between [1] and [92");
  EXPECT_EQ(fault(ByQueryKind::kUpdate, R"({"slice":{"id":3,"max":3}})"), "[id] must be between [0] and [2] but was [3]");
  EXPECT_EQ(fault(ByQueryKind::kReindex, R"({"source":{"index":"a","remote":{"host":"http://x:9200/p"}},"dest":{"index":"b"}})"),
            "[x:9200] not whitelisted in reindex.remote.whitelist");
  EXPECT_EQ(fault(ByQueryKind::kReindex, R"({"source":{"index":"a","remote":{"host":"x"}},"dest":{"index":"b"}})"),
            "[1:11] [reindex] failed to parse field [source]");
  EXPECT_EQ(fault(ByQueryKind::kReindex, "{}"),
            "Validation Failed: 1: use _all if you really want to copy from all existing indexes;2: index is missing;");
  EXPECT_EQ(
      fault(ByQueryKind::kReindex, R"({"source":{"index":"a"},"dest":{"index":"b","version_type":"external","op_type":"create"}})"),
      "Validation Failed: 1: create operations only support internal versioning. use index instead;");
}

}  // namespace
}  // namespace selene::ingest
