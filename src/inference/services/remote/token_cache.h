#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "base/cancellation.h"
#include "base/result.h"
#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// One access token, fetched when it is first needed and again a minute before it ends. Callers that come while it is fetched wait
/// for that fetch. Time is passed in. Thread-safe.
class TokenCache {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Errors: those of `fetch` (not kept); kStatusTimeout, kTaskCancelled while waiting.
  base::Result<std::string> get(Time now, const std::function<base::Result<AccessToken>()>& fetch,
                                const base::Cancellation& cancellation);
  /// Forgets the token if it is still this one (a vendor refused it).
  void drop(const std::string& token);

 private:
  std::mutex mutex_;  // not held while the token is fetched
  std::condition_variable fetched_;
  bool is_fetched_ = false;  ///< now, by one caller
  std::string token_;
  Time good_until_{};
};

}  // namespace selene::inference
