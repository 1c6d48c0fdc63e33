#include "models/registry/trained_model_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/fault_env.h"

namespace selene::models {
namespace {

constexpr std::string_view kConfig = R"({"inference_config":{"text_similarity":{"tokenization":{"bert":{"truncate":"second"}}}}})";
constexpr std::string_view kVocabulary = R"({"vocabulary":["[CLS]","[SEP]","[UNK]"]})";

class TrainedModelStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "selene-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    reopen();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  TrainedModelStore::Options options(base::Env& env) {
    TrainedModelStore::Options options;
    options.folder = folder_ / "models";
    options.records.put = [this](std::string_view kind, std::string_view id, std::string_view bytes) -> base::Status {
      records_[std::string(kind)][std::string(id)] = bytes;
      return {};
    };
    options.records.remove = [this](std::string_view kind, std::string_view id) -> base::Status {
      records_[std::string(kind)].erase(std::string(id));
      return {};
    };
    options.records.load_all = [this](std::string_view kind) -> base::Result<std::map<std::string, std::string>> {
      return records_[std::string(kind)];
    };
    options.env = &env;
    return options;
  }
  void reopen() {
    auto opened = TrainedModelStore::open(options(base::system_env()));
    ASSERT_TRUE(opened.has_value()) << opened.error().reason();
    store_ = std::move(*opened);
  }
  base::Result<TrainedModelInfo> put(std::string_view id) {
    const auto document = base::JsonDocument::parse(kConfig);
    return store_->put(id, document->root());
  }
  base::Status put_part(int64_t part, int64_t parts, int64_t length, std::string_view bytes) {
    return store_->put_part("m", {part, parts, length, bytes});
  }
  std::string reason(int64_t part, int64_t parts, int64_t length, std::string_view bytes) {
    const base::Status status = put_part(part, parts, length, bytes);
    return status.has_value() ? "" : status.error().reason();
  }
  std::string definition() {
    const auto bytes = base::system_env().read_file(store_->definition_path("m"), 1000);
    return bytes.has_value() ? *bytes : "none";
  }

  std::filesystem::path folder_;
  std::map<std::string, std::map<std::string, std::string>> records_;
  std::unique_ptr<TrainedModelStore> store_;
};

TEST_F(TrainedModelStoreTest, PartsMakeTheDefinitionAndSurviveReopening) {
  ASSERT_TRUE(put("m").has_value());
  ASSERT_TRUE(put_part(0, 2, 6, "abcd").has_value());
  reopen();
  EXPECT_FALSE(store_->get("m")->has_definition());
  ASSERT_TRUE(put_part(0, 2, 6, "abcd").has_value()) << "sent again as it was";
  ASSERT_TRUE(put_part(1, 2, 6, "ef").has_value());
  EXPECT_EQ(definition(), "abcdef");
  reopen();
  const auto info = store_->get("m");
  ASSERT_TRUE(info.has_value());
  EXPECT_TRUE(info->has_definition());
  EXPECT_EQ(info->config.model_size_bytes, 6);
  EXPECT_FALSE(info->fully_defined());
}

TEST_F(TrainedModelStoreTest, BytesThatNoRecordKnowsAreCutOff) {
  ASSERT_TRUE(put("m").has_value());
  ASSERT_TRUE(put_part(0, 2, 6, "abcd").has_value());
  ASSERT_TRUE(base::system_env().write_at(store_->definition_path("m"), 4, "half of a part").has_value());
  reopen();
  ASSERT_TRUE(put_part(1, 2, 6, "ef").has_value());
  EXPECT_EQ(definition(), "abcdef");
}

TEST_F(TrainedModelStoreTest, PartsThatDoNotFitAreRefusedAndChangeNothing) {
  ASSERT_TRUE(put("m").has_value());
  EXPECT_NE(reason(1, 2, 6, "ef").find("part [1] of the definition came before part [0]"), std::string::npos);
  EXPECT_NE(reason(0, 2, 3, "abcd").find("part [0] is too long"), std::string::npos);
  EXPECT_NE(reason(0, 1, 6, "abcd").find("[total_definition_length] says [6]"), std::string::npos);
  EXPECT_NE(reason(2, 2, 6, "ef").find("[part] must be less than total_parts"), std::string::npos);
  EXPECT_NE(reason(-1, 2, 6, "ef").find("[part] must be greater or equal to 0"), std::string::npos);
  EXPECT_NE(reason(0, 0, 6, "ef").find("[total_parts] must be greater than 0"), std::string::npos);
  EXPECT_NE(reason(0, 2, 0, "ef").find("[total_definition_length] must be greater than 0"), std::string::npos);
  EXPECT_NE(reason(0, 2, 6, "").find("[definition] must not be empty"), std::string::npos);
  EXPECT_NE(reason(0, INT64_MAX, INT64_MAX, "x").find("[total_parts] must be at most"), std::string::npos);
  EXPECT_EQ(definition(), "none");
  ASSERT_TRUE(put_part(0, 2, 6, "abcd").has_value());
  EXPECT_NE(reason(0, 2, 6, "xbcd").find("has been uploaded already"), std::string::npos);
  EXPECT_NE(reason(1, 3, 6, "ef").find("says [total_parts] [3]"), std::string::npos);
  EXPECT_EQ(definition(), "abcd");
}

