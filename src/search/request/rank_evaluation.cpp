#include "search/request/rank_evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

using DocumentKey = std::pair<std::string, std::string>;  ///< index, id

struct Metric {
  std::string name;
  int32_t k = 10;
  int32_t relevant_rating_threshold = 1;
  bool ignore_unlabeled = false;
  bool normalize = false;
  std::optional<int32_t> unknown_doc_rating;
  int32_t maximum_relevance = 0;
};

struct RatedHit {
  DocumentKey key;
  std::string json;  ///< `_index`, `_id`, `_score`
  std::optional<int32_t> rating;
};

/// One request's judgement: its score and the members of `metric_details`.
struct Judgement {
  double score = 0;
  std::string details;
};

Result<Metric> parse_metric(const base::JsonDocument* document, JsonValue value) {
  constexpr std::string_view kNames[] = {"precision", "recall", "mean_reciprocal_rank", "dcg", "expected_reciprocal_rank"};
  if (!value.is_object() || value.as_object().empty())
    return x_content_error(document, value, "[rank_eval] failed to parse field [metric]");
  const JsonMember named = *value.as_object().begin();
  if (std::find(std::begin(kNames), std::end(kNames), named.key) == std::end(kNames) || !named.value.is_object()) {
    return x_content_error(document, named.value, "[rank_eval] failed to parse field [metric]")
        .with_cause(x_content_error(document, named.value, base::format("unknown field [{}]", named.key)));
  }
  Metric metric;
  metric.name = std::string(named.key);
  for (const auto [key, option] : named.value.as_object()) {
    if (key == "k") {
      ASSIGN_OR_RETURN(metric.k, read_int(option, key));
      if (metric.k <= 0) return Error(ErrorCode::kIllegalArgument, "Number of results k must be positive.");
    } else if (key == "relevant_rating_threshold") {
      ASSIGN_OR_RETURN(metric.relevant_rating_threshold, read_int(option, key));
    } else if (key == "ignore_unlabeled") {
      ASSIGN_OR_RETURN(metric.ignore_unlabeled, read_bool(option, key));
    } else if (key == "normalize") {
      ASSIGN_OR_RETURN(metric.normalize, read_bool(option, key));
    } else if (key == "unknown_doc_rating") {
      ASSIGN_OR_RETURN(metric.unknown_doc_rating, read_int(option, key));
    } else if (key == "maximum_relevance") {
      ASSIGN_OR_RETURN(metric.maximum_relevance, read_int(option, key));
    } else {
      return x_content_error(document, option, base::format("[{}] unknown field [{}]", metric.name, key));
    }
  }
  if (metric.name == "expected_reciprocal_rank" && metric.maximum_relevance <= 0)
    return Error(ErrorCode::kIllegalArgument, "Required [maximum_relevance]");
  return metric;
}

std::string members(std::initializer_list<std::pair<std::string_view, std::string>> values) {
  std::string text;
  for (const auto& [name, json] : values) {
    if (!text.empty()) text += ",";
    text += base::quote(name) + ":" + json;
  }
  return text;
}

Judgement precision(const Metric& metric, const std::vector<RatedHit>& hits) {
  int64_t relevant = 0;
  int64_t counted = 0;
  for (const RatedHit& hit : hits) {
    if (!hit.rating && metric.ignore_unlabeled) continue;
    ++counted;
    if (hit.rating && *hit.rating >= metric.relevant_rating_threshold) ++relevant;
  }
  // Below the threshold is as irrelevant as unrated, but it was labelled.
  const double score = counted == 0 ? 0 : static_cast<double>(relevant) / static_cast<double>(counted);
  return {score, members({{"relevant_docs_retrieved", std::to_string(relevant)}, {"docs_retrieved", std::to_string(counted)}})};
}

Judgement recall(const Metric& metric, const std::vector<RatedHit>& hits, const std::map<DocumentKey, int32_t>& ratings) {
  const auto is_relevant = [&](int32_t rating) { return rating >= metric.relevant_rating_threshold; };
  const auto all = std::count_if(ratings.begin(), ratings.end(), [&](const auto& rated) { return is_relevant(rated.second); });
  const auto found =
      std::count_if(hits.begin(), hits.end(), [&](const RatedHit& hit) { return hit.rating && is_relevant(*hit.rating); });
  const double score = all == 0 ? 0 : static_cast<double>(found) / static_cast<double>(all);
  return {score, members({{"relevant_docs_retrieved", std::to_string(found)}, {"relevant_docs", std::to_string(all)}})};
}

