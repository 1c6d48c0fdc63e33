#include "search/request/reader_contexts.h"

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "base/random_id.h"
#include "base/time_value.h"
#include "search/request/scroll.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

std::string_view prefix_of(ContextKind kind) { return kind == ContextKind::kScroll ? "scroll:" : "pit:"; }

Error malformed(ContextKind kind, std::string_view id) {
  if (kind == ContextKind::kScroll) return Error(ErrorCode::kIllegalArgument, "Cannot parse scroll id");
  return Error(ErrorCode::kIllegalArgument, "invalid id: [{}]", id);
}

/// The number inside an id: base64 of `<kind>:<number>:<uuid>`.
Result<int64_t> number_in(ContextKind kind, std::string_view id) {
  const auto bytes = base::base64_decode(id);
  if (!bytes) return malformed(kind, id);
  std::string_view text = *bytes;
  if (!text.starts_with(prefix_of(kind))) return malformed(kind, id);
  text.remove_prefix(prefix_of(kind).size());
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end == text.data() + text.size() || *end != ':') return malformed(kind, id);
  return number;
}

base::Status check_keep_alive(int64_t ms) {
  if (ms <= ReaderContexts::kMaxKeepAliveMs) return {};
  return Error(ErrorCode::kIllegalArgument,
               "Keep alive for request ({}) is too large. It must be less than ({}). This limit can be set by changing the "
               "[search.max_keep_alive] cluster level setting.",
               base::format_time_value(ms), base::format_time_value(ReaderContexts::kMaxKeepAliveMs));
}

Error too_many(ContextKind kind) {
  if (kind == ContextKind::kScroll) {
    return Error(
        ErrorCode::kTooManyScrollContexts,
        "Trying to create too many scroll contexts. Must be less than or equal to: [{}]. This limit can be set by changing "
        "the [search.max_open_scroll_context] setting.",
        ReaderContexts::kMaxOpenScrolls);
  }
  return Error(ErrorCode::kRejectedExecution,
               "Trying to create too many Point In Time contexts. Must be less than or equal to: [{}]. This limit can be set by "
               "changing the [search.max_open_pit_context] setting.",
               ReaderContexts::kMaxOpenPointsInTime);
}

}  // namespace

ReaderContext::ReaderContext() = default;
ReaderContext::~ReaderContext() {
  for (const auto& running : open_in) running->succeeded();
}

std::vector<ReaderContexts::Entry> ReaderContexts::take_expired() {
  std::vector<Entry> expired;
  const auto now = clock_.monotonic();
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (it->second.expires > now) {
      ++it;
      continue;
    }
    expired.push_back(std::move(it->second));
    it = entries_.erase(it);
  }
  return expired;
}

size_t ReaderContexts::count(ContextKind kind) const {
  return static_cast<size_t>(
      std::count_if(entries_.begin(), entries_.end(), [kind](const auto& entry) { return entry.second.kind == kind; }));
}

Result<std::string> ReaderContexts::open(ContextKind kind, std::shared_ptr<ReaderContext> context, int64_t keep_alive_ms) {
  RETURN_IF_ERROR(check_keep_alive(keep_alive_ms));
  std::vector<Entry> expired;
  const std::lock_guard lock(mutex_);
  expired = take_expired();
  if (count(kind) >= (kind == ContextKind::kScroll ? kMaxOpenScrolls : kMaxOpenPointsInTime)) return too_many(kind);
  const auto operation = kind == ContextKind::kScroll ? index::Operation::kScroll : index::Operation::kPointInTime;
  for (const LocalTarget& target : context->targets) {
    context->open_in.push_back(std::make_unique<index::RunningOperation>(target.index->engine->counters(), operation));
  }
  Entry entry;
  entry.kind = kind;
  const int64_t number = ++last_number_;
  entry.id = base::base64_encode(base::format("{}{}:{}", prefix_of(kind), number, base::random_uuid()));
  entry.context = std::move(context);
  entry.keep_alive = std::chrono::milliseconds(keep_alive_ms);
  entry.expires = clock_.monotonic() + entry.keep_alive;
  return entries_.emplace(number, std::move(entry)).first->second.id;
}

Result<std::shared_ptr<ReaderContext>> ReaderContexts::find(ContextKind kind, std::string_view id,
                                                            std::optional<int64_t> keep_alive_ms) {
  ASSIGN_OR_RETURN(const int64_t number, number_in(kind, id));
  if (keep_alive_ms) RETURN_IF_ERROR(check_keep_alive(*keep_alive_ms));
  std::vector<Entry> expired;
  const std::lock_guard lock(mutex_);
  expired = take_expired();
  const auto found = entries_.find(number);
  if (found == entries_.end() || found->second.id != id) {
    return Error(ErrorCode::kSearchContextMissing, "No search context found for id [{}]", number);
  }
  Entry& entry = found->second;
  if (keep_alive_ms) entry.keep_alive = std::chrono::milliseconds(*keep_alive_ms);
  entry.expires = clock_.monotonic() + entry.keep_alive;
  return entry.context;
}

Result<bool> ReaderContexts::close(ContextKind kind, std::string_view id) {
  ASSIGN_OR_RETURN(const int64_t number, number_in(kind, id));
  std::vector<Entry> gone;
  const std::lock_guard lock(mutex_);
  gone = take_expired();
  const auto found = entries_.find(number);
  if (found == entries_.end() || found->second.id != id) return false;
  gone.push_back(std::move(found->second));
  entries_.erase(found);
  return true;
}

size_t ReaderContexts::close_all(ContextKind kind) {
  std::vector<Entry> gone;
  const std::lock_guard lock(mutex_);
  gone = take_expired();
  const size_t num_closed = count(kind);
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (it->second.kind != kind) {
      ++it;
      continue;
    }
    gone.push_back(std::move(it->second));
    it = entries_.erase(it);
  }
  return num_closed;
}

void ReaderContexts::forget_expired() {
  std::vector<Entry> expired;
  const std::lock_guard lock(mutex_);
  expired = take_expired();
}

size_t ReaderContexts::num_open(ContextKind kind) const {
  const std::lock_guard lock(mutex_);
  return count(kind);
}

}  // namespace selene::search
