#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::rest {

/// Compares passwords with one stored hash. The slow hash runs once for the right password: a digest of it under a key of this
/// process is kept in memory, and later requests compare that. Slow hashes run one at a time, so that whoever tries passwords
/// occupies one processor at most. Thread-safe.
class PasswordVerifier {
 public:
  static constexpr int kMaxWaiting = 64;  ///< fewer than the server has workers

  /// `hash`: a text of hash_secret. Errors: kIo.
  static base::Result<std::unique_ptr<PasswordVerifier>> create(std::string hash);

  /// Errors: kRejectedExecution while kMaxWaiting others wait for a slow hash.
  base::Result<bool> matches(std::string_view password) const;
  /// How often the slow hash ran.
  int64_t num_slow_hashes() const { return num_slow_hashes_; }

 private:
  PasswordVerifier(std::string hash, std::string digest_key) : hash_(std::move(hash)), digest_key_(std::move(digest_key)) {}
  bool is_verified(std::string_view digest) const;

  const std::string hash_;
  const std::string digest_key_;
  mutable std::atomic<int> num_waiting_{0};
  mutable std::atomic<int64_t> num_slow_hashes_{0};
  mutable std::mutex slow_;  ///< held while a slow hash runs
  mutable std::mutex mutex_;
  mutable std::string verified_digest_;  ///< of the right password, once it was seen; guarded by mutex_
};

}  // namespace selene::rest
