#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "index/segments/snapshot.h"
#include "inference/endpoints/inference_service.h"
#include "search/backends/search_backend.h"
#include "search/exec/weight.h"
#include "search/query/query.h"
#include "search/query/request_warnings.h"
#include "search/rerank/passage.h"

namespace selene::base {
class ThreadPool;
}

namespace selene::search {

class RetrieverTrace;

/// What a node needs while it runs. Nodes of one tree run at the same time: what it refers to is thread-safe.
struct RetrieveContext {
  SearchBackend& backend;
  inference::InferenceService& inference;
  const base::Cancellation& cancellation;
  int32_t rank_window_size = 10;                ///< how many the parent wants
  std::vector<base::JsonValue> pushed_filters;  ///< filters of all ancestors: act before retrieval
  RequestWarnings* warnings = nullptr;          ///< gets what the caller should be told of an answer that is not all it could be
  PassageCollector* passages = nullptr;         ///< gets what re-rankers scored; null: nobody shows it
  base::ThreadPool* threads = nullptr;          ///< that children may run on; null: one after the other
  RetrieverTrace* trace = nullptr;              ///< gets what children found, for `explain`; null: nobody asks
  std::chrono::milliseconds rerank_timeout{30000};  ///< of each call of a re-ranker

  /// The same for the children of a node with this window and these filters of its own.
  RetrieveContext below(int32_t window, const std::vector<base::JsonValue>& filters) const {
    RetrieveContext context = *this;
    context.rank_window_size = window;
    context.pushed_filters.insert(context.pushed_filters.end(), filters.begin(), filters.end());
    return context;
  }
};

/// What an explanation is made of.
struct ExplainContext {
  const SearchBackend& backend;
  const RetrieverTrace& trace;
  std::vector<base::JsonValue> pushed_filters;  ///< of all ancestors
};

/// One index of the request, as far as a tree depends on it.
struct ResolveTarget {
  const index::Snapshot* snapshot = nullptr;
  const std::vector<std::string>* default_fields = nullptr;  ///< index.query.default_field
};

/// What a tree is resolved against; outlives the call.
struct ResolveContext {
  std::vector<ResolveTarget> targets;
  const DocumentLookup* lookup = nullptr;  ///< finds rulesets; null: there is none
};

/// What must hold between a request and its tree; collects the messages of one `action_request_validation_exception`.
struct RetrieverValidation {
  int32_t size = 10;   ///< of the page; the default if none was given
  bool is_top = true;  ///< the root of the tree: compared with `size`
  bool has_scroll = false;
  bool has_remote_indices = false;  ///< the request names `cluster:index`
  std::vector<std::string> problems;
  std::string remote_problem;  ///< what the tree cannot do there; said when nothing else is wrong
};

/// A node of the retriever tree. A leaf searches; a compound combines with a pure function of `rerank/`, so fusion and rescoring
/// are tested on literal lists. Immutable after resolve, thread-safe; holds JsonValues of the request body, which must outlive it.
class Retriever {
 public:
  virtual ~Retriever() = default;
  /// "standard", "text_similarity_reranker", ...
  virtual std::string_view type() const = 0;
  virtual bool is_compound() const = 0;
  /// `_name`; empty: none.
  virtual std::string_view name() const { return {}; }
  /// How many documents a compound asks of its children; 0 for a leaf.
  virtual int32_t rank_window_size() const { return 0; }
  /// Appends what is wrong with this node and those below it.
  virtual void validate(RetrieverValidation& /*validation*/) const {}
  /// Finds what depends on the indices and on what the node keeps: sub-retrievers of the simplified forms, rulesets. Called once,
  /// before prepare; the node is immutable afterwards.
  virtual base::Status resolve(const ResolveContext& /*context*/) { return {}; }
  /// What must hold before anything is searched: unknown endpoints fail even when nothing would match.
  virtual base::Status prepare(RetrieveContext& context) const = 0;
  /// At most context.rank_window_size docs; score descending, ties by (shard, doc) ascending; ranks 1..n; min_score applied.
  virtual base::Result<RankDocs> retrieve(RetrieveContext& context) const = 0;
  /// `min_score` of this node; for a compound it decides what hits.total counts.
  virtual std::optional<float> min_score() const = 0;
  /// Appends the leaf queries of the tree with all filters that act on them: hits.total counts their union.
  virtual void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                              std::vector<SearchBackend::LeafQuery>& leaves) const = 0;
  /// Why `doc` stands in what `retrieve` gave. By default that of its leaf queries, as a sum if they are several.
  virtual base::Result<Explanation> explain(const ExplainContext& context, DocAddress doc) const;
};

/// Parses {"<type>": {...}}. `depth` from 1. Errors: kParsing (`unknown retriever [foo]`), kXContentParse (`[1:9] [rrf] unknown
/// field [foo]`), kActionRequestValidation, kIllegalArgument (depth over 16).
base::Result<std::unique_ptr<Retriever>> parse_retriever(const base::JsonDocument& document, base::JsonValue value, int32_t depth);

}  // namespace selene::search