TEST_F(TrainedModelStoreTest, EveryFailingWriteLeavesWhatWasAcknowledged) {
  ASSERT_TRUE(put("m").has_value());
  ASSERT_TRUE(put_part(0, 2, 6, "abcd").has_value());
  for (int64_t n = 0;; ++n) {
    base::FaultEnv faulty(base::system_env(), n);
    auto opened = TrainedModelStore::open(options(faulty));
    const bool done = opened.has_value() && (*opened)->put_part("m", {1, 2, 6, "ef"}).has_value();
    reopen();
    const auto info = store_->get("m");
    ASSERT_TRUE(info.has_value()) << n;
    EXPECT_EQ(info->has_definition(), done) << n;
    EXPECT_EQ(definition().substr(0, 4), "abcd") << n;
    if (done) break;
    ASSERT_LT(n, 100);
  }
  EXPECT_EQ(definition(), "abcdef");
}

TEST_F(TrainedModelStoreTest, FoldersWithoutARecordAreRemovedAtStart) {
  ASSERT_TRUE(put("m").has_value());
  ASSERT_TRUE(put_part(0, 1, 4, "abcd").has_value());
  records_["trained_model"].clear();
  reopen();
  EXPECT_EQ(definition(), "none");
}

TEST_F(TrainedModelStoreTest, RemovingAModelRemovesFilesAndAliases) {
  ASSERT_TRUE(put("m").has_value());
  ASSERT_TRUE(put_part(0, 1, 4, "abcd").has_value());
  const auto vocabulary = base::JsonDocument::parse(kVocabulary);
  ASSERT_TRUE(store_->put_vocabulary("m", kVocabulary, vocabulary->root()).has_value());
  EXPECT_TRUE(store_->get("m")->fully_defined());
  ASSERT_TRUE(store_->put_alias("best", "m", TrainedModelStore::Reassign::kNo).has_value());
  EXPECT_EQ(store_->get("best")->config.model_id, "m");
  ASSERT_TRUE(store_->remove("m").has_value());
  EXPECT_FALSE(store_->get("best").has_value());
  EXPECT_FALSE(store_->remove("m").has_value());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "models"));
  reopen();
  EXPECT_FALSE(store_->contains("m"));
}

TEST_F(TrainedModelStoreTest, IdsAreUniqueAndPlain) {
  ASSERT_TRUE(put("m").has_value());
  EXPECT_EQ(put("m").error().reason(), "Trained machine learning model [m] already exists");
  ASSERT_TRUE(store_->put_alias("best", "m", TrainedModelStore::Reassign::kNo).has_value());
  EXPECT_FALSE(put("best").has_value());
  for (const char* id : {"", "..", "../m", "a/b", "A", "-a", "a-", ".rerank-v1", "a b"}) EXPECT_FALSE(put(id).has_value()) << id;
  EXPECT_FALSE(put(std::string(65, 'a')).has_value());
  EXPECT_TRUE(put(std::string(64, 'a')).has_value());
}

TEST_F(TrainedModelStoreTest, ListsFollowWildcardsAndAliases) {
  for (const char* id : {"b", "a-one", "a-two"}) ASSERT_TRUE(put(id).has_value());
  ASSERT_TRUE(store_->put_alias("best", "b", TrainedModelStore::Reassign::kNo).has_value());
  using NoMatch = TrainedModelStore::NoMatch;
  EXPECT_EQ(store_->find("", NoMatch::kAllow)->size(), 3U);
  EXPECT_EQ(store_->find("a*,b", NoMatch::kRefuse)->size(), 3U);
  EXPECT_EQ(store_->find("best,b", NoMatch::kRefuse)->size(), 1U);
  EXPECT_EQ(store_->find("x*", NoMatch::kAllow)->size(), 0U);
  EXPECT_FALSE(store_->find("x*", NoMatch::kRefuse).has_value());
  EXPECT_FALSE(store_->find("x", NoMatch::kAllow).has_value());
}

}  // namespace
}  // namespace selene::models