Judgement reciprocal_rank(const Metric& metric, const std::vector<RatedHit>& hits) {
  int64_t first = -1;
  for (size_t i = 0; i < hits.size() && first < 0; ++i) {
    if (hits[i].rating && *hits[i].rating >= metric.relevant_rating_threshold) first = static_cast<int64_t>(i) + 1;
  }
  return {first < 0 ? 0 : 1.0 / static_cast<double>(first), members({{"first_relevant", std::to_string(first)}})};
}

double dcg_of(const std::vector<std::optional<int32_t>>& ratings) {
  double sum = 0;
  for (size_t i = 0; i < ratings.size(); ++i) {
    if (ratings[i]) sum += (std::pow(2.0, *ratings[i]) - 1) / std::log2(static_cast<double>(i) + 2);
  }
  return sum;
}

Judgement dcg(const Metric& metric, const std::vector<RatedHit>& hits, const std::map<DocumentKey, int32_t>& ratings) {
  std::vector<std::optional<int32_t>> found;
  int64_t unrated = 0;
  for (const RatedHit& hit : hits) {
    found.push_back(hit.rating ? hit.rating : metric.unknown_doc_rating);
    unrated += hit.rating ? 0 : 1;
  }
  const double sum = dcg_of(found);
  std::vector<std::optional<int32_t>> all;
  for (const auto& [key, rating] : ratings) all.emplace_back(rating);
  for (int64_t i = 0; i < unrated && metric.unknown_doc_rating; ++i) all.emplace_back(metric.unknown_doc_rating);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return *a > *b; });
  all.resize(std::min(all.size(), found.size()));
  const double ideal = metric.normalize ? dcg_of(all) : 0;
  if (ideal <= 0)
    return {metric.normalize ? 0 : sum, members({{"dcg", base::format_number(sum)}, {"unrated_docs", std::to_string(unrated)}})};
  return {sum / ideal, members({{"dcg", base::format_number(sum)},
                                {"ideal_dcg", base::format_number(ideal)},
                                {"normalized_dcg", base::format_number(sum / ideal)},
                                {"unrated_docs", std::to_string(unrated)}})};
}

/// Source: Chapelle et al., "Expected reciprocal rank for graded relevance", 2009.
Judgement expected_reciprocal_rank(const Metric& metric, const std::vector<RatedHit>& hits) {
  double score = 0;
  double not_yet = 1;
  int64_t unrated = 0;
  for (size_t i = 0; i < hits.size(); ++i) {
    unrated += hits[i].rating ? 0 : 1;
    const std::optional<int32_t> rating = hits[i].rating ? hits[i].rating : metric.unknown_doc_rating;
    if (!rating) continue;
    const double satisfied = (std::pow(2.0, *rating) - 1) / std::pow(2.0, metric.maximum_relevance);
    score += satisfied * not_yet / static_cast<double>(i + 1);
    not_yet *= 1 - satisfied;
  }
  return {score, members({{"unrated_docs", std::to_string(unrated)}})};
}

Judgement judge(const Metric& metric, const std::vector<RatedHit>& hits, const std::map<DocumentKey, int32_t>& ratings) {
  if (metric.name == "precision") return precision(metric, hits);
  if (metric.name == "recall") return recall(metric, hits, ratings);
  if (metric.name == "mean_reciprocal_rank") return reciprocal_rank(metric, hits);
  if (metric.name == "dcg") return dcg(metric, hits, ratings);
  return expected_reciprocal_rank(metric, hits);
}

Result<std::map<DocumentKey, int32_t>> parse_ratings(JsonValue value) {
  std::map<DocumentKey, int32_t> ratings;
  if (!value.is_array()) return ratings;
  for (const JsonValue rated : value.as_array()) {
    if (!rated["_index"].exists() || !rated["_id"].exists() || !rated["rating"].exists())
      return Error(ErrorCode::kIllegalArgument, "Required [_index, _id, rating]");
    ASSIGN_OR_RETURN(const int32_t rating, read_int(rated["rating"], "rating"));
    if (!ratings.emplace(DocumentKey{scalar_text(rated["_index"]), scalar_text(rated["_id"])}, rating).second) {
      return Error(ErrorCode::kIllegalArgument,
                   "Found duplicate rated document key [{{\"_index\":{},\"_id\":{}}}] in evaluation request",
                   base::quote(scalar_text(rated["_index"])), base::quote(scalar_text(rated["_id"])));
    }
  }
  return ratings;
}

class Evaluator {
 public:
  Evaluator(SearchService& searches, const std::string& indices, Metric metric, const base::Cancellation& cancellation)
      : searches_(searches), indices_(indices), metric_(std::move(metric)), cancellation_(cancellation) {}

