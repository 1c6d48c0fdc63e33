#include "ingest/update_request.h"

#include <gtest/gtest.h>

namespace selene::ingest {
namespace {

using base::ErrorCode;

struct Merged {
  std::string text;
  bool changed;
};

Merged merge(std::string_view base_text, std::string_view patch_text) {
  const auto base_document = base::JsonDocument::parse(base_text);
  const auto patch = base::JsonDocument::parse(patch_text);
  base::JsonWriter out;
  const bool changed = merge_objects(base_document->root(), patch->root(), out);
  return {out.take(), changed};
}

std::optional<index::StoredDocument> stored(std::string source) {
  index::StoredDocument document;
  document.id = "1";
  document.source = std::move(source);
  return document;
}

TEST(MergeTest, ObjectsAreMergedAndTheRestReplaced) {
  const Merged merged = merge(R"({"a":{"b":1,"c":2},"l":[1,2],"s":"x"})", R"({"a":{"c":3,"d":4},"l":[9],"n":null})");
  EXPECT_EQ(merged.text, R"({"a":{"b":1,"c":3,"d":4},"l":[9],"s":"x","n":null})");
  EXPECT_TRUE(merged.changed);
}

TEST(MergeTest, SameValuesChangeNothing) {
  EXPECT_FALSE(merge(R"({"a":{"b":1},"l":[1,{"x":1,"y":2}],"n":null})", R"({"a":{"b":1},"l":[1,{"y":2,"x":1}],"n":null})").changed);
  EXPECT_FALSE(merge(R"({"a":1})", "{}").changed);
}

TEST(MergeTest, TypeOfANumberCounts) {
  EXPECT_TRUE(merge(R"({"a":1})", R"({"a":1.0})").changed);
  EXPECT_TRUE(merge(R"({"a":1})", R"({"a":"1"})").changed);
  EXPECT_TRUE(merge(R"({"a":{"b":1}})", R"({"a":5})").changed);
}

TEST(MergeTest, NewNullIsAChange) { EXPECT_TRUE(merge(R"({"a":1})", R"({"b":null})").changed); }

TEST(UpdateRequestTest, RefusesWhatItDoesNotKnow) {
  const auto unknown = UpdateRequest::parse(R"({"dok":{}})");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code(), ErrorCode::kXContentParse);
  EXPECT_NE(unknown.error().reason().find("[UpdateRequest] unknown field [dok]"), std::string::npos);
  EXPECT_EQ(UpdateRequest::parse("{}").error().reason(), "Validation Failed: 1: script or doc is missing;");
  EXPECT_EQ(UpdateRequest::parse(R"({"script":{"source":"="}})").error().code(), ErrorCode::kScript);
  EXPECT_EQ(UpdateRequest::parse(R"({"script":"ctx.op = 'none'","doc":{}})").error().reason(),
            "Validation Failed: 1: can't provide both script and doc;");
  EXPECT_EQ(UpdateRequest::parse(R"({"script":"ctx.op = 'none'","doc_as_upsert":true})").error().reason(),
            "Validation Failed: 1: doc must be specified if doc_as_upsert is enabled;");
  EXPECT_FALSE(UpdateRequest::parse(R"({"doc":[]})").has_value());
  EXPECT_FALSE(UpdateRequest::parse(R"({"doc":{},"detect_noop":"perhaps"})").has_value());
}

TEST(PlanUpdateTest, MissingDocumentNeedsAnUpsert) {
  const auto plain = UpdateRequest::parse(R"({"doc":{"a":1}})");
  const auto missing = plan_update(*plain, std::nullopt, {"i", "1"});
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::kDocumentMissing);
  EXPECT_EQ(missing.error().reason(), "[1]: document missing");
  const auto upsert = UpdateRequest::parse(R"({"doc":{"a":1},"upsert":{"a":  33}})");
  EXPECT_EQ(plan_update(*upsert, std::nullopt, {"i", "1"})->source, R"({"a":  33})");
  const auto as_upsert = UpdateRequest::parse(R"({"doc":{"a":1},"doc_as_upsert":true})");
  const auto plan = plan_update(*as_upsert, std::nullopt, {"i", "1"});
  EXPECT_EQ(plan->kind, UpdatePlan::Kind::kInsert);
  EXPECT_EQ(plan->source, R"({"a":1})");
}

TEST(PlanUpdateTest, NoChangeIsANoopUnlessDetectionIsOff) {
  const auto detect = UpdateRequest::parse(R"({"doc":{"a":1}})");
  EXPECT_EQ(plan_update(*detect, stored(R"({"a":1})"), {"i", "1"})->kind, UpdatePlan::Kind::kNoop);
  const auto always = UpdateRequest::parse(R"({"doc":{"a":1},"detect_noop":false})");
  EXPECT_EQ(plan_update(*always, stored(R"({"a":1})"), {"i", "1"})->kind, UpdatePlan::Kind::kReplace);
}

TEST(PlanUpdateTest, UpsertOfAPresentDocumentMergesDoc) {
  const auto request = UpdateRequest::parse(R"({"doc":{"b":2},"upsert":{"z":0}})");
  EXPECT_EQ(plan_update(*request, stored(R"({"a":1})"), {"i", "1"})->source, R"({"a":1,"b":2})");
}

TEST(PlanUpdateTest, ScriptChoosesWhatHappens) {
  const auto plan = [](std::string_view script, const std::optional<index::StoredDocument>& current) {
    base::JsonWriter body;
    body.begin_object().field("script", script).key("upsert").raw(R"({"n":0})").field("scripted_upsert", true).end_object();
    const auto request = UpdateRequest::parse(body.text());
    return *plan_update(*request, current, {"i", "1"});
  };
  const auto present = stored(R"({"n":1})");
  EXPECT_EQ(plan("ctx._source.n += 5", present).source, R"({"n":6})");
  EXPECT_EQ(plan("ctx.op = 'none'", present).kind, UpdatePlan::Kind::kNoop);
  EXPECT_EQ(plan("ctx.op = 'delete'", present).kind, UpdatePlan::Kind::kDelete);
  EXPECT_EQ(plan("ctx.op = 'surprise'", present).kind, UpdatePlan::Kind::kNoop);
  const UpdatePlan upsert = plan("if (ctx.op == 'create') ctx._source.n = ctx._id + ctx._index", std::nullopt);
  EXPECT_EQ(upsert.kind, UpdatePlan::Kind::kInsert);
  EXPECT_EQ(upsert.source, R"({"n":"1i"})");
  EXPECT_EQ(plan("ctx.op = 'none'", std::nullopt).kind, UpdatePlan::Kind::kNoop);
}

}  // namespace
}  // namespace selene::ingest
