#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/exec/runtime_error.h"
#include "search/exec/weight.h"

namespace selene::index {
struct IndexSettings;
}

namespace selene::search {

class FilterCache;
class KnnSearches;
class Query;
class QueryInference;
class RequestWarnings;
using QueryPtr = std::unique_ptr<Query>;

/// Reads the source of a document of any index as it is now; empty if there is none. Errors: kIndexNotFound, kIo.
using DocumentLookup = std::function<base::Result<std::optional<std::string>>(std::string_view index, std::string_view id)>;

/// What a query is bound to: one index at one moment.
struct BindContext {
  const index::Snapshot& snapshot;
  int64_t now_ms = 0;                                        ///< serves date math
  const std::vector<std::string>* default_fields = nullptr;  ///< index.query.default_field; null: ["*"]
  const std::vector<QueryPtr>* any_of = nullptr;   ///< a document must match one of these too (alias filters); null: no restriction
  RuntimeError* runtime_error = nullptr;           ///< told of what scripts and functions run into; null: nobody asks
  const DocumentLookup* lookup = nullptr;          ///< null: queries that read documents are refused
  std::string_view nested_scope = {};              ///< path of the nested object around the query; empty: root documents
  QueryInference* inference = nullptr;             ///< null: queries that embed their text are refused
  RequestWarnings* warnings = nullptr;             ///< told of deprecated spellings; null: nobody asks
  KnnSearches* knn = nullptr;                      ///< null: kNN searches see this index alone
  int32_t requested_size = 10;                     ///< hits that the search is to give: the default of `k`
  const index::IndexSettings* settings = nullptr;  ///< null: nothing is set
  FilterCache* filter_cache = nullptr;             ///< null: filters are not cached
  /// A limit such as `index.max_regex_length`.
  int64_t limit(std::string_view name, int64_t fallback) const;
  const index::Mapping& mapping() const { return snapshot.mapping(); }
};

class Query;
/// What a `nested` query with `inner_hits` asks to be shown of the objects it matched.
struct InnerHits {
  std::string_view path;         ///< of the nested mapping, or of a field below it
  const Query* query = nullptr;  ///< that the objects match
  base::JsonValue body;          ///< of `inner_hits`
};

/// A clause of the Query DSL: parsed once, bound to many snapshots. Immutable, thread-safe. Holds views of the request body, which
/// must outlive it.
class Query {
 public:
  virtual ~Query() = default;
  /// Binds to one snapshot: analyses text, expands prefixes, gathers document frequencies. `boost`: the product of the boosts of
  /// all ancestors; the query multiplies its own. Errors: what Elasticsearch raises on a shard (wrong type, bad date, no
  /// positions).
  virtual base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float boost) const = 0;
  /// Direct sub-queries.
  virtual std::vector<const Query*> children() const { return {}; }
  /// Empty unless this query asks for inner hits.
  virtual std::optional<InnerHits> inner_hits() const { return std::nullopt; }

  float boost = 1;
  std::string_view name;  ///< `_name`; empty: none
};

/// State of one parse.
struct QueryParser {
  const base::JsonDocument* document = nullptr;  ///< for line and column in errors; null: none are given
  int32_t depth = 0;                             ///< queries around the one being parsed
};

/// Parses {"<name>": {...}}. Errors: kParsing (`unknown query [foo]`, `[match] query does not support [foo]`, ...),
/// kIllegalArgument (nesting over 30, empty clause), each with `line` and `col`.
base::Result<QueryPtr> parse_query(QueryParser& parser, base::JsonValue value);

/// A query name and what reads its body.
struct QueryEntry {
  std::string_view name;
  base::Result<QueryPtr> (*parse)(QueryParser& parser, base::JsonValue body);
};

}  // namespace selene::search
