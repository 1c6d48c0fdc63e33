#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::rest {

/// Compares passwords with one stored hash. The slow hash runs once for the right password: a digest of it under a key of this
/// process is kept in memory, and later requests compare that; so does a client that goes on with the wrong one it sent last. Slow
/// hashes run one at a time, so that whoever tries passwords occupies one processor at most. Thread-safe.
class PasswordVerifier {
 public:
  static constexpr size_t kMaxWaiting = 8;  ///< a second or so of slow hashes

  /// `hash`: a text of hash_secret. Errors: kIo.
  static base::Result<std::unique_ptr<PasswordVerifier>> create(std::string hash);

  /// Errors: kRejectedExecution while kMaxWaiting other passwords wait for their slow hash. Many may wait for the same one.
  base::Result<bool> matches(std::string_view password) const;
  /// How often the slow hash ran.
  int64_t num_slow_hashes() const { return num_slow_hashes_; }

 private:
  PasswordVerifier(std::string hash, std::string digest_key) : hash_(std::move(hash)), digest_key_(std::move(digest_key)) {}
  /// What is known of a password without its slow hash.
  std::optional<bool> known(std::string_view digest) const;
  /// Joins those that wait, unless they are too many. Each `enter` that gave true needs a `leave`.
  bool enter(const std::string& digest) const;
  void leave(const std::string& digest) const;
  bool run_slow_hash(std::string_view password, const std::string& digest) const;

  const std::string hash_;
  const std::string digest_key_;
  mutable std::atomic<int64_t> num_slow_hashes_{0};
  mutable std::mutex slow_;  ///< held while a slow hash runs
  mutable std::mutex mutex_;
  // Digests of the right password, once it was seen, of the wrong one seen last, and of those that wait, with how many requests
  // wait for each; guarded by mutex_.
  mutable std::string verified_digest_;
  mutable std::string refused_digest_;
  mutable std::map<std::string, int> waiting_;
};

}  // namespace selene::rest
