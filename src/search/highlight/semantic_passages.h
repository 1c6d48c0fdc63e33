#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/highlight/passages.h"
#include "search/rerank/passage.h"

namespace selene::search {

/// `highlight` of type `semantic`: the texts of the document's best `number_of_fragments` passages of `field` (0: all) by the
/// outermost re-ranker that scored any, whole and without tags; in the order of the text, or by score.
std::vector<std::string> semantic_passages(const std::vector<RerankedPassages>& reranked, DocAddress document,
                                           std::string_view field, const PassageOptions& options);

/// Whether a re-ranker of the request reads the field.
bool is_reranked(const std::vector<RerankedPassages>& reranked, std::string_view field);

}  // namespace selene::search
