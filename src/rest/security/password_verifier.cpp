#include "rest/security/password_verifier.h"

#include "net/crypto.h"
#include "net/sha256.h"
#include "rest/security/secret_hash.h"

namespace selene::rest {

base::Result<std::unique_ptr<PasswordVerifier>> PasswordVerifier::create(std::string hash) {
  ASSIGN_OR_RETURN(std::string key, net::random_bytes(32));
  return std::unique_ptr<PasswordVerifier>(new PasswordVerifier(std::move(hash), std::move(key)));
}

std::optional<bool> PasswordVerifier::known(std::string_view digest) const {
  const std::lock_guard lock(mutex_);
  if (net::equal_in_constant_time(verified_digest_, digest)) return true;
  if (net::equal_in_constant_time(refused_digest_, digest)) return false;
  return std::nullopt;
}

bool PasswordVerifier::enter(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  if (!waiting_.contains(digest) && waiting_.size() >= kMaxWaiting) return false;
  ++waiting_[digest];
  return true;
}

void PasswordVerifier::leave(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  const auto it = waiting_.find(digest);
  if (--it->second == 0) waiting_.erase(it);
}

bool PasswordVerifier::run_slow_hash(std::string_view password, const std::string& digest) const {
  ++num_slow_hashes_;
  const bool matches = secret_matches(password, hash_);
  const std::lock_guard lock(mutex_);
  (matches ? verified_digest_ : refused_digest_) = digest;
  return matches;
}

base::Result<bool> PasswordVerifier::matches(std::string_view password) const {
  net::Sha256 sha256;
  sha256.update(digest_key_);
  sha256.update(password);
  const std::string digest = sha256.finish();
  if (const auto answer = known(digest)) return *answer;
  if (!enter(digest))
    return base::Error(base::ErrorCode::kRejectedExecution, "rejected: [{}] passwords wait to be compared already", kMaxWaiting);
  bool matches = false;
  {
    const std::lock_guard slow(slow_);
    const auto answer = known(digest);  // from the one before
    matches = answer ? *answer : run_slow_hash(password, digest);
  }
  leave(digest);
  return matches;
}

}  // namespace selene::rest
