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

namespace selene::search {

struct Explanation;

/// A document among the targets of one request. `shard`: index of the target (sorted as resolved); `doc`: its id there.
struct DocAddress {
  int32_t shard = 0;
  int32_t doc = 0;
  friend auto operator<=>(const DocAddress&, const DocAddress&) = default;
};

/// One document of a ranked list.
struct RankDoc {
  DocAddress address;
  float score = 0;
  int32_t rank = 0;  ///< from 1
};

/// score descending, ties by (shard, doc) ascending; ranks 1..n.
struct RankDocs {
  std::vector<RankDoc> docs;
};

enum class TotalRelation : uint8_t { kEqualTo, kGreaterThanOrEqualTo };
struct TotalHits {
  int64_t value = 0;
  TotalRelation relation = TotalRelation::kEqualTo;
};

/// Where a leaf of the retriever tree searches: the embedded index (`local`) or a cluster (`remote`). One object serves one request
/// and holds one consistent view of all targets. Implementations are thread-safe unless said otherwise.
class SearchBackend {
 public:
  virtual ~SearchBackend() = default;
  virtual int32_t num_shards() const = 0;

  struct LeafQuery {
    base::JsonValue query;                 ///< Query DSL; a missing value is match_all
    base::JsonValue knn;                   ///< body of a kNN search instead of `query`: filters act before it
    std::vector<base::JsonValue> filters;  ///< all must match
    std::optional<float> min_score;        ///< inclusive
    std::string_view name;                 ///< `_name` of the retriever; empty: none
    int32_t size = 10;
    std::string_view collapse_field;         ///< one document for each of its values; empty: all
    base::JsonValue sort;                    ///< a missing value: by score; else scores are NaN and the order is the sort's
    int32_t track_total_hits_up_to = 10000;  ///< 0: do not count; INT32_MAX: exactly
  };
  struct LeafResult {
    RankDocs top;
    std::optional<TotalHits> total;
  };
  virtual base::Result<LeafResult> search(const LeafQuery& leaf, const base::Cancellation& cancellation) = 0;
  /// The first value of `field` of each document, through the fields API (from `_source`); empty where it has none.
  virtual base::Result<std::vector<std::optional<std::string>>> first_values(std::string_view field,
                                                                             const std::vector<DocAddress>& docs) = 0;
  /// Number of documents that match any of `leaves` (with their filters), counted up to `limit`.
  virtual base::Result<TotalHits> count_union(const std::vector<LeafQuery>& leaves, int32_t limit,
                                              const base::Cancellation& cancellation) = 0;
  /// Why `doc` matches the query of `leaf` and how it scores. Errors: those of search.
  virtual base::Result<Explanation> explain(const LeafQuery& leaf, DocAddress doc) const = 0;
  /// Scores the first `window` of each shard anew as `rescore` (an entry or a list of them, known to be valid) says and leaves out
  /// the others. REQUIRES: scores that are numbers.
  virtual base::Result<RankDocs> rescore(base::JsonValue rescore, int32_t window, const RankDocs& docs) = 0;
  /// Why a document has its score after that. `first`: before it.
  virtual base::Result<Explanation> explain_rescore(base::JsonValue rescore, Explanation first, DocAddress doc) const = 0;
};

}  // namespace selene::search
