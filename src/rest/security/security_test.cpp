#include "rest/security/security.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/base64.h"
#include "rest/security/memory_records.h"
#include "rest/security/secret_hash.h"

namespace selene::rest {
namespace {

class SecurityTest : public testing::Test {
 protected:
  base::Status open(std::string password) {
    ASSIGN_OR_RETURN(security_, Security::load({users_.store(), keys_.store(), std::move(password)}, clock_));
    return {};
  }
  base::Result<Authentication> send(std::string target, std::string authorization) const {
    net::Request request;
    request.method = "GET";
    request.target = std::move(target);
    if (!authorization.empty()) request.headers.add("Authorization", std::move(authorization));
    return security_->authenticate(request);
  }
  static std::string basic(std::string_view user, std::string_view password) {
    return "Basic " + base::base64_encode(std::string(user) + ":" + std::string(password));
  }
  std::string refusal(std::string target, std::string authorization) const {
    const auto who = send(std::move(target), std::move(authorization));
    if (who.has_value()) return "accepted";
    EXPECT_EQ(who.error().code(), base::ErrorCode::kSecurity);
    return who.error().reason();
  }

  base::ManualClock clock_{1000};
  MemoryRecords users_;
  MemoryRecords keys_;
  std::unique_ptr<Security> security_;
};

TEST_F(SecurityTest, GivenPasswordIsThatOfElastic) {
  ASSERT_TRUE(open("changeme").has_value());
  EXPECT_EQ(security_->take_generated_password(), std::nullopt);
  const auto who = send("/", basic("elastic", "changeme"));
  ASSERT_TRUE(who.has_value());
  EXPECT_EQ(who->username, "elastic");
  EXPECT_EQ(who->type, Authentication::Type::kRealm);
  EXPECT_EQ(refusal("/x?a=b", basic("elastic", "changed")), "unable to authenticate user [elastic] for REST request [/x?a=b]");
  EXPECT_EQ(refusal("/x", basic("kibana", "changeme")), "unable to authenticate user [kibana] for REST request [/x]");
  EXPECT_EQ(refusal("/x", ""), "missing authentication credentials for REST request [/x]");
  EXPECT_EQ(refusal("/x", "Bearer abc"), "missing authentication credentials for REST request [/x]");
}

TEST_F(SecurityTest, PasswordIsMadeOnceAndKept) {
  ASSERT_TRUE(open("").has_value());
  const auto password = security_->take_generated_password();
  ASSERT_TRUE(password.has_value());
  EXPECT_EQ(password->size(), 20u);
  EXPECT_EQ(security_->take_generated_password(), std::nullopt);
  ASSERT_TRUE(open("").has_value());
  EXPECT_EQ(security_->take_generated_password(), std::nullopt);
  EXPECT_TRUE(send("/", basic("elastic", *password)).has_value());
}

TEST_F(SecurityTest, GivenPasswordReplacesTheStoredOne) {
  ASSERT_TRUE(open("first password").has_value());
  ASSERT_TRUE(open("second password").has_value());
  ASSERT_TRUE(open("").has_value());
  EXPECT_TRUE(send("/", basic("elastic", "second password")).has_value());
  EXPECT_FALSE(send("/", basic("elastic", "first password")).has_value());
}

TEST_F(SecurityTest, PasswordIsStoredAsASlowHash) {
  ASSERT_TRUE(open("changeme").has_value());
  const std::string& stored = users_.map().at("elastic");
  EXPECT_TRUE(stored.starts_with("pbkdf2_sha512$210000$")) << stored;
  EXPECT_EQ(stored.find("changeme"), std::string::npos);
  const auto refused = open("short");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason(), "the password of [elastic] must be at least [6] characters long");
}

TEST_F(SecurityTest, ApiKeyStandsForItsOwner) {
  ASSERT_TRUE(open("changeme").has_value());
  ApiKey key;
  key.name = "k";
  key.username = "elastic";
  const auto created = security_->api_keys().create(std::move(key), 500).value();
  const std::string pair = created.key.id + ":" + created.secret;
  for (const std::string& value : {base::base64_encode(pair), pair}) {
    const auto who = send("/", "ApiKey " + value);
    ASSERT_TRUE(who.has_value());
    EXPECT_EQ(who->type, Authentication::Type::kApiKey);
    EXPECT_EQ(who->username, "elastic");
    EXPECT_EQ(who->api_key_id, created.key.id);
    EXPECT_EQ(who->api_key_name, "k");
  }
  clock_.advance(std::chrono::milliseconds(500));
  const auto expired = send("/", "ApiKey " + pair);
  ASSERT_FALSE(expired.has_value());
  EXPECT_EQ(expired.error().reason(),
            "unable to authenticate with provided credentials and anonymous access is not allowed for this request");
  ASSERT_EQ(expired.error().metadata().size(), 1u);
  EXPECT_EQ(expired.error().metadata()[0].first, "additional_unsuccessful_credentials");
  EXPECT_EQ(expired.error().metadata()[0].second, R"("API key: api key is expired")");
}

TEST_F(SecurityTest, ProbesNeedNoCredentials) {
  ASSERT_TRUE(open("changeme").has_value());
  for (const char* target : {"/healthz", "/readyz", "/healthz?pretty"}) EXPECT_EQ(refusal(target, ""), "accepted") << target;
  for (const char* target : {"/", "/metrics", "/healthz/", "/healthz/../_search", "//healthz", "/health", "/%68ealthz"})
    EXPECT_NE(refusal(target, ""), "accepted") << target;
}

TEST(PasswordVerifierTest, SlowHashRunsOnceForTheRightPasswordAndForARepeatedWrongOne) {
  const auto verifier = PasswordVerifier::create(hash_secret("right", 1000).value()).value();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(verifier->matches("right").value());
  EXPECT_EQ(verifier->num_slow_hashes(), 1);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(verifier->matches("wrong").value());
  EXPECT_EQ(verifier->num_slow_hashes(), 2);
  EXPECT_FALSE(verifier->matches("wronger").value());
  EXPECT_FALSE(verifier->matches("wrong").value());
  EXPECT_EQ(verifier->num_slow_hashes(), 4);
  EXPECT_TRUE(verifier->matches("right").value());
  EXPECT_EQ(verifier->num_slow_hashes(), 4);
}

TEST(PasswordVerifierTest, EmptyPasswordIsAPasswordLikeAnyOther) {
  const auto verifier = PasswordVerifier::create(hash_secret("right", 1000).value()).value();
  EXPECT_FALSE(verifier->matches("").value());
  EXPECT_EQ(verifier->num_slow_hashes(), 1);
}

/// Runs `work(i)` for each i below `count` at once.
template <class Work>
void run_at_once(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

TEST(PasswordVerifierTest, ManyWaitForTheSamePasswordAndShareItsSlowHash) {
  for (const bool right : {true, false}) {
    const auto verifier = PasswordVerifier::create(hash_secret("right", 20000).value()).value();
    std::atomic<int> answered{0};
    run_at_once(static_cast<int>(PasswordVerifier::kMaxWaiting) * 4, [&](int) {
      const auto matches = verifier->matches(right ? "right" : "wrong");
      if (matches.has_value() && *matches == right) ++answered;
    });
    EXPECT_EQ(answered, static_cast<int>(PasswordVerifier::kMaxWaiting) * 4);
    EXPECT_EQ(verifier->num_slow_hashes(), 1);
  }
}

TEST(PasswordVerifierTest, DifferentPasswordsBeyondTheLimitAreRejectedAndTheRightOneSeenBeforeIsNot) {
  const auto verifier = PasswordVerifier::create(hash_secret("right", 100000).value()).value();
  ASSERT_TRUE(verifier->matches("right").value());
  std::atomic<int> rejected{0};
  run_at_once(static_cast<int>(PasswordVerifier::kMaxWaiting) * 4, [&](int i) {
    EXPECT_TRUE(verifier->matches("right").value());  // waits for none of the others
    const auto matches = verifier->matches("wrong" + std::to_string(i));
    if (matches.has_value()) return;
    EXPECT_EQ(matches.error().code(), base::ErrorCode::kRejectedExecution);
    ++rejected;
  });
  EXPECT_EQ(rejected + verifier->num_slow_hashes() - 1, static_cast<int>(PasswordVerifier::kMaxWaiting) * 4);
  EXPECT_FALSE(verifier->matches("wrong").value());  // nobody waits any more
}

}  // namespace
}  // namespace selene::rest
