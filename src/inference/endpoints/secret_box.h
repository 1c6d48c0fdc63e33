#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::inference {

/// Encrypts the secrets of endpoints (AES-256-GCM, bound to the endpoint's id) under a key of this node. The key is made at the
/// first need and lies in a file that its owner alone may read. Layout: docs/formats/inference_secrets.md. Thread-safe.
class SecretBox {
 public:
  explicit SecretBox(std::filesystem::path key_file) : key_file_(std::move(key_file)) {}
  /// Errors: kIo.
  base::Result<std::string> seal(std::string_view inference_id, std::string_view secrets);
  /// Errors: kIo, kIllegalArgument if the key or the bytes are not those of `seal`.
  base::Result<std::string> open(std::string_view inference_id, std::string_view sealed);

 private:
  enum class Missing : uint8_t { kCreate, kRefuse };
  base::Result<std::string> key(Missing missing);

  const std::filesystem::path key_file_;
  std::mutex mutex_;
  std::string key_;  // GUARDED_BY(mutex_)
};

}  // namespace selene::inference
