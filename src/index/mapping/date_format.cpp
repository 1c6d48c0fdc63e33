#include "index/mapping/date_format.h"

#include <limits>
#include <map>
#include <mutex>

#include "index/mapping/calendar.h"
#include "index/mapping/date_pattern.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr size_t kMaxFormatLength = 1000;
constexpr size_t kMaxCachedFormats = 256;

class EpochPattern final : public DatePattern {
 public:
  explicit EpochPattern(int64_t ms_per_unit) : ms_per_unit_(ms_per_unit) {}

  // [-] digits [. digits]
  std::optional<DateInstant> parse(std::string_view text, DateRounding rounding, size_t& failed_at) const override {
    size_t pos = text.starts_with('-') ? 1 : 0;
    const bool negative = pos == 1;
    int64_t value = 0;
    const size_t first_digit = pos;
    while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') {
      failed_at = pos;
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text[pos] - '0', &value)) return std::nullopt;
      ++pos;
    }
    failed_at = pos;
    if (pos == first_digit) return std::nullopt;
    int64_t fraction_ms = 0;
    bool has_fraction = false;
    if (pos + 1 < text.size() && text[pos] == '.') {
      int64_t scale = ms_per_unit_ / 10;
      for (++pos; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos, scale /= 10)
        fraction_ms += (text[pos] - '0') * scale;
      has_fraction = true;
    }
    failed_at = pos;
    if (pos != text.size()) return std::nullopt;
    if (!has_fraction && rounding == DateRounding::kUp) fraction_ms = ms_per_unit_ - 1;
    int64_t ms = 0;
    if (__builtin_mul_overflow(value, ms_per_unit_, &ms)) return std::nullopt;
    if (negative) ms = -ms;
    if (__builtin_add_overflow(ms, negative && has_fraction ? -fraction_ms : fraction_ms, &ms)) return std::nullopt;
    return DateInstant{ms, !has_fraction && rounding == DateRounding::kUp ? 999'999 : 0, 0};
  }

  std::string print(DateInstant instant) const override {
    const int64_t ms = instant.ms;
    if (ms_per_unit_ == 1 || ms % ms_per_unit_ == 0) return std::to_string(ms / ms_per_unit_);
    std::string text = base::format("{}{}.{:03}", ms < 0 ? "-" : "", std::abs(ms / ms_per_unit_), std::abs(ms % ms_per_unit_));
    while (text.back() == '0') text.pop_back();
    return text;
  }

 private:
  int64_t ms_per_unit_;
};

Result<std::shared_ptr<const DatePattern>> compile_alternative(std::string_view text) {
  if (text.empty()) return Error(ErrorCode::kIllegalArgument, "No date pattern provided");
  if (text == "epoch_millis") return epoch_pattern(1);
  if (text == "epoch_second") return epoch_pattern(kMsPerSecond);
  Leniency leniency = Leniency::kStrict;
  const std::string_view named = named_date_pattern(text, leniency);
  return compile_date_pattern(named.empty() ? text : named, leniency);
}

}  // namespace

std::shared_ptr<const DatePattern> epoch_pattern(int64_t ms_per_unit) { return std::make_shared<EpochPattern>(ms_per_unit); }

Result<std::shared_ptr<const DateFormat>> DateFormat::compile(std::string_view format) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const DateFormat>, std::less<>> cache;
  {
    const std::lock_guard lock(mutex);
    if (const auto found = cache.find(format); found != cache.end()) return found->second;
  }
  if (format.size() > kMaxFormatLength)
    return Error(ErrorCode::kIllegalArgument, "Invalid format: the pattern is longer than {} bytes", kMaxFormatLength);
  auto compiled = std::make_shared<DateFormat>();
  compiled->text_ = format;
  for (std::string_view rest = format;;) {
    const size_t bars = rest.find("||");
    auto alternative = compile_alternative(rest.substr(0, bars));
    if (!alternative)
      return Error(ErrorCode::kIllegalArgument, "Invalid format: [{}]: {}", rest.substr(0, bars), alternative.error().reason());
    compiled->alternatives_.push_back(std::move(alternative).value());
    if (bars == std::string_view::npos) break;
    rest.remove_prefix(bars + 2);
  }
  const std::lock_guard lock(mutex);
  if (cache.size() >= kMaxCachedFormats) cache.clear();
  cache.emplace(format, compiled);
  return std::shared_ptr<const DateFormat>(std::move(compiled));
}

Result<int64_t> DateFormat::parse(std::string_view text, DateRounding rounding) const {
  ASSIGN_OR_RETURN(const DateInstant instant, parse_instant(text, rounding));
  return instant.ms;
}

Result<DateInstant> DateFormat::parse_instant(std::string_view text, DateRounding rounding) const {
  if (text.empty()) return Error(ErrorCode::kIllegalArgument, "cannot parse empty date");
  size_t failed_at = 0;
  for (const auto& alternative : alternatives_) {
    if (const auto instant = alternative->parse(text, rounding, failed_at)) return *instant;
  }
  std::string cause = alternatives_.size() > 1 ? "Failed to parse with all enclosed parsers"
                                               : base::format("Text '{}' could not be parsed at index {}", text, failed_at);
  return Error(ErrorCode::kIllegalArgument, "failed to parse date field [{}] with format [{}]", text, text_)
      .with_cause(Error(ErrorCode::kDateTimeParse, std::move(cause)));
}

std::string DateFormat::print_instant(DateInstant instant) const { return alternatives_.front()->print(instant); }

}  // namespace selene::index
