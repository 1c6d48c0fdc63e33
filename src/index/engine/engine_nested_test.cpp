#include <gmock/gmock.h>

#include "index/engine/engine_fixture.h"

namespace selene::index {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EngineNestedTest : public EngineTest {
 protected:
  EngineNestedTest() {
    const auto mappings = base::JsonDocument::parse(
        R"({"properties":{"n":{"type":"nested","properties":{"k":{"type":"keyword"},"m":{"type":"nested","properties":{"k":{"type":"keyword"}}}}}}})");
    EXPECT_TRUE(engine_->put_mapping(mappings->root()));
  }
  /// Ids of the live documents around the nested ones with the term, from the postings.
  std::vector<std::string> roots(std::string_view field, std::string_view term) const {
    std::vector<std::string> ids;
    const auto snapshot = engine_->snapshot();
    for (const SegmentView& view : snapshot->segments()) {
      const FieldTerms* const terms = view.reader->terms(field);
      const auto meta = terms == nullptr ? std::nullopt : terms->find(term);
      if (!meta) continue;
      PostingsCursor cursor = terms->postings(*meta);
      for (DocId doc = cursor.doc(); doc != kNoMoreDocs; doc = cursor.next()) {
        EXPECT_FALSE(view.live(doc)) << "a nested document is shown";
        const DocId root = view.nested->root_of(doc);
        if (view.live(root)) ids.emplace_back(view.reader->id(root));
      }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }
};

constexpr std::string_view kTwo = R"({"n":[{"k":"a","m":[{"k":"x"},{"k":"y"}]},{"k":"b"}]})";

TEST_F(EngineNestedTest, BlocksStandInFrontOfTheirDocument) {
  must(make_index_op("1", kTwo));
  must(make_index_op("2", R"({"n":{"k":"c"}})"));
  ASSERT_TRUE(engine_->refresh());
  const auto snapshot = engine_->snapshot();
  ASSERT_EQ(snapshot->segments().size(), 1U);
  const SegmentView& view = snapshot->segments()[0];
  ASSERT_NE(view.nested, nullptr);
  EXPECT_EQ(view.reader->max_doc(), 7);
  EXPECT_EQ(view.nested->root_of(0), 4);
  EXPECT_EQ(view.nested->block_begin(4), 0);
  EXPECT_EQ(view.nested->block_begin(6), 5);
  EXPECT_EQ(view.reader->find_id("1"), 4);
  EXPECT_THAT(roots("n.m.k", "y"), ElementsAre("1"));
  EXPECT_THAT(roots("n.k", "c"), ElementsAre("2"));
  EXPECT_EQ(visible().size(), 2U);
}

TEST_F(EngineNestedTest, UpdatesAndDeletesTakeTheWholeBlock) {
  must(make_index_op("1", kTwo));
  must(make_index_op("1", R"({"n":{"k":"in buffer"}})"));
  ASSERT_TRUE(engine_->refresh());
  EXPECT_THAT(roots("n.k", "a"), IsEmpty());
  must(make_index_op("1", kTwo));
  ASSERT_TRUE(engine_->refresh());
  EXPECT_THAT(roots("n.k", "in buffer"), IsEmpty());
  EXPECT_THAT(roots("n.k", "a"), ElementsAre("1"));
  must(make_delete_op("1"));
  ASSERT_TRUE(engine_->refresh());
  EXPECT_THAT(roots("n.k", "a"), IsEmpty());
  EXPECT_EQ(engine_->snapshot()->num_docs(), 0) << "a part of a deleted block is left";
}

TEST_F(EngineNestedTest, BlocksSurviveMergesAndRestarts) {
  for (int i = 0; i < 4; ++i) {
    must(make_index_op(std::to_string(i), kTwo));
    must(make_index_op("plain" + std::to_string(i), R"({"t":"x"})"));
    ASSERT_TRUE(engine_->refresh());
  }
  must(make_delete_op("2"));
  ASSERT_TRUE(engine_->force_merge(1));
  EXPECT_EQ(engine_->snapshot()->segments().size(), 1U);
  EXPECT_THAT(roots("n.m.k", "x"), ElementsAre("0", "1", "3"));
  EXPECT_EQ(engine_->snapshot()->segments()[0].reader->max_doc(), 3 * 5 + 4);
  reopen();
  EXPECT_THAT(roots("n.m.k", "x"), ElementsAre("0", "1", "3"));
  EXPECT_EQ(visible().size(), 7U);
}

}  // namespace
}  // namespace selene::index
