#include <gtest/gtest.h>

#include "index/catalog/catalog.h"
#include "index/engine/temporary_folder.h"

namespace selene::index {
namespace {

WriteOp index_op(std::string id, std::string_view source) {
  WriteOp op;
  op.id = std::move(id);
  op.source = source;
  return op;
}

TEST(MainPathTest, DocumentIsFoundByTermAfterRefresh) {
  const TemporaryFolder folder;
  auto catalog = Catalog::open({.data_folder = folder.path()});
  ASSERT_TRUE(catalog) << catalog.error().reason();
  auto index = (*catalog)->create("books", base::JsonValue());
  ASSERT_TRUE(index) << index.error().reason();
  const std::vector<WriteOp> ops = {index_op("1", R"({"title":"The moon and the sun","pages":12})"),
                                    index_op("2", R"({"title":"Two moons"})")};
  for (const auto& result : (*index)->engine->apply(ops)) ASSERT_TRUE(result) << result.error().reason();
  EXPECT_EQ((*index)->engine->snapshot()->num_docs(), 0);
  ASSERT_TRUE((*index)->engine->refresh());
  const auto snapshot = (*index)->engine->snapshot();
  ASSERT_EQ(snapshot->num_docs(), 2);
  const SegmentReader& segment = *snapshot->segments()[0].reader;
  const FieldTerms* title = segment.terms("title");
  ASSERT_NE(title, nullptr);
  const auto meta = title->find("the");
  ASSERT_TRUE(meta);
  PostingsCursor cursor = title->postings(*meta);
  EXPECT_EQ(cursor.doc(), 0);
  EXPECT_EQ(cursor.freq(), 2);
  EXPECT_EQ(std::vector<uint32_t>(cursor.positions().begin(), cursor.positions().end()), (std::vector<uint32_t>{0, 3}));
  EXPECT_EQ(cursor.next(), kNoMoreDocs);
  EXPECT_EQ(segment.numbers("pages")->value(0, 0), 12);
  EXPECT_EQ(segment.keywords("title.keyword")->term(segment.keywords("title.keyword")->ordinal(1, 0)), "Two moons");
  const auto document = snapshot->document(1);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->id, "2");
  EXPECT_EQ(document->source, R"({"title":"Two moons"})");
}

}  // namespace
}  // namespace selene::index
