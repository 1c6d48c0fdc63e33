#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/query/query.h"

namespace selene::search {

/// Where a kNN search stands in a request: `query`, body key `knn`, or retriever. Keys and messages differ a little.
enum class KnnForm : uint8_t { kQuery, kSearch, kRetriever };

inline constexpr int32_t kMaxNumCandidates = 10000;

/// How the query vector comes about: exactly one of the three.
struct QueryVector {
  base::JsonValue values;  ///< an array or a string
  struct TextEmbedding {
    std::string model_id;  ///< empty: that of the semantic_text field
    std::string model_text;
  };
  std::optional<TextEmbedding> text_embedding;
  struct Lookup {
    std::string index;
    std::string id;
    std::string path;
  };
  std::optional<Lookup> lookup;  ///< the vector of a document
};

/// The keys of a kNN search.
struct KnnOptions {
  std::string_view field;
  QueryVector vector;
  std::optional<int32_t> k;
  std::optional<int32_t> num_candidates;
  std::optional<float> similarity;        ///< the least cosine or product, the largest distance
  std::optional<float> oversample;        ///< rescore_vector
  std::optional<float> visit_percentage;  ///< 0 to 100; 0: num_candidates decides. Of bbq_disk fields alone
  base::JsonValue inner_hits;             ///< of the body key; missing: none asked for
  std::vector<base::JsonValue> filters;
};

/// Reads one key; false if a kNN search has no such key. Filters are parsed for their errors.
base::Result<bool> read_knn_key(QueryParser& parser, base::JsonMember member, KnnForm form, KnnOptions& options);
/// What must hold of all keys together. Errors: kIllegalArgument, within a kXContentParse where Elasticsearch wraps it.
base::Status check_knn_options(const KnnOptions& options, KnnForm form);
/// `[1:9] [knn] unknown field [foo]` and perhaps a suggestion.
base::Error unknown_knn_key(const QueryParser& parser, base::JsonMember member);

}  // namespace selene::search
