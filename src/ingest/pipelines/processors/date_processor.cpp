#include <charconv>
#include <cmath>

#include "index/mapping/date_format.h"
#include "index/mapping/document_parser.h"
#include "ingest/pipelines/processors/processors.h"
#include "ingest/scripts/script_values.h"

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

/// Source: Elasticsearch, DateProcessor. Times without a zone are in `timezone`, UTC unless given as an offset.
class DateProcessor final : public DocumentProcessor {
 public:
  static Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<DateProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text("field"));
    ASSIGN_OR_RETURN(made->target_, config.text("target_field", "@timestamp"));
    ASSIGN_OR_RETURN(made->formats_, config.texts("formats"));
    ASSIGN_OR_RETURN(const std::string locale, config.text("locale", "ENGLISH"));
    ASSIGN_OR_RETURN(const std::string timezone, config.text("timezone", "UTC"));
    if (timezone != "UTC" && timezone != "Z" && timezone != "GMT" && timezone != "+00:00")
      return config.fault("timezone", base::format("[{}] is not supported: times without a zone are read as UTC", timezone));
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
    std::optional<Error> last;
    for (const std::string& format : formats_) {
      const Result<int64_t> ms = parse(text, format);
      if (ms) return document.set(target_, base::JsonTree(index::format_date(*ms, output_)));
      last = ms.error();
    }
    return Error(ErrorCode::kIllegalArgument, "unable to parse date [{}]", text).with_cause(*std::move(last));
  }

 private:
  static Result<int64_t> parse(const std::string& text, const std::string& format) {
    if (format == "UNIX") return parse_unix(text, 1000);
    if (format == "UNIX_MS") return parse_unix(text, 1);
    ASSIGN_OR_RETURN(const auto compiled, index::DateFormat::compile(format == "ISO8601" ? std::string_view("date_optional_time")
                                                                                         : std::string_view(format)));
    return compiled->parse(text, index::DateRounding::kDown);
  }

  std::string field_;
  std::string target_;
  std::vector<std::string> formats_;
  std::string output_;
};

}  // namespace

Result<ProcessorPtr> create_date(ProcessorConfig& config) { return DateProcessor::create(config); }

}  // namespace selene::ingest
