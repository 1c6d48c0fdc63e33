#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "search/exec/runtime_error.h"
#include "search/exec/weight.h"

namespace selene::search {

/// A number for a document of one segment. One thread.
class SegmentFunction {
 public:
  virtual ~SegmentFunction() = default;
  virtual double value(DocId doc, float query_score) = 0;
};

/// A function bound to a snapshot: field value factor, decay, random number, script. Immutable, thread-safe.
class ScoreFunction {
 public:
  virtual ~ScoreFunction() = default;
  virtual std::unique_ptr<SegmentFunction> open(const SegmentContext& segment) const = 0;
};

enum class FunctionScoreMode : uint8_t { kMultiply, kSum, kAvg, kFirst, kMax, kMin };
enum class FunctionBoostMode : uint8_t { kMultiply, kReplace, kSum, kAvg, kMax, kMin };

/// The documents of a query, with scores made of the query's and of functions. Source: Elasticsearch's function_score.
///
/// Functions whose filter matches give weight * value each, joined by `score_mode` (kAvg: weighted by their weights; none matches:
/// 1), cut at `max_boost`, and joined with the query's score by `boost_mode`, all in double, then rounded to float.
class FunctionScoreWeight final : public Weight {
 public:
  struct Function {
    WeightPtr filter;                         ///< null: every document
    std::unique_ptr<ScoreFunction> function;  ///< null: 1
    std::optional<float> weight;
  };
  struct Options {
    FunctionScoreMode score_mode = FunctionScoreMode::kMultiply;
    FunctionBoostMode boost_mode = FunctionBoostMode::kMultiply;
    float max_boost = std::numeric_limits<float>::max();
    RuntimeError* runtime_error = nullptr;  ///< told of negative scores; may be null
  };
  FunctionScoreWeight(WeightPtr query, std::vector<Function> functions, Options options)
      : query_(std::move(query)), functions_(std::move(functions)), options_(options) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  std::string description() const override { return "function score (" + query_->description() + ")"; }

 private:
  WeightPtr query_;
  std::vector<Function> functions_;
  Options options_;
};

}  // namespace selene::search
