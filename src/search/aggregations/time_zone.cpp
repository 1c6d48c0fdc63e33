#include "search/aggregations/time_zone.h"

#include <unicode/timezone.h>

#include <algorithm>
#include <optional>

#include "index/mapping/calendar.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

struct TimeZone::Region {
  std::unique_ptr<icu::TimeZone> zone;
};

namespace {

/// `+1`, `+01`, `+0100`, `+01:00`, in ms.
std::optional<int64_t> fixed_offset(std::string_view id) {
  if (id.empty() || (id.front() != '+' && id.front() != '-')) return std::nullopt;
  const int64_t sign = id.front() == '-' ? -1 : 1;
  std::string digits;
  for (const char c : id.substr(1)) {
    if (c == ':') continue;
    if (c < '0' || c > '9') return std::nullopt;
    digits += c;
  }
  if (digits.empty() || digits.size() > 4 || digits.size() == 3) return std::nullopt;
  const size_t hour_digits = std::min<size_t>(digits.size(), 2);
  int64_t hours = 0;
  for (size_t i = 0; i < hour_digits; ++i) hours = hours * 10 + (digits[i] - '0');
  int64_t minutes = 0;
  for (size_t i = hour_digits; i < digits.size(); ++i) minutes = minutes * 10 + (digits[i] - '0');
  if (hours > 18 || minutes > 59) return std::nullopt;
  return sign * (hours * index::kMsPerHour + minutes * index::kMsPerMinute);
}

}  // namespace

TimeZone::TimeZone() = default;
TimeZone::~TimeZone() = default;
TimeZone::TimeZone(const TimeZone&) = default;
TimeZone& TimeZone::operator=(const TimeZone&) = default;

Result<TimeZone> TimeZone::parse(std::string_view id) {
  TimeZone zone;
  if (id == "Z" || id == "UTC" || id == "GMT" || id == "Etc/UTC") return zone;
  if (const auto fixed = fixed_offset(id)) {
    zone.fixed_offset_ms_ = *fixed;
    return zone;
  }
  std::unique_ptr<icu::TimeZone> found(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(icu::StringPiece(id.data(), static_cast<int32_t>(id.size())))));
  if (found == nullptr || *found == icu::TimeZone::getUnknown())
    return Error(ErrorCode::kIllegalArgument, "Unknown time-zone ID: {}", id);
  auto region = std::make_shared<Region>();
  region->zone = std::move(found);
  zone.region_ = std::move(region);
  return zone;
}

int64_t TimeZone::offset_ms(int64_t utc_ms) const {
  if (region_ == nullptr) return fixed_offset_ms_;
  int32_t raw = 0;
  int32_t daylight = 0;
  UErrorCode status = U_ZERO_ERROR;
  region_->zone->getOffset(static_cast<UDate>(utc_ms), 0, raw, daylight, status);
  return U_FAILURE(status) != 0 ? 0 : int64_t{raw} + daylight;
}

int64_t TimeZone::to_utc(int64_t local_ms) const {
  if (region_ == nullptr) return local_ms - fixed_offset_ms_;
  const int64_t before = offset_ms(local_ms - index::kMsPerDay);
  const int64_t after = offset_ms(local_ms + index::kMsPerDay);
  if (offset_ms(local_ms - before) == before) return local_ms - before;
  if (offset_ms(local_ms - after) == after) return local_ms - after;
  int64_t low = local_ms - std::max(before, after);  // still the old offset
  int64_t high = local_ms - std::min(before, after);
  while (low + 1 < high) {
    const int64_t middle = low + (high - low) / 2;
    (offset_ms(middle) == before ? low : high) = middle;
  }
  return high;
}

}  // namespace selene::search
