#include "inference/services/remote/token_cache.h"

#include <algorithm>

namespace selene::inference {

using base::Error;
using base::ErrorCode;
using std::chrono::seconds;

base::Result<std::string> TokenCache::get(Time now, const std::function<base::Result<AccessToken>()>& fetch,
                                          const base::Cancellation& cancellation) {
  std::unique_lock lock(mutex_);
  while (is_fetched_) {
    fetched_.wait_for(lock, std::chrono::milliseconds(20));
    if (cancellation.cancelled()) return Error(ErrorCode::kTaskCancelled, std::string("the request was cancelled"));
    if (cancellation.deadline_passed())
      return Error(ErrorCode::kStatusTimeout, std::string("Request timed out waiting for an access token"));
  }
  if (!token_.empty() && now < good_until_) return token_;
  is_fetched_ = true;
  lock.unlock();
  base::Result<AccessToken> answer = fetch();
  lock.lock();
  is_fetched_ = false;
  fetched_.notify_all();
  if (!answer.has_value()) return std::move(answer).error();
  AccessToken fresh = *std::move(answer);
  constexpr int64_t kLongest = 24 * 3600;
  const int64_t lifetime_s = std::clamp<int64_t>(fresh.expires_in_s, 0, kLongest);
  token_ = std::move(fresh.value);
  good_until_ = now + seconds(std::max<int64_t>(lifetime_s - 60, lifetime_s / 2));
  return token_;
}

void TokenCache::drop(const std::string& token) {
  const std::lock_guard lock(mutex_);
  if (token_ == token) token_.clear();
}

}  // namespace selene::inference
