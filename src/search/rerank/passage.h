#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "search/backends/search_backend.h"

namespace selene::search {

/// A part of a document that a re-ranker's model has read and scored. Offsets: UTF-16 code units of the first value of `field`,
/// [start_offset, end_offset).
struct Passage {
  std::string field;
  std::string text;
  int64_t start_offset = 0;
  int64_t end_offset = 0;
  float score = 0;  ///< the model's own, before it is mapped
};

/// Best first.
using DocumentPassages = std::map<DocAddress, std::vector<Passage>>;

/// What one re-ranker of a tree scored.
struct RerankedPassages {
  std::string retriever_name;       ///< `_name`; empty: none
  std::vector<std::string> fields;  ///< that it reads
  bool is_explained = false;        ///< `explain_passages`: the best one is shown with its hit
  DocumentPassages passages;
};

/// Gathers the passages of the re-rankers of one request. Thread-safe: children of a tree may run side by side.
class PassageCollector {
 public:
  /// kExplained: only those of re-rankers that are told to explain them; kAll: somebody highlights them.
  enum class Wanted : uint8_t { kExplained, kAll };
  explicit PassageCollector(Wanted wanted) : wanted_(wanted) {}
  Wanted wanted() const { return wanted_; }
  void add(RerankedPassages reranked) {
    const std::lock_guard lock(mutex_);
    reranked_.push_back(std::move(reranked));
  }
  /// Outer re-rankers behind the inner ones that they wait for. Once the tree has run.
  const std::vector<RerankedPassages>& reranked() const { return reranked_; }

 private:
  const Wanted wanted_;
  std::mutex mutex_;
  std::vector<RerankedPassages> reranked_;  // GUARDED_BY(mutex_) while the tree runs
};

}  // namespace selene::search
