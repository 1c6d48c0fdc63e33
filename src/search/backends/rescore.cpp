#include "search/backends/rescore.h"

#include <algorithm>

#include "base/format.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

namespace {

bool by_score(const ScoredDoc& a, const ScoredDoc& b) { return a.score != b.score ? a.score > b.score : a.doc < b.doc; }

Result<Rescore::ScoreMode> parse_score_mode(std::string_view text) {
  constexpr std::pair<std::string_view, Rescore::ScoreMode> kModes[] = {{"total", Rescore::ScoreMode::kTotal},
                                                                        {"multiply", Rescore::ScoreMode::kMultiply},
                                                                        {"avg", Rescore::ScoreMode::kAvg},
                                                                        {"max", Rescore::ScoreMode::kMax},
                                                                        {"min", Rescore::ScoreMode::kMin}};
  for (const auto& [name, mode] : kModes) {
    if (name == text) return mode;
  }
  return Error(ErrorCode::kIllegalArgument, "illegal score_mode [{}]", text);
}

base::Status read_query_rescorer(const base::JsonDocument* document, JsonValue body, Rescore& rescore) {
  for (const auto [key, value] : body.as_object()) {
    if (key == "rescore_query") {
      QueryParser parser{document, 0};
      ASSIGN_OR_RETURN(rescore.query, parse_query(parser, value));
    } else if (key == "query_weight") {
      ASSIGN_OR_RETURN(rescore.query_weight, read_float(value, key));
    } else if (key == "rescore_query_weight") {
      ASSIGN_OR_RETURN(rescore.rescore_query_weight, read_float(value, key));
    } else if (key == "score_mode") {
      Result<Rescore::ScoreMode> mode = parse_score_mode(scalar_text(value));
      if (!mode.has_value()) {
        return x_content_error(document, value, "[query] failed to parse field [score_mode]").with_cause(std::move(mode).error());
      }
      rescore.score_mode = *mode;
    } else {
      return x_content_error(document, value, base::format("[query] unknown field [{}]", key));
    }
  }
  if (rescore.query == nullptr) return Error(ErrorCode::kIllegalArgument, "rescore_query cannot be null");
  return {};
}

Result<Rescore> parse_one(const base::JsonDocument* document, JsonValue value) {
  const QueryParser at{document, 0};
  if (!value.is_object()) return parsing_error(at, value, base::format("unexpected token [{}] after [rescore]", token_name(value)));
  Rescore rescore;
  for (const auto [key, member] : value.as_object()) {
    if (key == "window_size") {
      ASSIGN_OR_RETURN(rescore.window_size, read_int(member, key));
    } else if (key == "query" && member.is_object()) {
      RETURN_IF_ERROR(read_query_rescorer(document, member, rescore));
    } else if (member.is_object()) {
      return x_content_error(document, member, base::format("unknown field [{}]", key));
    } else {
      return parsing_error(at, member, base::format("rescore doesn't support [{}]", key));
    }
  }
  if (rescore.query == nullptr) return parsing_error(at, value, "missing rescore type");
  return rescore;
}

}  // namespace

base::Status check_rescore_window(const Rescore& rescore, const BindContext& context) {
  const int64_t limit = context.limit("index.max_rescore_window", context.limit("index.max_result_window", 10000));
  if (rescore.window_size <= limit) return {};
  return Error(
      ErrorCode::kIllegalArgument,
      "Rescore window [{}] is too large. It must be less than [{}]. This prevents allocating massive heaps for storing the "
      "results to be rescored. This limit can be set by changing the [index.max_rescore_window] index level setting.",
      rescore.window_size, limit);
}

float Rescore::combine(float first, float second) const {
  switch (score_mode) {
    case ScoreMode::kMultiply: return first * second;
    case ScoreMode::kAvg: return (first + second) / 2;
    case ScoreMode::kMax: return std::max(first, second);
    case ScoreMode::kMin: return std::min(first, second);
    default: return first + second;
  }
}

Result<std::vector<Rescore>> parse_rescore(const base::JsonDocument* document, JsonValue value) {
  std::vector<Rescore> rescores;
  if (!value.is_array()) {
    ASSIGN_OR_RETURN(Rescore rescore, parse_one(document, value));
    rescores.push_back(std::move(rescore));
    return rescores;
  }
  for (const JsonValue entry : value.as_array()) {
    ASSIGN_OR_RETURN(Rescore rescore, parse_one(document, entry));
    rescores.push_back(std::move(rescore));
  }
  return rescores;
}

void rescore_docs(const Rescore& rescore, const index::Snapshot& snapshot, const Weight& weight, std::vector<ScoredDoc>& docs) {
  const auto window = std::min(docs.size(), static_cast<size_t>(std::max(rescore.window_size, 0)));
  std::sort(docs.begin(), docs.begin() + static_cast<std::ptrdiff_t>(window),
            [](const ScoredDoc& a, const ScoredDoc& b) { return a.doc < b.doc; });
  size_t at = 0;
  for (size_t ordinal = 0; ordinal < snapshot.segments().size() && at < window; ++ordinal) {
    const SegmentContext segment{snapshot.segments()[ordinal], ordinal};
    const DocId end = segment.view.doc_base + segment.reader().max_doc();
    if (docs[at].doc >= end) continue;
    const ScorerPtr scorer = weight.scorer(segment);
    for (; at < window && docs[at].doc < end; ++at) {
      const DocId doc = docs[at].doc - segment.view.doc_base;
      const float first = docs[at].score * rescore.query_weight;
      const bool matches = scorer != nullptr && scorer->advance(doc) == doc;
      docs[at].score = matches ? rescore.combine(first, scorer->score() * rescore.rescore_query_weight) : first;
    }
  }
  for (size_t i = window; i < docs.size(); ++i) docs[i].score *= rescore.query_weight;
  std::sort(docs.begin(), docs.end(), by_score);
}

Explanation explain_rescore(const Rescore& rescore, const Weight& weight, Explanation first, const SegmentContext& segment,
                            DocId doc) {
  const auto product = [](float weight_value, const char* name, Explanation of) {
    const float value = of.value * weight_value;
    return Explanation{true, value, "product of:", {std::move(of), {true, weight_value, name, {}}}};
  };
  Explanation primary = product(rescore.query_weight, "primaryWeight", std::move(first));
  Explanation second = weight.explain(segment, doc);
  if (!second.match) return primary;
  Explanation secondary = product(rescore.rescore_query_weight, "secondaryWeight", std::move(second));
  constexpr const char* kNames[] = {"sum of:", "product of:", "avg of:", "max of:", "min of:"};
  const float value = rescore.combine(primary.value, secondary.value);
  return {true, value, kNames[static_cast<size_t>(rescore.score_mode)], {std::move(primary), std::move(secondary)}};
}

}  // namespace selene::search
