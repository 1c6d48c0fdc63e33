#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/analysis/analyzer.h"
#include "inference/chunking/chunker.h"

namespace selene::search {

/// `chunk_rescorer` of a re-ranker: values are cut into chunks, and only those that share the most with the query go to the model.
/// Immutable, thread-safe.
class ChunkRescorer {
 public:
  /// {"size":1,"chunking_settings":{...}}. Errors: kXContentParse, kIllegalArgument, kValidation.
  static base::Result<std::unique_ptr<const ChunkRescorer>> parse(base::JsonValue body);

  /// Chunks of a document that go to the model.
  int32_t size() const { return size_; }
  /// As given; else sentences without overlap, as many words as `window_words`.
  base::Result<inference::Chunker> chunker(int32_t window_words) const;
  /// Numbers of the best `size` of a document's chunks, best first: BM25 of the query's words over these chunks (each counts as a
  /// document), the analyzer `standard`; of equal ones the earlier. Chunks without any of the words are left out; if all are, the
  /// first one stands for them.  REQUIRES: chunks not empty.
  std::vector<size_t> best_chunks(std::string_view query, std::span<const std::string_view> chunks) const;

 private:
  ChunkRescorer() = default;
  int32_t size_ = 1;
  std::optional<inference::ChunkingSettings> settings_;
  std::shared_ptr<const index::Analyzer> analyzer_;
};

}  // namespace selene::search
