#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "index/segments/snapshot.h"

namespace selene::search {

/// One part of a walk that several share: documents whose id hashes to `id` of `max`.
struct ScanSlice {
  int32_t id = 0;
  int32_t max = 1;
};

/// What is walked. Views must outlive `create`.
struct ScanRequest {
  std::string_view indices;  ///< as in a path; alias filters count
  index::IndicesOptions options = {};
  const base::JsonDocument* body = nullptr;  ///< of `query`, for positions in errors
  base::JsonValue query = {};                ///< missing: everything
  std::optional<ScanSlice> slice = {};
};

/// Every document that a query matches, without scores, at one moment: for calls that change what a query finds. Indices by name,
/// documents in their order. Holds a Snapshot of each index and eight bytes a match. One thread.
class MatchScan {
 public:
  struct Match {
    std::shared_ptr<const index::Index> index;
    index::StoredDocument document;
  };
  /// Errors: those of Catalog::resolve and of the query, kTaskCancelled.
  static base::Result<MatchScan> create(const index::Catalog& catalog, const ScanRequest& request,
                                        const base::Cancellation& cancellation);

  int64_t total() const { return static_cast<int64_t>(places_.size()); }
  /// The next ones, at most `count`; none at the end. Errors: kIo, kCorruptIndex.
  base::Result<std::vector<Match>> next(size_t count);

 private:
  struct Target {
    std::shared_ptr<const index::Index> index;
    std::shared_ptr<const index::Snapshot> snapshot;
  };
  struct Place {
    int32_t target;
    int32_t doc;
  };
  std::vector<Target> targets_;
  std::vector<Place> places_;
  std::optional<ScanSlice> slice_;
  size_t at_ = 0;
};

}  // namespace selene::search
