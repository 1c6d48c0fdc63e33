#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace selene::main {

/// A judged retrieval set in the form of the BEIR benchmark: corpus.jsonl (`_id`, `title`, `text`), queries.jsonl (`_id`, `text`),
/// qrels.tsv (query id, document id, grade; one heading line).
struct RelevanceSet {
  struct Document {
    std::string id;
    std::string text;  ///< `title. text`, or the text alone where the title is empty
  };
  struct Query {
    std::string id;
    std::string text;
  };
  using Grades = std::map<std::string, int, std::less<>>;  ///< document id -> grade

  std::vector<Document> documents;
  std::vector<Query> queries;                             ///< those with a relevant document, in the file's order
  std::map<std::string, Grades, std::less<>> judgements;  ///< by query id

  /// Errors: kIo, kParsing with file and line.
  static base::Result<RelevanceSet> load(const std::filesystem::path& folder);
};

/// nDCG@k with gains 2^grade - 1 and discounts log2(rank + 1). Source: Järvelin & Kekäläinen, 2002; Burges et al., 2005.
double ndcg(std::span<const std::string> ranking, const RelevanceSet::Grades& grades, size_t k);

/// Kendall's tau of two rankings of the same documents, none twice: (pairs in the same order - pairs in opposite order) / all
/// pairs; 1 for equal rankings, -1 for reversed ones. What stands in one of them only is left out; fewer than two documents give 1.
/// Takes time with the square of the length. Source: Kendall, 1938.
double kendall_tau(std::span<const std::string> a, std::span<const std::string> b);

}  // namespace selene::main
