#include "index/store/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "index/engine/temporary_folder.h"
#include "index/store/log_scan.h"

namespace selene::index {
namespace {

namespace fs = std::filesystem;

class StoreTest : public testing::Test {
 protected:
  base::Result<std::unique_ptr<Store>> open(StoreOptions options = {}) {
    return Store::open(folder_.path() / "store", std::move(options));
  }
  /// Writes and syncs `count` entries, then forgets the store without a clean end.
  void fill(int count) {
    auto store = open();
    ASSERT_TRUE(store) << store.error().reason();
    for (int i = 0; i < count; ++i) {
      StoreBatch batch;
      batch.put(Space::kDocuments, "key" + std::to_string(i), std::string(200, static_cast<char>('a' + i % 26)));
      ASSERT_TRUE((*store)->write_durably(batch));
    }
  }
  fs::path log() const {
    for (const auto& entry : fs::directory_iterator(folder_.path() / "store")) {
      if (entry.path().extension() == ".log" && fs::file_size(entry.path()) > 0) return entry.path();
    }
    return {};
  }
  fs::path list_of_tables() const {
    for (const auto& entry : fs::directory_iterator(folder_.path() / "store")) {
      if (entry.path().filename().string().starts_with("MANIFEST-")) return entry.path();
    }
    return {};
  }
  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void write(const fs::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  static int count(const Store& store) {
    int found = 0;
    EXPECT_TRUE(store.scan(Space::kDocuments, "key", "kez", [&](auto, auto) { return ++found > 0; }));
    return found;
  }

  TemporaryFolder folder_;
};

TEST_F(StoreTest, ManyKeysAreReadInTheirOrderWithNoneForThoseThatAreNotThere) {
  fill(20);
  auto store = open();
  ASSERT_TRUE(store);
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i) keys.push_back("key" + std::to_string(i));
  std::sort(keys.begin(), keys.end());
  const auto moment = (*store)->snapshot();
  for (const StoreSnapshot* snapshot : {static_cast<const StoreSnapshot*>(nullptr), moment.get()}) {
    size_t next = 0;
    ASSERT_TRUE((*store)->get_many(
        Space::kDocuments, keys,
        [&](size_t i, std::optional<std::string_view> value) -> base::Status {
          EXPECT_EQ(i, next++);
          const auto alone = (*store)->get(Space::kDocuments, keys[i], snapshot);
          EXPECT_TRUE(alone);
          EXPECT_EQ(value.has_value(), alone->has_value()) << keys[i];
          if (value && *alone) {
            EXPECT_EQ(*value, **alone);
          }
          return {};
        },
        snapshot));
    EXPECT_EQ(next, keys.size());
  }
}

TEST_F(StoreTest, TheFirstErrorOfTheVisitorEndsAReadOfMany) {
  fill(3);
  auto store = open();
  ASSERT_TRUE(store);
  const std::vector<std::string> keys = {"key0", "key1", "key2"};
  int visited = 0;
  const base::Status read =
      (*store)->get_many(Space::kDocuments, keys, [&](size_t, std::optional<std::string_view>) -> base::Status {
        if (++visited == 2) return base::Error(base::ErrorCode::kIo, "enough");
        return {};
      });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason(), "enough");
  EXPECT_EQ(visited, 2);
}

TEST_F(StoreTest, EveryBitFlippedInTheLogIsNoticed) {
  fill(20);
  const fs::path path = log();
  const std::string whole = read(path);
  ASSERT_FALSE(whole.empty());
  for (size_t at = 0; at < whole.size(); at += 37) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << at % 8));
    write(path, bytes);
    const auto store = open();
    ASSERT_FALSE(store) << "offset " << at;
    EXPECT_NE(store.error().reason().find(path.filename().string()), std::string::npos) << store.error().reason();
    EXPECT_EQ(read(path), bytes) << "what is left stays for a repair";
  }
  write(path, whole);
  const auto store = open();
  ASSERT_TRUE(store) << store.error().reason();
  EXPECT_EQ(count(**store), 20);
}

TEST_F(StoreTest, LogCutOffBehindTheLastSyncIsNoLoss) {
  fill(20);
  const fs::path path = log();
  write(path, read(path) + std::string("\x01\x02\x03\x04\xC8\x00\x01half of a batch", 22));
  const auto store = open();
  ASSERT_TRUE(store) << store.error().reason();
  EXPECT_EQ(count(**store), 20);
}

TEST_F(StoreTest, LogCutOffBeforeTheLastSyncIsRefused) {
  fill(20);
  const fs::path path = log();
  const std::string whole = read(path);
  for (const size_t length : {whole.size() - 1, whole.size() - 100, whole.size() / 2}) {
    write(path, whole.substr(0, length));
    EXPECT_FALSE(open()) << length;
    EXPECT_EQ(fs::file_size(path), length) << "what is left stays for a repair";
  }
}

TEST_F(StoreTest, MissingLogIsRefused) {
  fill(20);
  fs::remove(log());
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), base::ErrorCode::kCorruptIndex);
}

TEST_F(StoreTest, StoreWithoutItsFilesIsNotTakenForANewOne) {
  fill(3);
  fs::remove(folder_.path() / "store" / "CURRENT");
  EXPECT_FALSE(open());
  fs::remove_all(folder_.path() / "store");
  EXPECT_FALSE(open());
}

