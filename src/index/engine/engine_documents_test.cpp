#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "index/engine/engine_fixture.h"
#include "index/segments/document_cache.h"

namespace selene::index {
namespace {

class EngineDocumentsTest : public EngineTest {
 protected:
  /// Id -> source of all live documents, read together, last one first.
  static std::map<std::string, std::string> read_together(const Snapshot& snapshot) {
    std::vector<DocId> docs;
    for (const SegmentView& view : snapshot.segments()) {
      for (DocId doc = 0; doc < view.reader->max_doc(); ++doc) {
        if (view.live(doc)) docs.push_back(view.doc_base + doc);
      }
    }
    std::reverse(docs.begin(), docs.end());
    const auto read = snapshot.documents(docs);
    EXPECT_TRUE(read);
    std::map<std::string, std::string> documents;
    for (size_t i = 0; read && i < docs.size(); ++i) {
      const SegmentView& view = snapshot.segment_of(docs[i]);
      EXPECT_EQ((*read)[i]->id, view.reader->id(docs[i] - view.doc_base));
      documents.emplace((*read)[i]->id, (*read)[i]->source);
    }
    return documents;
  }
  void fill(int num_docs) {
    for (int i = 0; i < num_docs; ++i) must(make_index_op(std::to_string(i), R"({"n":)" + std::to_string(i) + "}"));
    ASSERT_TRUE(engine_->refresh());
  }
};

TEST_F(EngineDocumentsTest, ReadTogetherTheyAreWhatEachIsAlone) {
  fill(200);
  const auto snapshot = engine_->snapshot();
  for (int round = 0; round < 2; ++round) EXPECT_EQ(read_together(*snapshot), visible(*snapshot));
}

TEST_F(EngineDocumentsTest, AnOldSnapshotKeepsItsVersionsAndANewOneHasTheNew) {
  fill(20);
  const auto before = engine_->snapshot();
  const auto old_documents = read_together(*before);
  must(make_index_op("7", R"({"n":77})"));
  must(make_delete_op("8"));
  ASSERT_TRUE(engine_->refresh());
  const auto after = engine_->snapshot();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(read_together(*before), old_documents);
    EXPECT_EQ(read_together(*after).at("7"), R"({"n":77})");
    EXPECT_EQ(read_together(*after).count("8"), 0U);
  }
}

TEST_F(EngineDocumentsTest, ReadOnceTheStoreIsNotAskedAgain) {
  options_.documents = std::make_shared<DocumentCache>(size_t{1} << 20);
  reopen();
  fill(50);
  const auto snapshot = engine_->snapshot();
  auto documents = read_together(*snapshot);
  StoreBatch batch;
  batch.remove_range(Space::kDocuments, kTestUuid, prefix_end(kTestUuid));
  ASSERT_TRUE(store_->write(batch));
  must(make_index_op("more", "{}"));
  ASSERT_TRUE(engine_->refresh());
  documents.emplace("more", "{}");
  EXPECT_EQ(read_together(*engine_->snapshot()), documents);
}

TEST_F(EngineDocumentsTest, VersionsThatNoSearchShowsAnyMoreAreNotKept) {
  options_.documents = std::make_shared<DocumentCache>(size_t{1} << 20);
  reopen();
  fill(10);
  read_together(*engine_->snapshot());
  const size_t all = options_.documents->size_bytes();
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 10; ++i) must(make_index_op(std::to_string(i), R"({"n":)" + std::to_string(i) + "}"));
    ASSERT_TRUE(engine_->refresh());
    read_together(*engine_->snapshot());
    EXPECT_EQ(options_.documents->size_bytes(), all);
  }
  for (int i = 0; i < 10; ++i) must(make_delete_op(std::to_string(i)));
  EXPECT_EQ(options_.documents->size_bytes(), all) << "shown until the next refresh";
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(options_.documents->size_bytes(), 0U);
}

TEST_F(EngineDocumentsTest, OneThatIsNotInTheStoreIsAnErrorThatNamesIt) {
  fill(3);
  StoreBatch batch;
  batch.remove(Space::kDocuments, document_key(kTestUuid, "1"));
  ASSERT_TRUE(store_->write(batch));
  must(make_index_op("3", "{}"));
  ASSERT_TRUE(engine_->refresh());
  const std::vector<DocId> docs = {2, 1, 0};
  const auto read = engine_->snapshot()->documents(docs);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), base::ErrorCode::kCorruptIndex);
  EXPECT_NE(read.error().reason().find("document [1] of index [i]"), std::string::npos) << read.error().reason();
}

}  // namespace
}  // namespace selene::index
