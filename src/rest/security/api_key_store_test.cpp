#include "rest/security/api_key_store.h"

#include <gtest/gtest.h>

#include "rest/security/memory_records.h"

namespace selene::rest {
namespace {

constexpr int64_t kDayMs = 24 * 3600 * 1000;

class ApiKeyStoreTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() { keys_ = ApiKeyStore::load(records_.store(), clock_).value(); }
  ApiKeyStore::Created create(std::string name, std::optional<int64_t> lifetime_ms = std::nullopt) {
    ApiKey key;
    key.name = std::move(name);
    key.username = "elastic";
    key.metadata = R"({"team":"search"})";
    return keys_->create(std::move(key), lifetime_ms).value();
  }
  std::string refusal(const std::string& id, const std::string& secret) {
    const auto key = keys_->authenticate(id, secret);
    return key.has_value() ? "accepted" : key.error().reason();
  }
  std::vector<std::string> names(const ApiKeyFilter& filter) {
    std::vector<std::string> out;
    for (const ApiKey& key : keys_->find(filter)) out.push_back(key.name);
    return out;
  }

  base::ManualClock clock_{1000};
  MemoryRecords records_;
  std::unique_ptr<ApiKeyStore> keys_;
};

TEST_F(ApiKeyStoreTest, KeyIsAcceptedWithItsSecretAlone) {
  const auto created = create("k");
  EXPECT_EQ(created.secret.size(), 22u);
  EXPECT_EQ(keys_->authenticate(created.key.id, created.secret)->name, "k");
  EXPECT_EQ(refusal(created.key.id, create("other").secret), "invalid credentials for API key [" + created.key.id + "]");
  EXPECT_EQ(refusal("none", created.secret), "unable to find apikey with id none");
}

TEST_F(ApiKeyStoreTest, KeysOutliveTheStoreAndTheirSecretsAreNotWritten) {
  const auto created = create("k", kDayMs);
  for (const auto& [id, bytes] : records_.map()) EXPECT_EQ(bytes.find(created.secret), std::string::npos);
  open();
  const auto key = keys_->authenticate(created.key.id, created.secret);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->name, "k");
  EXPECT_EQ(key->username, "elastic");
  EXPECT_EQ(key->metadata, R"({"team":"search"})");
  EXPECT_EQ(key->creation_ms, 1000);
  EXPECT_EQ(key->expiration_ms, 1000 + kDayMs);
}

TEST_F(ApiKeyStoreTest, KeyExpires) {
  const auto created = create("k", 5000);
  clock_.advance(std::chrono::milliseconds(4999));
  EXPECT_EQ(refusal(created.key.id, created.secret), "accepted");
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(refusal(created.key.id, created.secret), "api key is expired");
}

TEST_F(ApiKeyStoreTest, InvalidatedKeysStayRefusedAfterARestart) {
  const auto one = create("a1");
  const auto two = create("a2");
  const auto other = create("b");
  ApiKeyFilter filter;
  filter.ids = {one.key.id};
  EXPECT_EQ(keys_->invalidate(filter)->now, std::vector{one.key.id});
  filter = {};
  filter.name = "a*";
  const auto result = keys_->invalidate(filter).value();
  EXPECT_EQ(result.now, std::vector{two.key.id});
  EXPECT_EQ(result.before, std::vector{one.key.id});
  open();
  EXPECT_EQ(refusal(one.key.id, one.secret), "api key [" + one.key.id + "] has been invalidated");
  EXPECT_EQ(refusal(two.key.id, two.secret), "api key [" + two.key.id + "] has been invalidated");
  EXPECT_EQ(refusal(other.key.id, other.secret), "accepted");
}

TEST_F(ApiKeyStoreTest, FindsByNamePatternOwnerAndRealm) {
  create("logs-1");
  create("logs-2");
  create("books");
  ApiKeyFilter filter;
  EXPECT_EQ(names(filter).size(), 3u);
  filter.name = "logs-*";
  EXPECT_EQ(names(filter).size(), 2u);
  filter.realm_name = "native";
  EXPECT_TRUE(names(filter).empty());
  filter = {};
  filter.username = "nobody";
  EXPECT_TRUE(names(filter).empty());
}

TEST_F(ApiKeyStoreTest, ForgetsKeysSevenDaysAfterTheirEnd) {
  create("expired", kDayMs);
  create("lasting");
  const auto invalidated = create("invalidated");
  ApiKeyFilter filter;
  filter.ids = {invalidated.key.id};
  ASSERT_TRUE(keys_->invalidate(filter).has_value());
  clock_.advance(std::chrono::milliseconds(7 * kDayMs + 1));
  create("next");  // the invalidated one is eight days old now, the expired one seven
  EXPECT_EQ(records_.map().size(), 3u);
  clock_.advance(std::chrono::milliseconds(kDayMs));
  create("last");
  EXPECT_EQ(records_.map().size(), 3u);
  open();
  EXPECT_EQ(names({}).size(), 3u);
}

TEST_F(ApiKeyStoreTest, DamagedRecordIsAnErrorThatNamesTheKey) {
  for (const char* bytes : {"", "{", "[]", R"({"name":"x"})", R"({"name":"x","hash":1,"username":"u","creation":1})"}) {
    records_.map()["some-id"] = bytes;
    const auto store = ApiKeyStore::load(records_.store(), clock_);
    ASSERT_FALSE(store.has_value()) << bytes;
    EXPECT_EQ(store.error().reason(), "the record of API key [some-id] cannot be read");
  }
}

TEST_F(ApiKeyStoreTest, FailedWriteLeavesTheKeyAsItWas) {
  const auto created = create("k");
  RecordStore failing = records_.store();
  failing.put = [](std::string_view, std::string_view) -> base::Status {
    return base::Error(base::ErrorCode::kIo, std::string("disk full"));
  };
  keys_ = ApiKeyStore::load(std::move(failing), clock_).value();
  EXPECT_FALSE(keys_->invalidate({}).has_value());
  EXPECT_EQ(refusal(created.key.id, created.secret), "accepted");
  EXPECT_FALSE(keys_->create({}, std::nullopt).has_value());
  EXPECT_EQ(names({}).size(), 1u);
}

}  // namespace
}  // namespace selene::rest
