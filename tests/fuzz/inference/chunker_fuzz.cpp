// Any text cut by any settings: chunks lie in the text, cover it in order, hold no more words than they may, and their UTF-16
// offsets are those of their bytes. The first line is `chunking_settings` as a client sends them, or, if it is no JSON object,
// three bytes: strategy, size and overlap (so that small sizes are tried too). The rest is the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/json/json_document.h"
#include "base/unicode.h"
#include "inference/chunking/chunker.h"
#include "inference/chunking/text_segments.h"
#include "inference/services/chunking_settings.h"
#include "inference/services/validation.h"

namespace {

using selene::inference::Chunk;
using selene::inference::Chunker;
using selene::inference::ChunkingSettings;
using selene::inference::ChunkingStrategy;

void check(const ChunkingSettings& settings, std::string_view text) {
  const auto chunker = Chunker::create(settings);
  if (!chunker.has_value()) return;
  const std::vector<Chunk> chunks = chunker->chunk(text);
  const selene::inference::WordIndex words(text);
  CHECK(!chunks.empty());
  CHECK(chunks.front().bytes.begin == 0 && chunks.back().bytes.end == text.size());
  for (size_t i = 0; i < chunks.size(); ++i) {
    const auto [begin, end] = chunks[i].bytes;
    CHECK(begin <= end && end <= text.size());
    CHECK(chunks[i].start_offset == static_cast<int64_t>(selene::base::utf16_length(text.substr(0, begin))));
    CHECK(chunks[i].end_offset - chunks[i].start_offset ==
          static_cast<int64_t>(selene::base::utf16_length(text.substr(begin, end - begin))));
    if (settings.strategy != ChunkingStrategy::kNone)
      CHECK(words.count(chunks[i].bytes) <= static_cast<size_t>(settings.max_chunk_size));
    if (i == 0) continue;
    CHECK(chunks[i - 1].bytes.begin <= begin && begin <= chunks[i - 1].bytes.end && chunks[i - 1].bytes.end < end);
  }
}

/// Settings as PUT reads them, and as the stored ones are read again.
void check_json(std::string_view json, std::string_view text) {
  const auto document = selene::base::JsonDocument::parse(json);
  if (!document.has_value()) return;
  selene::inference::Validation validation;
  const std::string checked = selene::inference::read_chunking_settings(document->root(), validation);
  if (!validation.ok()) return;
  const auto stored = selene::base::JsonDocument::parse(checked);
  CHECK(stored.has_value());
  check(ChunkingSettings::from_json(stored->root()), text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with('{')) {
    const size_t line = std::min(input.find('\n'), input.size());
    check_json(input.substr(0, line), input.substr(std::min(line + 1, input.size())));
    return 0;
  }
  if (input.size() < 3) return 0;
  ChunkingSettings settings;
  settings.strategy = static_cast<ChunkingStrategy>(data[0] % 4);
  settings.max_chunk_size = 1 + data[1] % 12;
  settings.overlap = settings.strategy == ChunkingStrategy::kWord ? data[2] % (settings.max_chunk_size / 2 + 1) : data[2] % 2;
  if (settings.strategy == ChunkingStrategy::kRecursive)
    settings.separators = selene::inference::separators_of_group(data[2] % 2 == 0 ? "plaintext" : "markdown");
  check(settings, input.substr(3));
  return 0;
}
