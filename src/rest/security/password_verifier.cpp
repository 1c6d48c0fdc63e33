#include "rest/security/password_verifier.h"

#include "net/crypto.h"
#include "net/sha256.h"
#include "rest/security/secret_hash.h"

namespace selene::rest {

base::Result<std::unique_ptr<PasswordVerifier>> PasswordVerifier::create(std::string hash) {
  ASSIGN_OR_RETURN(std::string key, net::random_bytes(32));
  return std::unique_ptr<PasswordVerifier>(new PasswordVerifier(std::move(hash), std::move(key)));
}

bool PasswordVerifier::is_verified(std::string_view digest) const {
  const std::lock_guard lock(mutex_);
  return net::equal_in_constant_time(verified_digest_, digest);
}

base::Result<bool> PasswordVerifier::matches(std::string_view password) const {
  net::Sha256 sha256;
  sha256.update(digest_key_);
  sha256.update(password);
  std::string digest = sha256.finish();
  if (is_verified(digest)) return true;

  if (num_waiting_.fetch_add(1) >= kMaxWaiting) {
    --num_waiting_;
    return base::Error(base::ErrorCode::kRejectedExecution, "rejected: [{}] passwords wait to be compared already", kMaxWaiting);
  }
  const std::lock_guard slow(slow_);
  --num_waiting_;
  if (is_verified(digest)) return true;  // by the one before
  ++num_slow_hashes_;
  if (!secret_matches(password, hash_)) return false;
  const std::lock_guard lock(mutex_);
  verified_digest_ = std::move(digest);
  return true;
}

}  // namespace selene::rest
