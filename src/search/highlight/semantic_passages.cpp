#include "search/highlight/semantic_passages.h"

#include <algorithm>

namespace selene::search {

std::vector<std::string> semantic_passages(const std::vector<RerankedPassages>& reranked, DocAddress document,
                                           std::string_view field, const PassageOptions& options) {
  std::vector<const Passage*> best;  // best first
  for (auto outer = reranked.rbegin(); outer != reranked.rend() && best.empty(); ++outer) {
    const auto found = outer->passages.find(document);
    if (found == outer->passages.end()) continue;
    for (const Passage& passage : found->second) {
      if (passage.field == field) best.push_back(&passage);
    }
  }
  const auto limit = static_cast<size_t>(std::max(options.number_of_fragments, 0));
  if (limit > 0 && best.size() > limit) best.resize(limit);
  if (options.order == PassageOptions::Order::kText) {
    std::stable_sort(best.begin(), best.end(),
                     [](const Passage* a, const Passage* b) { return a->start_offset < b->start_offset; });
  }
  std::vector<std::string> texts;
  for (const Passage* passage : best) texts.push_back(passage->text);
  return texts;
}

bool is_reranked(const std::vector<RerankedPassages>& reranked, std::string_view field) {
  return std::any_of(reranked.begin(), reranked.end(), [&](const RerankedPassages& by) {
    return std::find(by.fields.begin(), by.fields.end(), field) != by.fields.end();
  });
}

}  // namespace selene::search
