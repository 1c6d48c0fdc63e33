#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "rest/security/record_store.h"

namespace selene::rest {

/// The realm of built-in users, and so of every key's owner.
inline constexpr std::string_view kReservedRealm = "reserved";

/// An API key as it is shown: without its secret, of which only a hash is stored.
struct ApiKey {
  std::string id;  ///< 20 URL-safe base64 characters
  std::string name;
  std::string username;  ///< the owner
  int64_t creation_ms = 0;
  std::optional<int64_t> expiration_ms;
  std::optional<int64_t> invalidation_ms;
  std::string metadata = "{}";          ///< a JSON object
  std::string role_descriptors = "{}";  ///< a JSON object; the rights are always those of the owner

  bool is_active(int64_t now_ms) const { return !invalidation_ms && (!expiration_ms || now_ms < *expiration_ms); }
};

/// Which keys a call is about; absent parts hold for every key.
struct ApiKeyFilter {
  std::optional<std::vector<std::string>> ids;
  std::optional<std::string> name;  ///< may hold '*'
  std::optional<std::string> username;
  std::optional<std::string> realm_name;
};

/// The API keys of this node, durable in its records. Thread-safe. Source: Elasticsearch's ApiKeyService.
class ApiKeyStore {
 public:
  /// `clock` must outlive the store. Errors: those of the records; kCorruptIndex for one that cannot be read.
  static base::Result<std::unique_ptr<ApiKeyStore>> load(RecordStore records, const base::Clock& clock);

  struct Created {
    ApiKey key;
    std::string secret;  ///< 22 URL-safe base64 characters of 128 random bits; told once
  };
  /// `id`, `creation_ms` of `key` are set here; `lifetime_ms`: absent: the key does not expire. Also forgets keys that have been
  /// invalid for seven days.
  base::Result<Created> create(ApiKey key, std::optional<int64_t> lifetime_ms);

  /// By creation.
  std::vector<ApiKey> find(const ApiKeyFilter& filter) const;

  struct Invalidated {
    std::vector<std::string> now;     ///< ids of keys that were valid until this call
    std::vector<std::string> before;  ///< of those that were not
  };
  base::Result<Invalidated> invalidate(const ApiKeyFilter& filter);

  /// The key of that id and secret. Errors: kSecurity with the reason in Elasticsearch's words.
  base::Result<ApiKey> authenticate(std::string_view id, std::string_view secret) const;

 private:
  struct Entry {
    ApiKey key;
    std::string hash;
  };
  ApiKeyStore(RecordStore records, const base::Clock& clock) : records_(std::move(records)), clock_(clock) {}
  static base::Result<Entry> parse(const std::string& id, const std::string& bytes);
  static std::string serialize(const Entry& entry);
  base::Status forget_old();

  RecordStore records_;
  const base::Clock& clock_;
  std::mutex writing_;  ///< one change at a time; records are written outside mutex_
  mutable std::shared_mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace selene::rest
