// Every I/O operation of a life of an index fails once, and all that follow it; then the index is opened again.

#include <functional>

#include "base/fault_env.h"
#include "index/engine/engine_fixture.h"

namespace selene::index {
namespace {

using base::FaultEnv;

struct Known {
  std::string source;
  int64_t version = 0;
};

/// What a client knows: the state after its last acknowledged write, and the one that was under way at the fault.
struct Model {
  std::map<std::string, Known> acknowledged;
  std::string pending_id;
  std::string pending_source;  ///< empty: a delete
};

class EngineFaultTest : public EngineTest {
 protected:
  EngineFaultTest() { close(); }

  /// Opens with faults; false if that failed.
  bool open_with(FaultEnv& fault, const std::filesystem::path& folder) {
    StoreOptions store_options;
    store_options.before_io = [&fault](std::string_view what, const std::string& path) { return fault.spend(what, path); };
    auto store = Store::open(folder / "store", store_options);
    if (!store) return false;
    store_ = std::move(*store);
    LocalIndexEngine::Options options;
    options.index_name = "i";
    options.index_uuid = kTestUuid;
    options.folder = folder / "segments";
    options.store = store_;
    options.files = &fault;
    options.analyzers = *AnalyzerRegistry::create(base::JsonValue());
    auto engine = LocalIndexEngine::open(std::move(options));
    if (!engine) return false;
    engine_ = std::move(*engine);
    return true;
  }

  bool write(const std::string& id, const std::string& source, Model& model) {
    model.pending_id = id;
    model.pending_source = source;
    const auto result = apply(source.empty() ? make_delete_op(id) : make_index_op(id, source));
    if (!result) return false;
    if (source.empty()) {
      model.acknowledged.erase(id);
    } else {
      model.acknowledged[id] = {source, result->version};
    }
    model.pending_id.clear();
    return true;
  }

  /// Ends at the first fault; true if there was none.
  bool live(Model& model) {
    const auto doc = [](int n) { return R"({"t":"word)" + std::to_string(n) + R"( common","n":)" + std::to_string(n) + "}"; };
    return write("1", doc(1), model) && write("2", doc(2), model) && engine_->refresh() && write("1", doc(3), model) &&
           write("3", doc(4), model) && engine_->flush() && write("2", "", model) && write("4", doc(5), model) &&
           engine_->refresh() && engine_->force_merge(1) && write("3", doc(6), model) && engine_->flush();
  }

  void expect(const Model& model, int64_t num_good) {
    SCOPED_TRACE("fault after " + std::to_string(num_good) + " operations");
    ASSERT_TRUE(engine_->refresh());
    const std::map<std::string, std::string> found = visible();
    for (const auto& [id, known] : model.acknowledged) {
      if (id == model.pending_id) continue;
      ASSERT_TRUE(found.contains(id)) << id;
      EXPECT_EQ(found.at(id), known.source);
      EXPECT_EQ((*engine_->get(id))->version, known.version);
    }
    for (const auto& [id, source] : found) {
      const bool acknowledged = model.acknowledged.contains(id) && model.acknowledged.at(id).source == source;
      const bool pending = id == model.pending_id && source == model.pending_source;
      EXPECT_TRUE(acknowledged || pending) << id << " " << source;
    }
    std::vector<std::string> ids;
    for (const auto& [id, source] : found) ids.push_back(id);
    EXPECT_EQ(search(*engine_->snapshot(), "t", "common"), ids) << "searches and store agree";
    Model later;
    EXPECT_TRUE(write("later", R"({"t":"common"})", later)) << "and writes go on";
  }
};

TEST_F(EngineFaultTest, AFaultAnywhereLosesNothingAcknowledged) {
  constexpr int64_t kMoreThanEnough = 5000;
  for (int64_t num_good = 0; num_good < kMoreThanEnough; ++num_good) {
    const TemporaryFolder folder;
    Model model;
    bool whole = false;
    {
      FaultEnv fault(base::system_env(), num_good);
      whole = open_with(fault, folder.path()) && live(model);
      close();
      whole = whole && !fault.has_failed();
    }
    FaultEnv none(base::system_env(), INT64_MAX);
    ASSERT_TRUE(open_with(none, folder.path())) << "after " << num_good << " operations";
    expect(model, num_good);
    close();
    if (HasFailure()) return;
    if (whole) return;
  }
  FAIL() << "the script never ran to its end";
}

/// Every sync of a segment fails; nothing else does.
class SyncFails final : public base::Env {
 public:
  base::Result<std::string> read_file(const std::filesystem::path& path, size_t max) override { return env_.read_file(path, max); }
  base::Result<base::FileMapping> map_file(const std::filesystem::path& path) override { return env_.map_file(path); }
  base::Status write_file(const std::filesystem::path& path, std::string_view bytes) override {
    return env_.write_file(path, bytes);
  }
  base::Status write_at(const std::filesystem::path& path, uint64_t offset, std::string_view bytes) override {
    return env_.write_at(path, offset, bytes);
  }
  base::Result<std::unique_ptr<base::OutputFile>> create_file(const std::filesystem::path& path) override {
    return env_.create_file(path);
  }
  base::Status sync(const std::filesystem::path& path) override {
    ++num_syncs;
    on_sync();
    return base::Error(base::ErrorCode::kIo, "cannot sync [{}]", path.string());
  }
  base::Status rename(const std::filesystem::path& from, const std::filesystem::path& to) override { return env_.rename(from, to); }
  base::Status remove(const std::filesystem::path& path) override { return env_.remove(path); }
  base::Status create_folders(const std::filesystem::path& path) override { return env_.create_folders(path); }
  base::Result<std::vector<std::string>> list(const std::filesystem::path& path) override { return env_.list(path); }
  int num_syncs = 0;
  std::function<void()> on_sync = [] {};

 private:
  base::Env& env_ = base::system_env();
};

TEST_F(EngineFaultTest, AFailedSyncOfASegmentEndsWritesUntilARestart) {
  open();
  must(make_index_op("1", R"({"t":"a"})"));
  close();
  const TemporaryFolder folder;
  SyncFails files;
  options_.files = &files;
  open();
  EXPECT_FALSE(engine_->flush());
  EXPECT_EQ(files.num_syncs, 1);
  EXPECT_FALSE(engine_->flush());
  EXPECT_EQ(files.num_syncs, 1) << "a failed sync is never tried again";
  const auto refused = apply(make_index_op("2", R"({"t":"b"})"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().reason().find("takes no writes"), std::string::npos) << refused.error().reason();
  EXPECT_TRUE(visible().contains("1"));
  close();
  options_.files = &base::system_env();
  open();
  EXPECT_EQ(visible().size(), 1U);
  must(make_index_op("2", R"({"t":"b"})"));
}

/// The folder of an index that is deleted during a flush is gone; the store takes writes of others as before.
TEST_F(EngineFaultTest, AnIndexDeletedDuringAFlushLeavesTheStoreAlone) {
  SyncFails files;
  files.on_sync = [this] { engine_->close(); };
  options_.files = &files;
  open();
  must(make_index_op("1", R"({"t":"a"})"));
  EXPECT_TRUE(engine_->flush());
  EXPECT_EQ(files.num_syncs, 2) << "the segment and its folder";
  EXPECT_TRUE(store_->check_writable());
}

}  // namespace
}  // namespace selene::index
