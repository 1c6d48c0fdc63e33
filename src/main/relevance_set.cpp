#include "main/relevance_set.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "base/json/json_document.h"

namespace selene::main {

using base::Error;
using base::ErrorCode;

namespace {

/// Calls `use` with every line that is not blank and its number.
base::Status for_each_line(const std::filesystem::path& path,
                           const std::function<base::Status(const std::string& line, int64_t number)>& use) {
  std::ifstream file(path);
  if (!file) return Error(ErrorCode::kIo, "cannot read [{}]", path.string());
  std::string line;
  for (int64_t number = 1; std::getline(file, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    RETURN_IF_ERROR(use(line, number));
  }
  return {};
}

base::Result<std::string> member(base::JsonValue object, std::string_view key, const std::filesystem::path& path, int64_t line) {
  const base::JsonValue value = object[key];
  if (value.is_string()) return std::string(value.as_string());
  return Error(ErrorCode::kParsing, "[{}:{}] a line must be an object with a string [{}]", path.string(), line, key);
}

base::Status load_documents(const std::filesystem::path& path, std::vector<RelevanceSet::Document>& out) {
  base::JsonDocument json;
  return for_each_line(path, [&](const std::string& line, int64_t number) -> base::Status {
    RETURN_IF_ERROR(json.reparse(line));
    RelevanceSet::Document document;
    ASSIGN_OR_RETURN(document.id, member(json.root(), "_id", path, number));
    ASSIGN_OR_RETURN(document.text, member(json.root(), "text", path, number));
    const base::JsonValue title = json.root()["title"];
    if (title.is_string() && !title.as_string().empty()) document.text = std::string(title.as_string()) + ". " + document.text;
    out.push_back(std::move(document));
    return {};
  });
}

base::Status load_queries(const std::filesystem::path& path, std::vector<RelevanceSet::Query>& out) {
  base::JsonDocument json;
  return for_each_line(path, [&](const std::string& line, int64_t number) -> base::Status {
    RETURN_IF_ERROR(json.reparse(line));
    RelevanceSet::Query query;
    ASSIGN_OR_RETURN(query.id, member(json.root(), "_id", path, number));
    ASSIGN_OR_RETURN(query.text, member(json.root(), "text", path, number));
    out.push_back(std::move(query));
    return {};
  });
}

base::Status load_judgements(const std::filesystem::path& path, std::map<std::string, RelevanceSet::Grades, std::less<>>& out) {
  return for_each_line(path, [&](const std::string& line, int64_t number) -> base::Status {
    if (number == 1) return {};  // heading
    const size_t first = line.find('\t');
    const size_t second = first == std::string::npos ? first : line.find('\t', first + 1);
    int grade = 0;
    const bool whole = second != std::string::npos &&
                       std::from_chars(line.data() + second + 1, line.data() + line.size(), grade).ptr == line.data() + line.size();
    if (!whole)
      return Error(ErrorCode::kParsing, "[{}:{}] query id, document id and grade are expected, with tabs between", path.string(),
                   number);
    out[line.substr(0, first)][line.substr(first + 1, second - first - 1)] = grade;
    return {};
  });
}

}  // namespace

base::Result<RelevanceSet> RelevanceSet::load(const std::filesystem::path& folder) {
  RelevanceSet set;
  RETURN_IF_ERROR(load_documents(folder / "corpus.jsonl", set.documents));
  RETURN_IF_ERROR(load_queries(folder / "queries.jsonl", set.queries));
  RETURN_IF_ERROR(load_judgements(folder / "qrels.tsv", set.judgements));
  std::erase_if(set.queries, [&](const Query& query) {
    const auto it = set.judgements.find(query.id);
    return it == set.judgements.end() ||
           std::none_of(it->second.begin(), it->second.end(), [](const auto& entry) { return entry.second > 0; });
  });
  return set;
}

double ndcg(std::span<const std::string> ranking, const RelevanceSet::Grades& grades, size_t k) {
  const auto gain = [](int grade, size_t rank) {
    return (std::pow(2.0, grade) - 1.0) / std::log2(static_cast<double>(rank) + 2.0);
  };
  double dcg = 0;
  for (size_t rank = 0; rank < std::min(k, ranking.size()); ++rank) {
    const auto it = grades.find(ranking[rank]);
    if (it != grades.end() && it->second > 0) dcg += gain(it->second, rank);
  }
  std::vector<int> best;
  for (const auto& [id, grade] : grades) {
    if (grade > 0) best.push_back(grade);
  }
  std::sort(best.rbegin(), best.rend());
  double ideal = 0;
  for (size_t rank = 0; rank < std::min(k, best.size()); ++rank) ideal += gain(best[rank], rank);
  return ideal == 0 ? 0 : dcg / ideal;
}

double kendall_tau(std::span<const std::string> a, std::span<const std::string> b) {
  std::unordered_map<std::string_view, size_t> places;
  for (size_t rank = 0; rank < b.size(); ++rank) places.emplace(b[rank], rank);
  std::vector<size_t> order;  // of the documents of `a` in `b`
  for (const std::string& id : a) {
    const auto it = places.find(id);
    if (it != places.end()) order.push_back(it->second);
  }
  int64_t same = 0;
  int64_t opposite = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    for (size_t j = i + 1; j < order.size(); ++j) ++(order[i] < order[j] ? same : opposite);
  }
  return same + opposite == 0 ? 1.0 : static_cast<double>(same - opposite) / static_cast<double>(same + opposite);
}

}  // namespace selene::main
