#include "search/exec/function_score_weight.h"

#include <algorithm>
#include <cmath>

#include "base/json/json_writer.h"

namespace selene::search {
namespace {

struct OpenFunction {
  ScorerPtr filter;
  bool filtered = false;
  std::unique_ptr<SegmentFunction> function;
  std::optional<float> weight;

  bool matches(DocId doc) const { return !filtered || (filter != nullptr && filter->advance(doc) == doc); }
  double value(DocId doc, float query_score) const {
    const double plain = function == nullptr ? 1.0 : function->value(doc, query_score);
    return weight ? plain * static_cast<double>(*weight) : plain;
  }
};

class FunctionScorer final : public Scorer {
 public:
  FunctionScorer(ScorerPtr query, std::vector<OpenFunction> functions, const FunctionScoreWeight::Options& options)
      : query_(std::move(query)), functions_(std::move(functions)), options_(options) {
    doc_ = query_->doc();
  }
  DocId next() override { return doc_ = query_->next(); }
  DocId advance(DocId target) override { return doc_ = query_->advance(target); }
  int64_t cost() const override { return query_->cost(); }

  float score() override {
    const float query_score = query_->score();
    const double factor =
        std::min(static_cast<double>(static_cast<float>(function_score(query_score))), static_cast<double>(options_.max_boost));
    const float result = combined(query_score, factor);
    if (result >= 0) return result;
    if (options_.runtime_error != nullptr) {
      options_.runtime_error->note(base::Error(base::ErrorCode::kIllegalArgument,
                                               "function score query returned an invalid score: {} for doc: {}",
                                               base::format_number(result), doc_));
    }
    return 0;
  }

 private:
  double function_score(float query_score) {
    double total = options_.score_mode == FunctionScoreMode::kMultiply ? 1 : 0;
    double weights = 0;
    int32_t count = 0;
    for (const OpenFunction& function : functions_) {
      if (!function.matches(doc_)) continue;
      const double value = function.value(doc_, query_score);
      weights += function.weight ? static_cast<double>(*function.weight) : 1.0;
      switch (options_.score_mode) {
        case FunctionScoreMode::kFirst: return value;
        case FunctionScoreMode::kMultiply: total *= value; break;
        case FunctionScoreMode::kSum:
        case FunctionScoreMode::kAvg: total += value; break;
        case FunctionScoreMode::kMax: total = count == 0 ? value : std::max(total, value); break;
        case FunctionScoreMode::kMin: total = count == 0 ? value : std::min(total, value); break;
      }
      ++count;
    }
    if (count == 0) return 1;
    if (options_.score_mode == FunctionScoreMode::kAvg) return weights == 0 ? total : total / weights;
    return total;
  }

  float combined(float query_score, double factor) const {
    const auto query = static_cast<double>(query_score);
    switch (options_.boost_mode) {
      case FunctionBoostMode::kMultiply: return static_cast<float>(query * factor);
      case FunctionBoostMode::kReplace: return static_cast<float>(factor);
      case FunctionBoostMode::kSum: return static_cast<float>(query + factor);
      case FunctionBoostMode::kAvg: return static_cast<float>((query + factor) / 2);
      case FunctionBoostMode::kMax: return static_cast<float>(std::max(query, factor));
      case FunctionBoostMode::kMin: break;
    }
    return static_cast<float>(std::min(query, factor));
  }

  ScorerPtr query_;
  std::vector<OpenFunction> functions_;
  const FunctionScoreWeight::Options& options_;
};

}  // namespace

ScorerPtr FunctionScoreWeight::scorer(const SegmentContext& segment) const {
  ScorerPtr query = query_->scorer(segment);
  if (query == nullptr) return nullptr;
  std::vector<OpenFunction> open;
  for (const Function& function : functions_) {
    OpenFunction& opened = open.emplace_back();
    opened.filtered = function.filter != nullptr;
    if (opened.filtered) opened.filter = function.filter->scorer(segment);
    if (function.function != nullptr) opened.function = function.function->open(segment);
    opened.weight = function.weight;
  }
  return std::make_unique<FunctionScorer>(std::move(query), std::move(open), options_);
}

}  // namespace selene::search
