#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "ingest/document_service.h"
#include "ingest/scripts/script.h"
#include "search/request/match_scan.h"
#include "search/request/search_service.h"

namespace selene::ingest {

enum class ByQueryKind : uint8_t { kUpdate, kDelete, kReindex };

/// Where a reindex writes.
struct ReindexTarget {
  std::string index;
  bool create_only = false;       ///< op_type: create
  bool external_version = false;  ///< version_type external*: keeps the versions of the source
  bool external_gte = false;
  std::string pipeline;
  /// `keep` (empty), `discard`, or a fixed routing.
  enum class Routing : uint8_t { kKeep, kDiscard, kFixed } routing = Routing::kKeep;
  std::string fixed_routing;
};

/// `_update_by_query`, `_delete_by_query` or `_reindex` as asked. Owns the body that `query` views.
struct ByQueryRequest {
  ByQueryKind kind = ByQueryKind::kUpdate;
  std::string indices;
  index::IndicesOptions options;
  base::JsonDocument body;
  base::JsonValue query;
  std::optional<search::ScanSlice> slice;
  std::shared_ptr<const Script> script;
  search::SourceFilter source_filter;  ///< reindex only
  ReindexTarget target;                ///< reindex only
  std::string pipeline;                ///< update only
  std::string routing;                 ///< delete and update: only documents of that routing; empty: all
  bool proceed_on_conflict = false;
  int64_t max_docs = -1;  ///< -1: all
  int32_t batch_size = 1000;
  float requests_per_second = -1;  ///< -1: as fast as it goes
  bool refresh = false;
  std::shared_ptr<const WriteWait> wait;  ///< null: what the target says

  /// The body of `_update_by_query` and `_delete_by_query`: {query, script, conflicts, max_docs, slice}. An empty text: everything
  /// (kDelete: refused). Errors: kParsing, kIllegalArgument, kActionRequestValidation, those of Script::compile.
  static base::Result<std::unique_ptr<ByQueryRequest>> parse(ByQueryKind kind, std::string_view text);
  /// The body of `_reindex`: {source, dest, script, conflicts, max_docs}.
  static base::Result<std::unique_ptr<ByQueryRequest>> parse_reindex(std::string_view text);

  std::string text;  ///< what `body` was parsed from
};

}  // namespace selene::ingest
