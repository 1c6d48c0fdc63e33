#pragma once

#include "search/query/query.h"

namespace selene::search {

/// Documents that have a feature, the more of it the better: {"rank_feature": {"field", "saturation": {"pivot"} | "log":
/// {"scaling_factor"} | "sigmoid": {"pivot", "exponent"} | "linear": {}}}. Source: Lucene's FeatureField.
class RankFeatureQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  enum class Function : uint8_t { kSaturation, kLog, kSigmoid, kLinear };
  base::Status read_function(const QueryParser& parser, Function function, base::JsonValue body);

  std::string_view field_;
  Function function_ = Function::kSaturation;
  std::optional<float> pivot_;
  float scaling_factor_ = 0;
  float exponent_ = 0;
};

}  // namespace selene::search
