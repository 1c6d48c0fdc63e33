#include <charconv>
#include <cmath>

#include "index/mapping/date_format.h"
#include "index/mapping/document_parser.h"
#include "ingest/pipelines/processors/processors.h"
#include "ingest/pipelines/value_template.h"
#include "ingest/scripts/script_values.h"
#include "search/aggregations/time_zone.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::string_view kOutput = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

/// Milliseconds of `UNIX` seconds (with a fraction) or `UNIX_MS`.
Result<int64_t> parse_unix(const std::string& text, double factor) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || !(std::fabs(value) < 9e12))
    return Error(ErrorCode::kIllegalArgument, "[{}] is no number of seconds or milliseconds since the epoch", text);
  return static_cast<int64_t>(std::floor(value * factor + 0.5));
}

/// Times without a zone are those of `timezone` (UTC; an offset or a name of the tz database, or a template of one), whose clocks
/// also show the result. Source: Elasticsearch, DateProcessor.
class DateProcessor final : public DocumentProcessor {
 public:
  static Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<DateProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text("field"));
    ASSIGN_OR_RETURN(made->target_, config.text("target_field", "@timestamp"));
    ASSIGN_OR_RETURN(made->formats_, config.texts("formats"));
    ASSIGN_OR_RETURN(const std::string locale, config.text("locale", "ENGLISH"));
    ASSIGN_OR_RETURN(const std::string timezone, config.text("timezone", "UTC"));
    auto compiled_zone = TextTemplate::compile(timezone);
    if (!compiled_zone) return config.fault("timezone", compiled_zone.error().reason());
    made->timezone_ = std::move(compiled_zone).value();
    if (made->timezone_.is_constant()) {
      if (auto zone = search::TimeZone::parse(timezone); !zone) return config.fault("timezone", zone.error().reason());
    }
    ASSIGN_OR_RETURN(made->output_, config.text("output_format", kOutput));
    if (made->formats_.empty()) return config.fault("formats", "property cannot be empty");
    for (const std::string& format : made->formats_) {
      if (format == "ISO8601" || format == "UNIX" || format == "UNIX_MS") continue;
      auto compiled = index::DateFormat::compile(format);
      if (!compiled) return config.fault("formats", compiled.error().reason());
    }
    if (auto compiled = index::DateFormat::compile(made->output_); !compiled)
      return config.fault("output_format", compiled.error().reason());
    return ProcessorPtr(std::move(made));
  }

  base::Status process(IngestDocument& document) const override {
    ASSIGN_OR_RETURN(const base::JsonTree* const value, document.get(field_));
    if (value->is_null()) return Error(ErrorCode::kIllegalArgument, "field [{}] is null, cannot be parsed as a date", field_);
    const std::string text = java_text(*value);
    ASSIGN_OR_RETURN(const search::TimeZone zone, search::TimeZone::parse(timezone_.render(document)));
    ASSIGN_OR_RETURN(const auto output, index::DateFormat::compile(output_));
    std::optional<Error> last;
    for (const std::string& format : formats_) {
      const Result<int64_t> ms = parse(text, format, zone);
      if (!ms) {
        last = ms.error();
        continue;
      }
      const auto offset_seconds = static_cast<int32_t>(zone.offset_ms(*ms) / 1000);
      return document.set(target_, base::JsonTree(output->print_instant({*ms, 0, offset_seconds})));
    }
    return Error(ErrorCode::kIllegalArgument, "unable to parse date [{}]", text).with_cause(*std::move(last));
  }

 private:
  static Result<int64_t> parse(const std::string& text, const std::string& format, const search::TimeZone& zone) {
    if (format == "UNIX") return parse_unix(text, 1000);
    if (format == "UNIX_MS") return parse_unix(text, 1);
    ASSIGN_OR_RETURN(const auto compiled, index::DateFormat::compile(format == "ISO8601" ? std::string_view("date_optional_time")
                                                                                         : std::string_view(format)));
    ASSIGN_OR_RETURN(const index::DateInstant instant, compiled->parse_instant(text, index::DateRounding::kDown));
    return instant.offset_seconds ? instant.ms : zone.to_utc(instant.ms);
  }

  std::string field_;
  std::string target_;
  std::vector<std::string> formats_;
  TextTemplate timezone_;
  std::string output_;
};

}  // namespace

Result<ProcessorPtr> create_date(ProcessorConfig& config) { return DateProcessor::create(config); }

}  // namespace selene::ingest
