#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "inference/endpoints/inference_service.h"

namespace selene::search {

/// A search as it came: path, URL parameters (decoded; already known to be allowed), body.
struct SearchCall {
  std::string indices;  ///< the path part; empty: all
  std::vector<std::pair<std::string, std::string>> parameters;
  const base::JsonDocument* body = nullptr;  ///< null: no body
};

/// Runs searches over the embedded index: parse, one Snapshot per index, query or retriever tree, page, fetch, JSON. Thread-safe.
class SearchService {
 public:
  SearchService(index::Catalog& catalog, inference::InferenceService& inference);
  ~SearchService();

  /// The whole answer of `_search` as JSON text.
  base::Result<std::string> search(const SearchCall& call, const base::Cancellation& cancellation);
  /// The whole answer of `_count`.
  base::Result<std::string> count(const SearchCall& call, const base::Cancellation& cancellation);

 private:
  index::Catalog& catalog_;
  inference::InferenceService& inference_;
};

/// `_source` filtering of one document, also used by GET _doc, _mget and _update: includes/excludes are wildcard paths; both empty:
/// as it is.
struct SourceFilter {
  bool enabled = true;
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
  bool keeps_all() const { return enabled && includes.empty() && excludes.empty(); }
  /// From `_source` (body value or missing) and the URL parameters `_source`, `_source_includes`, `_source_excludes` (the URL
  /// wins).
  static base::Result<SourceFilter> parse(base::JsonValue body_value,
                                          const std::vector<std::pair<std::string, std::string>>& parameters);
};
/// The filtered JSON object text. REQUIRES: valid JSON.
base::Result<std::string> filter_source(std::string_view source, const SourceFilter& filter);

}  // namespace selene::search
