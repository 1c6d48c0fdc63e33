#include "index/engine/engine_fixture.h"

namespace selene::index {
namespace {

using base::ErrorCode;
using Documents = std::map<std::string, std::string>;

class EngineWriteTest : public EngineTest {};

TEST_F(EngineWriteTest, AnswersTellOutcomeVersionAndSeqNo) {
  const std::vector<WriteOp> ops = {make_index_op("1", R"({"a":1})"),
                                    make_index_op("1", R"({"a":2})"),
                                    make_delete_op("1"),
                                    make_delete_op("1"),
                                    make_delete_op("2"),
                                    make_index_op("1", R"({"a":3})")};
  const auto results = engine_->apply(ops);
  const std::vector<std::pair<WriteOutcome, int64_t>> expected = {{WriteOutcome::kCreated, 1},  {WriteOutcome::kUpdated, 2},
                                                                  {WriteOutcome::kDeleted, 3},  {WriteOutcome::kNotFound, 4},
                                                                  {WriteOutcome::kNotFound, 1}, {WriteOutcome::kCreated, 5}};
  for (size_t i = 0; i < results.size(); ++i) {
    ASSERT_TRUE(results[i]);
    EXPECT_EQ(results[i]->outcome, expected[i].first) << i;
    EXPECT_EQ(results[i]->version, expected[i].second) << i;
    EXPECT_EQ(results[i]->seq_no, static_cast<int64_t>(i));
  }
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(visible(), (Documents{{"1", R"({"a":3})"}}));
}

TEST_F(EngineWriteTest, AFailedActionLeavesItsNeighboursAloneAndTakesNoSeqNo) {
  WriteOp create = make_index_op("1", R"({"a":2})");
  create.type = OpType::kCreate;
  const std::vector<WriteOp> ops = {make_index_op("1", R"({"a":1})"), create, make_index_op("2", "{bad"),
                                    make_index_op("3", R"({"a":"x"})"), make_index_op("4", R"({"a":4})")};
  const auto results = engine_->apply(ops);
  ASSERT_TRUE(results[0]);
  ASSERT_FALSE(results[1]);
  EXPECT_EQ(results[1].error().code(), ErrorCode::kVersionConflict);
  ASSERT_FALSE(results[2]);
  EXPECT_EQ(results[2].error().code(), ErrorCode::kDocumentParsing);
  EXPECT_NE(results[2].error().reason().find("failed to parse"), std::string::npos) << results[2].error().reason();
  ASSERT_FALSE(results[3]);
  EXPECT_EQ(results[3].error().code(), ErrorCode::kDocumentParsing);
  ASSERT_TRUE(results[4]);
  EXPECT_EQ(results[4]->seq_no, 1);
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(visible(), (Documents{{"1", R"({"a":1})"}, {"4", R"({"a":4})"}}));
  EXPECT_EQ(engine_->snapshot()->segments()[0].reader->max_doc(), 2) << "refused documents are no part of the statistics";
}

TEST_F(EngineWriteTest, GetSeesWritesBeforeRefreshAndSearchAfter) {
  must(make_index_op("1", R"({"t":"moon"})"));
  ASSERT_TRUE(*engine_->get("1"));
  EXPECT_EQ((*engine_->get("1"))->source, R"({"t":"moon"})");
  EXPECT_TRUE(visible().empty());
  EXPECT_EQ(engine_->stats().buffered_docs, 1);
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(search(*engine_->snapshot(), "t", "moon"), std::vector<std::string>{"1"});
  must(make_index_op("1", R"({"t":"sun"})"));
  EXPECT_EQ(visible(), (Documents{{"1", R"({"t":"moon"})"}}));
  must(make_delete_op("1"));
  EXPECT_FALSE(*engine_->get("1"));
  EXPECT_EQ(visible(), (Documents{{"1", R"({"t":"moon"})"}}));
  ASSERT_TRUE(engine_->refresh());
  EXPECT_TRUE(visible().empty());
}

TEST_F(EngineWriteTest, AnOldSnapshotKeepsItsSources) {
  must(make_index_op("1", R"({"t":"old"})"));
  ASSERT_TRUE(engine_->refresh());
  const auto old = engine_->snapshot();
  must(make_index_op("1", R"({"t":"new"})"));
  ASSERT_TRUE(engine_->flush());
  ASSERT_TRUE(engine_->force_merge(1));
  EXPECT_EQ(visible(*old), (Documents{{"1", R"({"t":"old"})"}}));
  EXPECT_EQ(search(*old, "t", "old"), std::vector<std::string>{"1"});
  EXPECT_EQ(visible(), (Documents{{"1", R"({"t":"new"})"}}));
}

TEST_F(EngineWriteTest, ReplacedDocumentsCountInStatisticsUntilMerged) {
  must(make_index_op("1", R"({"t":"moon"})"));
  must(make_index_op("1", R"({"t":"moon"})"));
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(engine_->stats().num_docs, 1);
  EXPECT_EQ(engine_->stats().num_deleted_docs, 1);
  EXPECT_EQ(engine_->snapshot()->segments()[0].reader->terms("t")->doc_count(), 2);
  ASSERT_TRUE(engine_->force_merge(1));
  EXPECT_EQ(engine_->stats().num_deleted_docs, 0);
  EXPECT_EQ(engine_->snapshot()->segments()[0].reader->terms("t")->doc_count(), 1);
}

TEST_F(EngineWriteTest, ManyValuesKeepAGapBetweenPositions) {
  must(make_index_op("1", R"({"t":["one two","three"]})"));
  ASSERT_TRUE(engine_->refresh());
  const SegmentReader& segment = *engine_->snapshot()->segments()[0].reader;
  const FieldTerms* terms = segment.terms("t");
  PostingsCursor cursor = terms->postings(*terms->find("three"));
  ASSERT_EQ(cursor.positions().size(), 1U);
  EXPECT_EQ(cursor.positions()[0], 102U);
  EXPECT_EQ(terms->norms()[0], 3);
}

TEST_F(EngineWriteTest, DynamicFieldsAreInTheMappingAndSurviveARestart) {
  must(make_index_op("1", R"({"user":{"name":"Ann","age":7}})"));
  EXPECT_NE(engine_->mapping()->find("user.name.keyword"), nullptr);
  reopen();
  EXPECT_EQ(engine_->mapping()->find("user.age")->type, FieldType::kLong);
}

TEST_F(EngineWriteTest, SearchesSeeANewMappingAtOnce) {
  const auto put = base::JsonDocument::parse(R"({"properties":{"k":{"type":"keyword"}}})");
  ASSERT_TRUE(engine_->put_mapping(put->root()));
  EXPECT_NE(engine_->snapshot()->mapping().find("k"), nullptr);
}

TEST_F(EngineWriteTest, AnImmenseTermIsRefused) {
  const auto put = base::JsonDocument::parse(R"({"properties":{"k":{"type":"text","analyzer":"keyword"}}})");
  ASSERT_TRUE(engine_->put_mapping(put->root()));
  const std::string source = R"({"k":")" + std::string(40'000, 'x') + R"("})";
  const auto result = apply(make_index_op("1", source));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kIllegalArgument);
  EXPECT_FALSE(*engine_->get("1"));
}

TEST_F(EngineWriteTest, AFailedSyncIsNotAcknowledgedAndEndsWritesButNotReads) {
  must(make_index_op("1", R"({"a":1})"));
  store_->fail_next_sync();
  const auto failed = apply(make_index_op("2", R"({"a":2})"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), ErrorCode::kIo);
  const auto refused = apply(make_index_op("3", R"({"a":3})"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kIo);
  EXPECT_TRUE(*engine_->get("1"));
  ASSERT_TRUE(engine_->refresh());
  EXPECT_TRUE(visible().contains("1"));
  EXPECT_FALSE(engine_->flush());
}

TEST_F(EngineWriteTest, ARefreshThatCannotWriteLosesNothing) {
  must(make_index_op("0", R"({"a":0})"));
  ASSERT_TRUE(engine_->refresh());
  must(make_index_op("1", R"({"a":1})"));
  must(make_index_op("0", R"({"a":9})"));
  std::filesystem::rename(segments_folder(), folder_.path() / "away");
  EXPECT_FALSE(engine_->refresh());
  EXPECT_EQ(visible(), (Documents{{"0", R"({"a":0})"}}));
  std::filesystem::rename(folder_.path() / "away", segments_folder());
  must(make_delete_op("1"));
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(visible(), (Documents{{"0", R"({"a":9})"}}));
}

TEST_F(EngineWriteTest, AClosedIndexTakesNoWrites) {
  engine_->close();
  const auto result = apply(make_index_op("1", "{}"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kIndexNotFound);
}

}  // namespace
}  // namespace selene::index
