#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/analysis/analyzer.h"
#include "index/analysis/component_settings.h"

namespace selene::index {

/// The members of an object; none of anything else.
std::vector<base::JsonMember> members(base::JsonValue object);

/// What an index defines: the object of `index.analysis` and the limits on its parts.
struct AnalysisDefinitions {
  base::JsonValue json;
  AnalysisLimits limits;
};

/// One entry of `analysis.analyzer`: a custom chain or a built-in type with settings. Parts are named (from `definitions`, else
/// built-in ones) or, as `_analyze` sends them, objects with `type`. Errors: kIllegalArgument.
base::Result<std::shared_ptr<const Analyzer>> make_analyzer(std::string_view name, base::JsonValue settings,
                                                            const AnalysisDefinitions& definitions);
/// One entry of `analysis.normalizer`: no tokenizer, and only parts that work character by character.
base::Result<std::shared_ptr<const Analyzer>> make_normalizer(std::string_view name, base::JsonValue settings,
                                                              const AnalysisDefinitions& definitions);

}  // namespace selene::index
