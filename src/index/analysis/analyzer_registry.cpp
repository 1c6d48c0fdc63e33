#include "index/analysis/analyzer_registry.h"

#include "index/analysis/built_in_analyzers.h"
#include "index/analysis/chain_analyzer.h"
#include "index/analysis/custom_analyzers.h"
#include "index/analysis/filters/lowercase_filter.h"
#include "index/analysis/language_analyzers.h"
#include "index/analysis/tokenizers/simple_tokenizers.h"

namespace selene::index {
namespace {

std::shared_ptr<const Analyzer> lowercase_normalizer() {
  ChainAnalyzer::Parts parts{{}, std::make_shared<KeywordTokenizer>(), {std::make_shared<LowercaseFilter>()}};
  return std::make_shared<ChainAnalyzer>("lowercase", std::move(parts));
}

using Analyzers = std::map<std::string, std::shared_ptr<const Analyzer>, std::less<>>;

base::Result<Analyzers> make_built_in_analyzers() {
  Analyzers analyzers;
  for (const auto& types : {built_in_analyzer_types(), language_analyzer_types()}) {
    for (const std::string_view type : types) {
      ASSIGN_OR_RETURN(auto analyzer, make_built_in_analyzer(type, ComponentSettings(type, {})));
      analyzers.emplace(type, std::move(analyzer));
    }
  }
  return analyzers;
}

}  // namespace

std::shared_ptr<const Analyzer> AnalyzerRegistry::find(std::string_view name) const {
  const auto found = analyzers_.find(name);
  return found == analyzers_.end() ? nullptr : found->second;
}

std::shared_ptr<const Analyzer> AnalyzerRegistry::find_normalizer(std::string_view name) const {
  const auto found = normalizers_.find(name);
  return found == normalizers_.end() ? nullptr : found->second;
}

base::Result<std::shared_ptr<const AnalyzerRegistry>> AnalyzerRegistry::create(base::JsonValue analysis, AnalysisLimits limits) {
  auto registry = std::make_shared<AnalyzerRegistry>();
  static const base::Result<Analyzers> built_in = make_built_in_analyzers();  // the same for all indices
  ASSIGN_OR_RETURN(registry->analyzers_, built_in);
  registry->normalizers_.emplace("lowercase", lowercase_normalizer());
  const AnalysisDefinitions definitions{analysis, limits};
  for (const auto& [name, settings] : members(analysis["analyzer"])) {
    ASSIGN_OR_RETURN(auto analyzer, make_analyzer(name, settings, definitions));
    registry->analyzers_.insert_or_assign(std::string(name), std::move(analyzer));
  }
  for (const auto& [name, settings] : members(analysis["normalizer"])) {
    ASSIGN_OR_RETURN(auto normalizer, make_normalizer(name, settings, definitions));
    registry->normalizers_.insert_or_assign(std::string(name), std::move(normalizer));
  }
  return std::shared_ptr<const AnalyzerRegistry>(std::move(registry));
}

}  // namespace selene::index
