#include "inference/chunking/chunking_settings.h"

#include <algorithm>

namespace selene::inference {
namespace {

ChunkingStrategy strategy_of(std::string_view name) {
  if (name == "word") return ChunkingStrategy::kWord;
  if (name == "recursive") return ChunkingStrategy::kRecursive;
  return name == "none" ? ChunkingStrategy::kNone : ChunkingStrategy::kSentence;
}

int32_t number_of(base::JsonValue value, int32_t otherwise) {
  return value.is_number() ? static_cast<int32_t>(std::clamp<int64_t>(value.as_int64(), 0, INT32_MAX)) : otherwise;
}

}  // namespace

ChunkingSettings ChunkingSettings::from_json(base::JsonValue checked) {
  ChunkingSettings settings;
  const base::JsonValue strategy = checked["strategy"];
  settings.strategy = strategy_of(strategy.is_string() ? strategy.as_string() : "sentence");
  settings.max_chunk_size = std::max(number_of(checked["max_chunk_size"], 250), 1);
  const bool by_words = settings.strategy == ChunkingStrategy::kWord;
  settings.overlap = by_words ? number_of(checked["overlap"], 0) : number_of(checked["sentence_overlap"], 1);
  if (settings.strategy != ChunkingStrategy::kRecursive) return settings;
  if (const base::JsonValue separators = checked["separators"]; separators.is_array()) {
    for (const base::JsonValue separator : separators.as_array()) settings.separators.emplace_back(separator.as_string());
  } else {
    const base::JsonValue group = checked["separator_group"];
    settings.separators = separators_of_group(group.is_string() ? group.as_string() : "plaintext");
  }
  return settings;
}

std::vector<std::string> separators_of_group(std::string_view name) {
  if (name == "plaintext") return {R"((?<!\n)\n\n(?!\n))", R"((?<!\n)\n(?!\n))"};
  if (name != "markdown") return {};
  return {R"(\n# )", R"(\n## )", R"(\n### )", R"(\n#### )", R"(\n##### )", R"(\n###### )",
          // Underlined headings: the line above the underline, then the underline.
          R"(\n(?=[^\n]*[^\s][^\n]*\n-+[ \t]*(\n|$)))", R"(\n(?=[^\n]*[^\s][^\n]*\n=+[ \t]*(\n|$)))"};
}

}  // namespace selene::inference
