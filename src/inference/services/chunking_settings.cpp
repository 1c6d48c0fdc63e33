#include "inference/services/chunking_settings.h"

#include <array>
#include <span>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "base/regex.h"

namespace selene::inference {
namespace {

using base::JsonType;
using base::JsonValue;

constexpr std::string_view kDefault = R"({"strategy":"sentence","max_chunk_size":250,"sentence_overlap":1})";
constexpr size_t kMaxSeparators = 100;  ///< each is a level of recursion

class Reader {
 public:
  Reader(JsonValue settings, Validation& validation) : settings_(settings), validation_(validation) {}

  std::string read() {
    const JsonValue strategy = settings_["strategy"];
    if (!strategy.is_string()) {
      validation_.add("Can't generate Chunker without ChunkingStrategy provided");
      return {};
    }
    const std::string_view name = strategy.as_string();
    out_.begin_object().field("strategy", name);
    if (name == "sentence") {
      read_sentence();
    } else if (name == "word") {
      read_word();
    } else if (name == "recursive") {
      read_recursive();
    } else if (name == "none") {
      check_keys("None", std::array<std::string_view, 1>{"strategy"});
    } else {
      validation_.add(base::format("Invalid chunkingStrategy {}", name));
    }
    return out_.end_object().take();
  }

 private:
  /// The integer of `key`, at least `least`; nothing (and a fault) if it is missing or wrong.
  std::optional<int64_t> read_size(std::string_view key, int64_t least) {
    const JsonValue value = settings_[key];
    if (value.is_null()) {
      validation_.add(base::format("[chunking_settings] does not contain the required setting [{}]", key));
      return std::nullopt;
    }
    if (value.type() != JsonType::kInt64) {
      validation_.add(base::format("field [{}] is not of the expected type. The value [{}] cannot be converted to a [Integer]", key,
                                   java_text(value)));
      return std::nullopt;
    }
    if (value.as_int64() < least) {
      validation_.add(base::format("[chunking_settings] Invalid value [{}]. [{}] must be a greater than or equal to [{}]",
                                   value.as_int64(), key, least));
      return std::nullopt;
    }
    return value.as_int64();
  }

  void check_keys(std::string_view strategy, std::span<const std::string_view> known) {
    std::string unknown;
    for (const auto [key, value] : settings_.as_object()) {
      bool found = false;
      for (const std::string_view name : known) found = found || name == key;
      if (!found) unknown += (unknown.empty() ? "" : ", ") + std::string(key);
    }
    if (!unknown.empty())
      validation_.add(base::format("{} based chunking settings can not have the following settings: [{}]", strategy, unknown));
  }

  void read_sentence() {
    check_keys("Sentence", std::array<std::string_view, 3>{"strategy", "max_chunk_size", "sentence_overlap"});
    const auto size = read_size("max_chunk_size", 20);
    int64_t overlap = 1;
    if (const JsonValue value = settings_["sentence_overlap"]; !value.is_null()) {
      overlap = value.type() == JsonType::kInt64 ? value.as_int64() : -1;
      if (overlap != 0 && overlap != 1)
        validation_.add(base::format("sentence_overlap[{}] must be either 0 or 1", java_text(value)));
    }
    out_.field("max_chunk_size", size.value_or(0)).field("sentence_overlap", overlap);
  }

  void read_word() {
    check_keys("Word", std::array<std::string_view, 3>{"strategy", "max_chunk_size", "overlap"});
    const auto size = read_size("max_chunk_size", 10);
    const auto overlap = read_size("overlap", 0);
    if (size.has_value() && overlap.has_value() && *overlap > *size / 2) {
      validation_.add(base::format("[chunking_settings] Invalid value [{}]. [overlap] must be less than or equal to [{}]", *overlap,
                                   *size / 2));
    }
    out_.field("max_chunk_size", size.value_or(0)).field("overlap", overlap.value_or(0));
  }

  void read_recursive() {
    check_keys("Recursive", std::array<std::string_view, 4>{"strategy", "max_chunk_size", "separators", "separator_group"});
    out_.field("max_chunk_size", read_size("max_chunk_size", 10).value_or(0));
    const JsonValue separators = settings_["separators"];
    const JsonValue group = settings_["separator_group"];
    if (!separators.is_null() && !group.is_null()) {
      validation_.add("Recursive chunking settings can not have both [separators] and [separator_group]");
    } else if (!separators.is_null()) {
      check_separators(separators);
      out_.field("separators", separators);
    } else {
      const std::string name = group.is_null() ? "plaintext" : java_text(group);
      if (name != "plaintext" && name != "markdown")
        validation_.add(base::format(
            "[chunking_settings] Invalid value [{}] received. [separator_group] must be one of [markdown, plaintext]", name));
      out_.field("separator_group", name);
    }
  }

  void check_separators(JsonValue separators) {
    bool strings = separators.is_array() && !separators.as_array().empty();
    if (strings) {
      for (const JsonValue separator : separators.as_array()) strings = strings && separator.is_string();
    }
    if (!strings) {
      validation_.add("[chunking_settings] [separators] must be a non-empty list of strings");
    } else if (separators.as_array().size() > kMaxSeparators) {
      validation_.add(base::format("[chunking_settings] [separators] must be at most [{}] regular expressions", kMaxSeparators));
    } else {
      for (const JsonValue separator : separators.as_array()) {
        if (const auto regex = base::Regex::compile(separator.as_string(), "MULTILINE"); !regex.has_value())
          validation_.add(base::format("[chunking_settings] Invalid value [{}]. [separators] must be regular expressions: {}",
                                       separator.as_string(), regex.error().reason()));
      }
    }
  }

  JsonValue settings_;
  Validation& validation_;
  base::JsonWriter out_;
};

}  // namespace

std::string read_chunking_settings(JsonValue settings, Validation& validation) {
  if (settings.is_null()) return std::string(kDefault);
  if (!settings.is_object()) {
    validation.add(
        base::format("field [chunking_settings] is not of the expected type. The value [{}] cannot be converted to a [Map]",
                     java_text(settings)));
    return {};
  }
  if (settings.as_object().empty()) return std::string(kDefault);
  return Reader(settings, validation).read();
}

}  // namespace selene::inference
