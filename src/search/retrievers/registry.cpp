#include <algorithm>
#include <iterator>

#include "base/format.h"
#include "base/levenshtein.h"
#include "search/query/parse_support.h"
#include "search/retrievers/diversify_retriever.h"
#include "search/retrievers/knn_retriever.h"
#include "search/retrievers/linear_retriever.h"
#include "search/retrievers/pinned_retriever.h"
#include "search/retrievers/rescorer_retriever.h"
#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"
#include "search/retrievers/rrf_retriever.h"
#include "search/retrievers/rule_retriever.h"
#include "search/retrievers/standard_retriever.h"
#include "search/retrievers/text_similarity_reranker.h"

namespace selene::search {
namespace {

constexpr int32_t kMaxDepth = 16;

struct RetrieverEntry {
  std::string_view type;
  base::Result<std::unique_ptr<Retriever>> (*parse)(const base::JsonDocument& document, base::JsonValue body, int32_t depth);
};

/// All retrievers, sorted.
constexpr RetrieverEntry kRetrievers[] = {
    {"diversify", &DiversifyRetriever::parse},
    {"knn", &KnnRetriever::parse},
    {"linear", &LinearRetriever::parse},
    {"pinned", &PinnedRetriever::parse},
    {"rescorer", &RescorerRetriever::parse},
    {"rrf", &RrfRetriever::parse},
    {"rule", &RuleRetriever::parse},
    {"standard", &StandardRetriever::parse},
    {"text_similarity_reranker", &TextSimilarityReranker::parse},
};

}  // namespace

base::Result<std::unique_ptr<Retriever>> parse_retriever(const base::JsonDocument& document, base::JsonValue value, int32_t depth) {
  const QueryParser parser{&document, 0};
  if (!value.is_object()) return parsing_error(parser, value, "retriever malformed, must start with [START_OBJECT]");
  const base::JsonObject object = value.as_object();
  if (object.empty()) return parsing_error(parser, value, "retriever malformed, empty clause found");
  const base::JsonMember member = *object.begin();
  if (!member.value.is_object()) {
    return parsing_error(parser, member.value,
                         base::format("[{}] retriever malformed, no [START_OBJECT] after retriever name", member.key));
  }
  if (depth > kMaxDepth) {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "The nested depth of the [retriever] exceeds the maximum nested depth of [{}] for retrievers", kMaxDepth);
  }
  const auto* const entry =
      std::find_if(std::begin(kRetrievers), std::end(kRetrievers), [&](const RetrieverEntry& e) { return e.type == member.key; });
  if (entry == std::end(kRetrievers)) {
    std::vector<std::string_view> names;
    for (const RetrieverEntry& known : kRetrievers) names.push_back(known.type);
    return parsing_error(parser, member.value,
                         base::format("unknown retriever [{}]{}", member.key, base::did_you_mean(member.key, names)));
  }
  ASSIGN_OR_RETURN(auto retriever, entry->parse(document, member.value, depth));
  if (auto second = ++object.begin(); second != object.end()) {
    return parsing_error(parser, (*second).value,
                         base::format("[{}] malformed retriever, expected [END_OBJECT] but found [FIELD_NAME]", member.key));
  }
  return retriever;
}

}  // namespace selene::search
