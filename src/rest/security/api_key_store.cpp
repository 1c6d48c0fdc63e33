#include "rest/security/api_key_store.h"

#include <algorithm>
#include <limits>

#include "base/base64.h"
#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/random_id.h"
#include "base/wildcard.h"
#include "net/crypto.h"
#include "rest/security/secret_hash.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr int64_t kRetentionMs = int64_t{7} * 24 * 3600 * 1000;
constexpr size_t kSecretBytes = 16;

bool fits(const ApiKeyFilter& filter, const ApiKey& key) {
  if (filter.ids && std::find(filter.ids->begin(), filter.ids->end(), key.id) == filter.ids->end()) return false;
  if (filter.name && !base::matches_wildcard(*filter.name, key.name)) return false;
  if (filter.realm_name && *filter.realm_name != kReservedRealm) return false;
  return !filter.username || *filter.username == key.username;
}

std::optional<int64_t> optional_ms(JsonValue value) {
  if (value.type() != base::JsonType::kInt64) return std::nullopt;
  return value.as_int64();
}

std::string object_text(JsonValue value) { return value.is_object() ? base::JsonWriter().value(value).take() : "{}"; }

/// Since when the key is of no use any more; the largest number there is for one that still is.
int64_t useless_since(const ApiKey& key, int64_t now_ms) {
  if (key.is_active(now_ms)) return std::numeric_limits<int64_t>::max();
  return key.invalidation_ms.value_or(key.expiration_ms.value_or(now_ms));
}

}  // namespace

base::Result<ApiKeyStore::Entry> ApiKeyStore::parse(const std::string& id, const std::string& bytes) {
  const auto document = base::JsonDocument::parse(bytes);
  if (!document || !document->root()["name"].is_string() || !document->root()["hash"].is_string() ||
      !document->root()["username"].is_string() || !document->root()["creation"].is_integer())
    return Error(ErrorCode::kCorruptIndex, "the record of API key [{}] cannot be read", id);
  const JsonValue root = document->root();
  Entry entry;
  entry.hash = root["hash"].as_string();
  entry.key.id = id;
  entry.key.name = root["name"].as_string();
  entry.key.username = root["username"].as_string();
  entry.key.creation_ms = root["creation"].as_int64();
  entry.key.expiration_ms = optional_ms(root["expiration"]);
  entry.key.invalidation_ms = optional_ms(root["invalidation"]);
  entry.key.metadata = object_text(root["metadata"]);
  entry.key.role_descriptors = object_text(root["role_descriptors"]);
  return entry;
}

std::string ApiKeyStore::serialize(const Entry& entry) {
  base::JsonWriter out;
  out.begin_object().field("name", entry.key.name).field("username", entry.key.username).field("creation", entry.key.creation_ms);
  if (entry.key.expiration_ms) out.field("expiration", *entry.key.expiration_ms);
  if (entry.key.invalidation_ms) out.field("invalidation", *entry.key.invalidation_ms);
  out.key("metadata").raw(entry.key.metadata).key("role_descriptors").raw(entry.key.role_descriptors);
  return out.field("hash", entry.hash).end_object().take();
}

base::Result<std::unique_ptr<ApiKeyStore>> ApiKeyStore::load(RecordStore records, const base::Clock& clock) {
  std::unique_ptr<ApiKeyStore> store(new ApiKeyStore(std::move(records), clock));
  ASSIGN_OR_RETURN(const auto all, store->records_.load_all());
  for (const auto& [id, bytes] : all) {
    ASSIGN_OR_RETURN(Entry entry, parse(id, bytes));
    store->entries_.emplace(id, std::move(entry));
  }
  return store;
}

base::Result<ApiKeyStore::Created> ApiKeyStore::create(ApiKey key, std::optional<int64_t> lifetime_ms) {
  ASSIGN_OR_RETURN(const std::string random, net::random_bytes(kSecretBytes));
  Created created{std::move(key), base::base64url_encode(random)};
  created.key.id = base::random_document_id();
  created.key.creation_ms = clock_.wall_ms();
  if (lifetime_ms) created.key.expiration_ms = created.key.creation_ms + *lifetime_ms;
  Entry entry{created.key, {}};
  ASSIGN_OR_RETURN(entry.hash, hash_secret(created.secret, kRandomKeyIterations));

  const std::lock_guard writing(writing_);
  RETURN_IF_ERROR(forget_old());
  RETURN_IF_ERROR(records_.put(created.key.id, serialize(entry)));
  const std::lock_guard lock(mutex_);
  entries_.emplace(created.key.id, std::move(entry));
  return created;
}

base::Status ApiKeyStore::forget_old() {
  const int64_t now = clock_.wall_ms();
  std::vector<std::string> old;
  for (const auto& [id, entry] : entries_) {
    const int64_t since = useless_since(entry.key, now);
    if (since <= now && now - since > kRetentionMs) old.push_back(id);
  }
  for (const std::string& id : old) {
    RETURN_IF_ERROR(records_.remove(id));
    const std::lock_guard lock(mutex_);
    entries_.erase(id);
  }
  return {};
}

std::vector<ApiKey> ApiKeyStore::find(const ApiKeyFilter& filter) const {
  std::vector<ApiKey> found;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, entry] : entries_) {
      if (fits(filter, entry.key)) found.push_back(entry.key);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const ApiKey& a, const ApiKey& b) { return a.creation_ms < b.creation_ms; });
  return found;
}

base::Result<ApiKeyStore::Invalidated> ApiKeyStore::invalidate(const ApiKeyFilter& filter) {
  const std::lock_guard writing(writing_);
  Invalidated result;
  for (const ApiKey& key : find(filter)) {
    if (key.invalidation_ms) {
      result.before.push_back(key.id);
      continue;
    }
    Entry entry = entries_.find(key.id)->second;
    entry.key.invalidation_ms = clock_.wall_ms();
    RETURN_IF_ERROR(records_.put(key.id, serialize(entry)));
    const std::lock_guard lock(mutex_);
    entries_.find(key.id)->second = std::move(entry);
    result.now.push_back(key.id);
  }
  return result;
}

base::Result<ApiKey> ApiKeyStore::authenticate(std::string_view id, std::string_view secret) const {
  Entry entry;
  {
    const std::shared_lock lock(mutex_);
    const auto it = entries_.find(id);
    if (it == entries_.end()) return Error(ErrorCode::kSecurity, "unable to find apikey with id {}", id);
    entry = it->second;
  }
  if (entry.key.invalidation_ms) return Error(ErrorCode::kSecurity, "api key [{}] has been invalidated", id);
  if (!secret_matches(secret, entry.hash)) return Error(ErrorCode::kSecurity, "invalid credentials for API key [{}]", id);
  if (!entry.key.is_active(clock_.wall_ms())) return Error(ErrorCode::kSecurity, std::string("api key is expired"));
  return std::move(entry.key);
}

}  // namespace selene::rest
