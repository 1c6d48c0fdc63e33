#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/chunking/chunker.h"
#include "search/rerank/passage.h"
#include "search/retrievers/chunk_rescorer.h"

namespace selene::search {

/// What becomes of the values of several fields: one text under their names, or one text each of which the best counts.
enum class FieldMode : uint8_t { kJoin, kMax };

/// How texts for the model are made of the fields of documents.
struct RerankFields {
  std::vector<std::string> names;
  FieldMode mode = FieldMode::kJoin;
  const ChunkRescorer* rescorer = nullptr;  ///< null: whole values
  int32_t window_words = 300;               ///< of the endpoint
  std::string_view query;
};

/// A text that the model scores for a document, and where its parts are from.
struct RerankInput {
  struct Part {
    size_t field = 0;           ///< into RerankFields::names
    inference::ByteSpan bytes;  ///< of `text`
    int64_t start_offset = 0;   ///< UTF-16 code units of the field's value
  };
  size_t document = 0;
  std::string text;
  std::vector<Part> parts;  ///< not empty
};

/// First values of each field ([fields][documents]) as texts for the model, documents ascending. A document without any value has
/// none. One field: its value. Several, joined: "name: value" lines of those that are there; apart: one text each. With a rescorer
/// the best chunks of the document's values instead (apart: of each value), under the name of their field if there are several.
/// Errors: kIllegalArgument (separators of the rescorer).
base::Result<std::vector<RerankInput>> make_rerank_inputs(const RerankFields& fields,
                                                          std::vector<std::vector<std::optional<std::string>>> values);

/// Where in its document a scored text is from. `scored`: the bytes of it that have the score, if the endpoint says so. Of several
/// parts the one that shares the most with them.
Passage passage_of(const RerankInput& input, std::span<const std::string> field_names, std::optional<inference::ByteSpan> scored,
                   float score);

}  // namespace selene::search
