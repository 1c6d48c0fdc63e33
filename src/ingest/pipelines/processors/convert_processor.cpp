#include <algorithm>
#include <charconv>
#include <cmath>

#include "ingest/pipelines/processors/processors.h"
#include "ingest/scripts/script_values.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;

Error cannot(std::string_view text, std::string_view type) {
  return Error(ErrorCode::kIllegalArgument, "unable to convert [{}] to {}", text, type)
      .with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text));
}

/// `12`, `-12`, `0xff`.
Result<JsonTree> to_whole(const std::string& text, std::string_view type, int64_t least, int64_t most) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
  if (hex) digits.remove_prefix(2);
  uint64_t magnitude = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, hex ? 16 : 10);
  if (fault != std::errc() || end != digits.data() + digits.size() || magnitude > uint64_t{1} << 63) return cannot(text, type);
  if (magnitude == uint64_t{1} << 63 && !negative) return cannot(text, type);
  const auto value = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  if (value < least || value > most) return cannot(text, type);
  return JsonTree(value);
}

Result<JsonTree> to_fraction(const std::string& text, std::string_view type) {
  double value = 0;
  const char* const begin = text.starts_with('+') ? text.data() + 1 : text.data();
  const auto [end, fault] = std::from_chars(begin, text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || text.empty()) return cannot(text, type);
  if (type == "float") value = static_cast<double>(static_cast<float>(value));
  return JsonTree(value);
}

Result<JsonTree> to_boolean(const std::string& text) {
  const auto is = [&](std::string_view word) {
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) { return (a | 0x20) == b; });
  };
  if (is("true")) return JsonTree(true);
  if (is("false")) return JsonTree(false);
  return Error(ErrorCode::kIllegalArgument, "[{}] is not a boolean value, cannot convert to boolean", text);
}

/// The type that the text looks like.
JsonTree guessed(const JsonTree& value) {
  if (!value.is_string()) return value;
  const std::string& text = value.as_string();
  if (auto boolean = to_boolean(text)) return *std::move(boolean);
  if (auto whole = to_whole(text, "long", INT64_MIN, INT64_MAX)) return *std::move(whole);
  if (auto fraction = to_fraction(text, "double"); fraction && std::isfinite(fraction->as_double())) return *std::move(fraction);
  return value;
}

Result<JsonTree> converted(const JsonTree& value, const std::string& type) {
  if (type == "auto") return guessed(value);
  const std::string text = java_text(value);
  if (type == "string") return JsonTree(text);
  if (type == "boolean") return to_boolean(text);
  if (type == "integer") return to_whole(text, type, INT32_MIN, INT32_MAX);
  if (type == "long") return to_whole(text, type, INT64_MIN, INT64_MAX);
  return to_fraction(text, type);
}

constexpr std::string_view kTypes[] = {"integer", "long", "double", "float", "boolean", "string", "auto"};

/// Source: Elasticsearch, ConvertProcessor.
class ConvertProcessor final : public DocumentProcessor {
 public:
  static Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<ConvertProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text("field"));
    ASSIGN_OR_RETURN(made->type_, config.text("type"));
    ASSIGN_OR_RETURN(made->target_, config.text("target_field", made->field_));
    ASSIGN_OR_RETURN(made->ignore_missing_, config.boolean("ignore_missing", false));
    if (std::find(std::begin(kTypes), std::end(kTypes), made->type_) == std::end(kTypes))
      return config.fault("type", base::format("type [{}] not supported, cannot convert field.", made->type_));
    return ProcessorPtr(std::move(made));
  }

  base::Status process(IngestDocument& document) const override {
    const auto value = document.get(field_);
    if (!value || (*value)->is_null()) {
      if (ignore_missing_) return {};
      if (!value) return value.error();
      return Error(ErrorCode::kIllegalArgument, "Field [{}] is null, cannot be converted to type [{}]", field_, type_);
    }
    if (!(*value)->is_array()) {
      ASSIGN_OR_RETURN(JsonTree made, converted(**value, type_));
      return document.set(target_, std::move(made));
    }
    JsonTree list = JsonTree::array();
    for (const JsonTree& element : (*value)->as_array()) {
      ASSIGN_OR_RETURN(JsonTree made, converted(element, type_));
      list.as_array().push_back(std::move(made));
    }
    return document.set(target_, std::move(list));
  }

 private:
  std::string field_;
  std::string type_;
  std::string target_;
  bool ignore_missing_ = false;
};

}  // namespace

Result<ProcessorPtr> create_convert(ProcessorConfig& config) { return ConvertProcessor::create(config); }

}  // namespace selene::ingest