TEST_F(StoreTest, LostWritesCanBeAccepted) {
  fill(20);
  const fs::path path = log();
  write(path, read(path).substr(0, fs::file_size(path) / 2));
  ASSERT_FALSE(open());
  StoreOptions accept;
  accept.lost_writes = StoreOptions::LostWrites::kAccept;
  {
    const auto store = open(accept);
    ASSERT_TRUE(store) << store.error().reason();
    EXPECT_GT((*store)->num_lost_writes(), 0);
    EXPECT_EQ(count(**store) + static_cast<int>((*store)->num_lost_writes()), 20);
  }
  EXPECT_TRUE(open()) << "from then on it is whole";
}

TEST_F(StoreTest, ADamagedCurrentIsNamed) {
  fill(3);
  const fs::path path = folder_.path() / "store" / "CURRENT";
  const std::string whole = read(path);
  for (const std::string& damaged : {whole.substr(0, whole.size() - 1) + "\v", std::string(), std::string("MANIFEST-999999\n")}) {
    write(path, damaged);
    const auto store = open();
    ASSERT_FALSE(store);
    EXPECT_NE(store.error().reason().find("CURRENT"), std::string::npos) << store.error().reason();
  }
  write(path, whole);
  EXPECT_TRUE(open());
}

TEST_F(StoreTest, ABitFlippedInTheListOfTablesIsRefusedAndNamed) {
  fill(20);
  const fs::path manifest = list_of_tables();
  const std::string whole = read(manifest);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
    write(manifest, damaged);
    const auto store = open();
    ASSERT_FALSE(store) << "byte " << i;
    EXPECT_NE(store.error().reason().find(manifest.filename().string()), std::string::npos) << store.error().reason();
  }
  write(manifest, whole);
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ(count(**store), 20);
}

TEST_F(StoreTest, AListOfTablesThatWasCutOffIsRefusedAndNamed) {
  fill(20);
  const fs::path manifest = list_of_tables();
  const std::string whole = read(manifest);
  write(manifest, whole.substr(0, whole.size() - 1));
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().reason().find(manifest.filename().string()), std::string::npos) << store.error().reason();
  write(manifest, whole);
  EXPECT_TRUE(open());
}

TEST_F(StoreTest, WithoutTheMarkDamageIsStillFound) {
  fill(20);
  const fs::path path = log();
  std::string bytes = read(path);
  bytes[bytes.size() / 2] ^= 4;
  write(path, bytes);
  write(folder_.path() / "store.synced", "damaged too");
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().reason().find(path.filename().string()), std::string::npos);
}

TEST_F(StoreTest, FullDiskRefusesWhatAddsAndAllowsTheRest) {
  StoreOptions options;
  uint64_t free_bytes = 100;
  options.min_free_bytes = 50;
  options.max_used = 0.9;
  options.disk_space = [&] { return StoreOptions::DiskSpace{free_bytes, 1000}; };
  const auto store = open(options);
  ASSERT_TRUE(store);
  StoreBatch put;
  put.put(Space::kDocuments, "key", "value");
  EXPECT_TRUE((*store)->write(put));
  for (const uint64_t full : {uint64_t{99}, uint64_t{40}, uint64_t{0}}) {
    free_bytes = full;
    EXPECT_EQ((*store)->write(put).error().code(), base::ErrorCode::kFloodStage);
  }
  EXPECT_EQ(*(*store)->get(Space::kDocuments, "key"), "value");
  StoreBatch remove;
  remove.remove(Space::kDocuments, "key");
  EXPECT_TRUE((*store)->write_durably(remove));
  free_bytes = 100;
  EXPECT_TRUE((*store)->write(put)) << "as soon as there is space again";
}

TEST_F(StoreTest, CheckpointIsAStoreOfThatMoment) {
  fill(5);
  const auto store = open();
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->checkpoint(folder_.path() / "copy"));
  StoreBatch later;
  later.put(Space::kDocuments, "key9", "later");
  ASSERT_TRUE((*store)->write_durably(later));
  const auto copy = Store::open(folder_.path() / "copy");
  ASSERT_TRUE(copy) << copy.error().reason();
  EXPECT_EQ(count(**copy), 5);
  EXPECT_TRUE((*copy)->verify());
}

TEST_F(StoreTest, RemovingNothingIsNoLoss) {
  {
    const auto store = open();
    ASSERT_TRUE(store);
    StoreBatch batch;
    batch.put(Space::kMetadata, "key", "value");
    batch.remove_range(Space::kLog, "same", "same");
    ASSERT_TRUE((*store)->write_durably(batch));
  }
  const auto store = open();
  EXPECT_TRUE(store) << store.error().reason();
}

TEST_F(StoreTest, DamagedTableFileIsNamed) {
  fill(200);
  { ASSERT_TRUE(open()); }  // the log became a table
  fs::path table;
  for (const auto& entry : fs::directory_iterator(folder_.path() / "store")) {
    if (entry.path().extension() == ".sst") table = entry.path();
  }
  ASSERT_FALSE(table.empty());
  std::string bytes = read(table);
  bytes[100] ^= 1;
  write(table, bytes);
  const auto store = open();
  const base::Status verified = store ? (*store)->verify() : base::Status(store.error());
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code(), base::ErrorCode::kCorruptIndex);
  EXPECT_NE(verified.error().reason().find(table.filename().string()), std::string::npos) << verified.error().reason();
}

}  // namespace
}  // namespace selene::index
