#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "inference/endpoints/inference_service.h"
#include "search/backends/search_backend.h"
#include "search/rerank/passage.h"

namespace selene::search {

/// What a tree needs while it runs. One per request.
struct RetrieveContext {
  SearchBackend& backend;
  inference::InferenceService& inference;
  const base::Cancellation& cancellation;
  int32_t rank_window_size = 10;                 ///< how many the parent wants
  std::vector<base::JsonValue> pushed_filters;   ///< filters of all ancestors: act before retrieval
  std::vector<std::string>* warnings = nullptr;  ///< gets what the caller should be told of an answer that is not all it could be
  PassageCollector* passages = nullptr;          ///< gets what re-rankers scored; null: nobody shows it

  /// The same for the children of a node with this window and these filters of its own.
  RetrieveContext below(int32_t window, const std::vector<base::JsonValue>& filters) const {
    RetrieveContext context = *this;
    context.rank_window_size = window;
    context.pushed_filters.insert(context.pushed_filters.end(), filters.begin(), filters.end());
    return context;
  }
};

/// What must hold between a request and its tree; collects the messages of one `action_request_validation_exception`.
struct RetrieverValidation {
  int32_t size = 10;   ///< of the page; the default if none was given
  bool is_top = true;  ///< the root of the tree: compared with `size`
  bool has_scroll = false;
  std::vector<std::string> problems;
};

/// A node of the retriever tree. A leaf searches; a compound combines with a pure function of `rerank/`, so fusion and rescoring
/// are tested on literal lists. Immutable after parse, thread-safe; holds JsonValues of the request body, which must outlive it.
class Retriever {
 public:
  virtual ~Retriever() = default;
  /// "standard", "text_similarity_reranker", ...
  virtual std::string_view type() const = 0;
  virtual bool is_compound() const = 0;
  /// How many documents a compound asks of its children; 0 for a leaf.
  virtual int32_t rank_window_size() const { return 0; }
  /// Appends what is wrong with this node and those below it.
  virtual void validate(RetrieverValidation& /*validation*/) const {}
  /// What must hold before anything is searched: unknown endpoints fail even when nothing would match.
  virtual base::Status prepare(RetrieveContext& context) const = 0;
  /// At most context.rank_window_size docs; score descending, ties by (shard, doc) ascending; ranks 1..n; min_score applied.
  virtual base::Result<RankDocs> retrieve(RetrieveContext& context) const = 0;
  /// `min_score` of this node; for a compound it decides what hits.total counts.
  virtual std::optional<float> min_score() const = 0;
  /// Appends the leaf queries of the tree with all filters that act on them: hits.total counts their union.
  virtual void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                              std::vector<SearchBackend::LeafQuery>& leaves) const = 0;
};

/// Parses {"<type>": {...}}. `depth` from 1. Errors: kParsing (`unknown retriever [foo]`), kXContentParse (`[1:9] [rrf] unknown
/// field [foo]`), kActionRequestValidation, kIllegalArgument (depth over 16).
base::Result<std::unique_ptr<Retriever>> parse_retriever(const base::JsonDocument& document, base::JsonValue value, int32_t depth);

}  // namespace selene::search
