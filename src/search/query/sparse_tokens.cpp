#include "search/query/sparse_tokens.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/json/json_writer.h"
#include "search/exec/sparse_vector_weight.h"
#include "search/query/clause_limit.h"
#include "search/query/parse_support.h"
#include "search/query/query_inference.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// How often tokens of a field are in its documents.
struct TokenFrequencies {
  int64_t doc_count = 0;
  float average_ratio = 0;  ///< mean over the tokens of documents with it / documents; 0 for an empty field
};

/// The number of tokens is that of the segment with most, as Elasticsearch takes it.
TokenFrequencies token_frequencies(const index::Snapshot& snapshot, std::string_view field) {
  const FieldStatistics sums = field_statistics(snapshot, field);
  int64_t num_tokens = 0;
  for (const index::SegmentView& segment : snapshot.segments()) {
    const index::FieldTerms* const terms = segment.reader->terms(field);
    if (terms != nullptr) num_tokens = std::max(num_tokens, terms->num_terms());
  }
  if (num_tokens == 0 || sums.doc_count == 0) return {};
  const float per_document = static_cast<float>(sums.sum_doc_freq) / static_cast<float>(sums.doc_count);
  return {sums.doc_count, per_document / static_cast<float>(num_tokens)};
}

bool is_worth_scoring(const SparseToken& token, const TokenFrequencies& frequencies, float best_weight,
                      const index::TokenPruningConfig& config) {
  if (token.statistics.doc_freq == 0) return false;
  const float ratio = static_cast<float>(token.statistics.doc_freq) / static_cast<float>(frequencies.doc_count);
  return ratio < config.tokens_freq_ratio_threshold * frequencies.average_ratio ||
         token.weight > config.tokens_weight_threshold * best_weight;
}

void prune(const index::Snapshot& snapshot, std::string_view field, const index::TokenPruningConfig& config,
           std::vector<SparseToken>& tokens) {
  const TokenFrequencies frequencies = token_frequencies(snapshot, field);
  float best = 0;
  for (const SparseToken& token : tokens) best = std::max(best, token.weight);
  std::erase_if(tokens, [&](const SparseToken& token) {
    return is_worth_scoring(token, frequencies, best, config) == config.only_score_pruned_tokens;
  });
}

}  // namespace

Result<std::vector<WeightedToken>> read_weighted_tokens(base::JsonValue value, std::string_view what) {
  if (!value.is_object()) return Error(ErrorCode::kIllegalArgument, "[{}] must be an object that maps tokens to weights", what);
  std::vector<WeightedToken> tokens;
  std::unordered_map<std::string_view, size_t> places;
  for (const base::JsonMember member : value.as_object()) {
    ASSIGN_OR_RETURN(const float weight, read_float(member.value, what));
    const auto [place, fresh] = places.emplace(member.key, tokens.size());
    if (fresh) {
      tokens.push_back({std::string(member.key), weight});
    } else {
      tokens[place->second].weight = weight;
    }
  }
  return tokens;
}

Result<std::vector<WeightedToken>> embedded_tokens(const BindContext& context, std::string_view inference_id,
                                                   std::string_view text) {
  if (context.inference == nullptr)
    return Error(ErrorCode::kIllegalArgument, "queries that embed their text are not supported here: send the tokens");
  ASSIGN_OR_RETURN(const auto embedded, context.inference->sparse_embedding(inference_id, text));
  std::vector<WeightedToken> tokens;
  tokens.reserve(embedded.size());
  for (const inference::TokenWeight& token : embedded) tokens.push_back({token.token, token.weight});
  return tokens;
}

Result<WeightPtr> sparse_weight(const BindContext& context, const index::MappedField& field,
                                const std::vector<WeightedToken>& tokens, const index::TokenPruningConfig* pruning, ScoreMode mode,
                                float boost) {
  if (tokens.size() > kMaxClauses) return too_many_clauses();
  std::vector<SparseToken> bound;
  bound.reserve(tokens.size());
  for (const WeightedToken& token : tokens) {
    if (!std::isfinite(token.weight) || token.weight < 0) {
      std::string number = base::format_number(token.weight);
      std::erase(number, '"');  // of NaN and Infinity
      return Error(ErrorCode::kIllegalArgument, "boost must be a positive float, got {}", number);
    }
    bound.push_back({token.token, token.weight, term_statistics(context.snapshot, field.name, token.token)});
  }
  if (pruning != nullptr) prune(context.snapshot, field.name, *pruning, bound);
  std::erase_if(bound, [](const SparseToken& token) { return token.statistics.doc_freq == 0; });
  if (bound.empty()) return std::make_unique<MatchNoneWeight>();
  for (SparseToken& token : bound) token.weight *= boost;
  return std::make_unique<SparseVectorWeight>(field.name, std::move(bound), mode);
}

}  // namespace selene::search
