#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "index/engine/local_index_engine.h"
#include "index/engine/temporary_folder.h"

namespace selene::index {

inline constexpr const char* kTestUuid = "test-uuid-0123456789-A";

inline WriteOp make_index_op(std::string id, std::string_view source) {
  WriteOp op;
  op.id = std::move(id);
  op.source = source;
  return op;
}
inline WriteOp make_delete_op(std::string id) {
  WriteOp op;
  op.type = OpType::kDelete;
  op.id = std::move(id);
  return op;
}

/// An engine over a store in a folder of its own; `reopen` is a restart without a clean end.
class EngineTest : public testing::Test {
 protected:
  EngineTest() { open(); }

  void open() {
    auto store = Store::open(folder_.path() / "store", store_options_);
    ASSERT_TRUE(store) << store.error().reason();
    store_ = std::move(*store);
    LocalIndexEngine::Options options = options_;
    options.index_name = "i";
    options.index_uuid = kTestUuid;
    options.folder = segments_folder();
    options.store = store_;
    options.analyzers = *AnalyzerRegistry::create(base::JsonValue());
    auto engine = LocalIndexEngine::open(std::move(options));
    ASSERT_TRUE(engine) << engine.error().reason();
    engine_ = std::move(*engine);
  }
  void close() {
    engine_ = nullptr;
    store_ = nullptr;
  }
  void reopen() {
    close();
    open();
  }
  std::filesystem::path segments_folder() const { return folder_.path() / "segments"; }

  base::Result<WriteResult> apply(const WriteOp& op) { return std::move(engine_->apply({&op, 1}).front()); }
  WriteResult must(const WriteOp& op) {
    const auto result = apply(op);
    EXPECT_TRUE(result) << result.error().reason();
    return result ? *result : WriteResult{};
  }
  /// Id -> source of all documents a search sees.
  static std::map<std::string, std::string> visible(const Snapshot& snapshot) {
    std::map<std::string, std::string> documents;
    for (const SegmentView& view : snapshot.segments()) {
      for (DocId doc = 0; doc < view.reader->max_doc(); ++doc) {
        if (!view.live(doc)) continue;
        const auto document = snapshot.document(view.doc_base + doc);
        EXPECT_TRUE(document) << document.error().reason();
        if (!document) continue;
        EXPECT_EQ(document->id, view.reader->id(doc));
        EXPECT_EQ(document->seq_no, view.reader->seq_no(doc)) << document->id;
        EXPECT_TRUE(documents.emplace(document->id, document->source).second) << document->id << " stands twice";
      }
    }
    return documents;
  }
  std::map<std::string, std::string> visible() const { return visible(*engine_->snapshot()); }
  /// Ids of live documents with a term, from the postings.
  static std::vector<std::string> search(const Snapshot& snapshot, std::string_view field, std::string_view term) {
    std::vector<std::string> ids;
    for (const SegmentView& view : snapshot.segments()) {
      const FieldTerms* terms = view.reader->terms(field);
      const auto meta = terms == nullptr ? std::nullopt : terms->find(term);
      if (!meta) continue;
      PostingsCursor cursor = terms->postings(*meta);
      for (DocId doc = cursor.doc(); doc != kNoMoreDocs; doc = cursor.next()) {
        if (view.live(doc)) ids.emplace_back(view.reader->id(doc));
      }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  TemporaryFolder folder_;
  LocalIndexEngine::Options options_;
  StoreOptions store_options_;
  std::shared_ptr<Store> store_;
  std::shared_ptr<LocalIndexEngine> engine_;
};

}  // namespace selene::index
