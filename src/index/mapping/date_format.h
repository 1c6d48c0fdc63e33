#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/mapping/document_parser.h"

namespace selene::index {

class DatePattern;

/// A moment: milliseconds since the epoch and [0, 999'999] nanoseconds more.
struct DateInstant {
  int64_t ms = 0;
  int32_t nanos = 0;
  /// Of the clocks that show it, ahead of UTC: read from a text that names its offset or zone; printed, UTC where it is missing.
  std::optional<int32_t> offset_seconds = std::nullopt;
};

/// Nanoseconds since the epoch. Errors: kIllegalArgument outside of 1970 to 2262.
base::Result<int64_t> to_nanos(DateInstant instant);

/// `a||b`: Elasticsearch's built-in date formats by name and java.time patterns. Parsing tries one after the other, printing uses
/// the first. Immutable, thread-safe.
class DateFormat {
 public:
  /// Compiled formats are kept. Errors: kIllegalArgument `Invalid format: [x]: ...`.
  static base::Result<std::shared_ptr<const DateFormat>> compile(std::string_view format);

  /// Milliseconds since the epoch. What the text leaves out is 1970-01-01T00:00:00.000Z, or with kUp 23:59:59.999 for the time of
  /// day. Errors: kIllegalArgument `failed to parse date field [x] with format [f]`, caused by kDateTimeParse.
  base::Result<int64_t> parse(std::string_view text, DateRounding rounding) const;
  base::Result<DateInstant> parse_instant(std::string_view text, DateRounding rounding) const;
  std::string print(int64_t ms) const { return print_instant({ms, 0}); }
  std::string print_instant(DateInstant instant) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<std::shared_ptr<const DatePattern>> alternatives_;
};

}  // namespace selene::index
