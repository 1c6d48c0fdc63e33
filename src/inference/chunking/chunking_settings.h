#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json/json_document.h"

namespace selene::inference {

enum class ChunkingStrategy : uint8_t { kSentence, kWord, kRecursive, kNone };

/// How a text is cut. Source of the strategies and their defaults: Elasticsearch's `chunking_settings`.
struct ChunkingSettings {
  ChunkingStrategy strategy = ChunkingStrategy::kSentence;
  int32_t max_chunk_size = 250;         ///< words, >= 1; kNone has no bound
  int32_t overlap = 1;                  ///< kWord: words, at most half of max_chunk_size. kSentence: sentences, 0 or 1
  std::vector<std::string> separators;  ///< kRecursive: regular expressions, the coarsest first

  /// Of settings that were checked before: those that an endpoint shows. What is missing has its default.
  static ChunkingSettings from_json(base::JsonValue checked);
};

/// The separators of a `separator_group`: "markdown" (headings, the highest first) or "plaintext" (empty lines, then lines). Empty
/// for another name.
std::vector<std::string> separators_of_group(std::string_view name);

}  // namespace selene::inference
