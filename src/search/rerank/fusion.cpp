#include "search/rerank/fusion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "search/rerank/text_similarity.h"

namespace selene::search {
namespace {

constexpr float kMinSpread = 1e-6F;

constexpr std::pair<std::string_view, ScoreNormalizer> kNormalizers[] = {
    {"none", ScoreNormalizer::kNone}, {"minmax", ScoreNormalizer::kMinMax}, {"l2_norm", ScoreNormalizer::kL2Norm}};

RankDocs ranked(const std::map<DocAddress, float>& scores, int32_t rank_window_size) {
  RankDocs fused;
  fused.docs.reserve(scores.size());
  for (const auto& [address, score] : scores) fused.docs.push_back({address, score, 0});
  order_rank_docs(fused, rank_window_size);
  return fused;
}

void scale_min_max(std::vector<float>& scores) {
  float least = std::numeric_limits<float>::infinity();
  float most = -least;
  for (const float score : scores) {
    if (std::isnan(score)) continue;
    least = std::min(least, score);
    most = std::max(most, score);
  }
  const bool all_equal = !(most - least >= kMinSpread);
  for (float& score : scores) {
    if (!std::isnan(score)) score = all_equal ? 1.0F : (score - least) / (most - least);
  }
}

void scale_l2(std::vector<float>& scores) {
  double squares = 0;
  for (const float score : scores) {
    if (!std::isnan(score)) squares += double{score} * double{score};
  }
  const auto length = static_cast<float>(std::sqrt(squares));
  if (length < kMinSpread) return;
  for (float& score : scores) score /= length;
}

}  // namespace

float rrf_share(float weight, int32_t rank, int32_t rank_constant) {
  return weight * (1.0F / (static_cast<float>(rank_constant) + static_cast<float>(rank)));
}

RankDocs combine_rrf(std::span<const RankDocs> lists, std::span<const float> weights, int32_t rank_constant,
                     int32_t rank_window_size) {
  std::map<DocAddress, float> scores;
  for (size_t i = 0; i < lists.size(); ++i) {
    for (const RankDoc& doc : lists[i].docs) scores[doc.address] += rrf_share(weights[i], doc.rank, rank_constant);
  }
  return ranked(scores, rank_window_size);
}

std::optional<ScoreNormalizer> parse_score_normalizer(std::string_view name) {
  for (const auto& [known, normalizer] : kNormalizers) {
    if (known == name) return normalizer;
  }
  return std::nullopt;
}

std::string_view score_normalizer_name(ScoreNormalizer normalizer) { return kNormalizers[static_cast<size_t>(normalizer)].first; }

std::vector<float> normalized_scores(const RankDocs& list, ScoreNormalizer normalizer) {
  std::vector<float> scores;
  scores.reserve(list.docs.size());
  for (const RankDoc& doc : list.docs) scores.push_back(doc.score);
  if (normalizer == ScoreNormalizer::kMinMax) scale_min_max(scores);
  if (normalizer == ScoreNormalizer::kL2Norm) scale_l2(scores);
  return scores;
}

RankDocs combine_linear(std::span<const RankDocs> lists, std::span<const LinearPart> parts, int32_t rank_window_size) {
  std::map<DocAddress, float> scores;
  for (size_t i = 0; i < lists.size(); ++i) {
    const std::vector<float> normalized = normalized_scores(lists[i], parts[i].normalizer);
    for (size_t j = 0; j < normalized.size(); ++j) {
      float& score = scores[lists[i].docs[j].address];
      if (!std::isnan(normalized[j])) score += parts[i].weight * normalized[j];
    }
  }
  return ranked(scores, rank_window_size);
}

}  // namespace selene::search
