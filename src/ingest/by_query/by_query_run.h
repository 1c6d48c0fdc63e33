#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "ingest/by_query/by_query_request.h"
#include "ingest/document_service.h"

namespace selene::ingest {

/// How far a run is. Written by the run, read by anyone.
struct ByQueryProgress {
  std::atomic<int64_t> total{0};
  std::atomic<int64_t> updated{0};
  std::atomic<int64_t> created{0};
  std::atomic<int64_t> deleted{0};
  std::atomic<int64_t> batches{0};
  std::atomic<int64_t> version_conflicts{0};
  std::atomic<int64_t> noops{0};
  std::atomic<int64_t> throttled_ms{0};
  std::atomic<float> requests_per_second{-1};  ///< -1: as fast as it goes; may be changed by anyone
};

/// One document that could not be written.
struct ByQueryFailure {
  std::string index;
  std::string id;
  base::Error error;
};

struct ByQueryResult {
  std::vector<ByQueryFailure> failures;  ///< not empty: the run ended there
  bool cancelled = false;
};

/// Finds what the query matches at one moment and writes batch after batch through `documents`. A document that changed since is a
/// version conflict: counted, and the end of the run unless conflicts proceed. Errors: those of MatchScan, of the script, of a
/// refresh.
base::Result<ByQueryResult> run_by_query(const index::Catalog& catalog, DocumentService& documents, const ByQueryRequest& request,
                                         const base::Cancellation& cancellation, ByQueryProgress& progress);

}  // namespace selene::ingest