  base::Status add(JsonValue request) {
    const std::string id = scalar_text(request["id"]);
    if (!request["id"].exists() || !request["request"].is_object())
      return Error(ErrorCode::kIllegalArgument, "Required [id, request]");
    ASSIGN_OR_RETURN(const auto ratings, parse_ratings(request["ratings"]));
    const std::string text = base::JsonWriter().value(request["request"]).take();
    ASSIGN_OR_RETURN(const base::JsonDocument body, base::JsonDocument::parse(text));
    const SearchCall call{indices_, {{"size", std::to_string(metric_.k)}}, &body};
    Result<std::string> answer = searches_.search(call, cancellation_);
    if (!answer.has_value()) {
      if (answer.error().code() != ErrorCode::kSearchPhaseExecution) return std::move(answer).error();
      result_.failures.emplace_back(id, std::move(answer).error());
      return {};
    }
    ASSIGN_OR_RETURN(const base::JsonDocument found, base::JsonDocument::parse(*answer));
    std::vector<RatedHit> hits;
    for (const JsonValue hit : found.root()["hits"]["hits"].as_array()) hits.push_back(rated(hit, ratings));
    write(id, judge(metric_, hits, ratings), hits);
    return {};
  }

  RankEvaluation finish() {
    base::JsonWriter score;
    score.value(num_judged_ == 0 ? std::numeric_limits<double>::quiet_NaN() : sum_ / static_cast<double>(num_judged_));
    result_.metric_score = score.take();
    result_.details = "{" + details_ + "}";
    return std::move(result_);
  }

 private:
  static RatedHit rated(JsonValue hit, const std::map<DocumentKey, int32_t>& ratings) {
    RatedHit result{{scalar_text(hit["_index"]), scalar_text(hit["_id"])}, "", std::nullopt};
    base::JsonWriter out;
    out.begin_object().field("_index", result.key.first).field("_id", result.key.second).key("_score").value(hit["_score"]);
    result.json = out.end_object().take();
    if (const auto found = ratings.find(result.key); found != ratings.end()) result.rating = found->second;
    return result;
  }

  void write(const std::string& id, const Judgement& judgement, const std::vector<RatedHit>& hits) {
    sum_ += judgement.score;
    ++num_judged_;
    base::JsonWriter out;
    out.begin_object().field("metric_score", judgement.score).key("unrated_docs").begin_array();
    for (const RatedHit& hit : hits) {
      if (!hit.rating) out.begin_object().field("_index", hit.key.first).field("_id", hit.key.second).end_object();
    }
    out.end_array().key("hits").begin_array();
    for (const RatedHit& hit : hits) {
      out.begin_object().key("hit").raw(hit.json).key("rating");
      hit.rating ? out.value(*hit.rating) : out.null();
      out.end_object();
    }
    out.end_array().key("metric_details").begin_object().key(metric_.name).raw("{" + judgement.details + "}");
    out.end_object().end_object();
    details_ += (details_.empty() ? "" : ",") + base::quote(id) + ":" + out.text();
  }

  SearchService& searches_;
  const std::string& indices_;
  Metric metric_;
  const base::Cancellation& cancellation_;
  RankEvaluation result_;
  std::string details_;
  double sum_ = 0;
  int64_t num_judged_ = 0;
};

}  // namespace

Result<RankEvaluation> evaluate_ranking(SearchService& searches, const std::string& indices, const base::JsonDocument& body,
                                        const base::Cancellation& cancellation) {
  const JsonValue root = body.root();
  std::string missing;
  for (const std::string_view key : {"requests", "metric"}) {
    if (root.is_object() && root[key].exists()) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(key);
  }
  if (!missing.empty()) return Error(ErrorCode::kIllegalArgument, "Required [{}]", missing);
  for (const auto [key, value] : root.as_object()) {
    if (key != "requests" && key != "metric" && key != "max_concurrent_searches")
      return x_content_error(&body, value, base::format("[rank_eval] unknown field [{}]", key));
  }
  ASSIGN_OR_RETURN(Metric metric, parse_metric(&body, root["metric"]));
  if (!root["requests"].is_array()) return x_content_error(&body, root["requests"], "[rank_eval] failed to parse field [requests]");
  Evaluator evaluator(searches, indices, std::move(metric), cancellation);
  for (const JsonValue request : root["requests"].as_array()) {
    if (!request.is_object()) return x_content_error(&body, request, "[rank_eval] failed to parse field [requests]");
    RETURN_IF_ERROR(evaluator.add(request));
  }
  return evaluator.finish();
}

}  // namespace selene::search
