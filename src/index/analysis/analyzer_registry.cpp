#include "index/analysis/analyzer_registry.h"

#include "index/analysis/built_in_analyzers.h"
#include "index/analysis/chain_analyzer.h"
#include "index/analysis/custom_analyzers.h"

namespace selene::index {

std::shared_ptr<const Analyzer> AnalyzerRegistry::find(std::string_view name) const {
  const auto found = analyzers_.find(name);
  return found == analyzers_.end() ? nullptr : found->second;
}

std::shared_ptr<const Analyzer> AnalyzerRegistry::find_normalizer(std::string_view name) const {
  const auto found = normalizers_.find(name);
  return found == normalizers_.end() ? nullptr : found->second;
}

base::Result<std::shared_ptr<const AnalyzerRegistry>> AnalyzerRegistry::create(base::JsonValue analysis) {
  auto registry = std::make_shared<AnalyzerRegistry>();
  for (const std::string_view type : built_in_analyzer_types()) {
    ASSIGN_OR_RETURN(auto analyzer, make_built_in_analyzer(type, ComponentSettings(type, {})));
    registry->analyzers_.emplace(type, std::move(analyzer));
  }
  ASSIGN_OR_RETURN(auto lowercase, make_normalizer("lowercase", {}, {"lowercase"}, analysis));
  registry->normalizers_.emplace("lowercase", std::move(lowercase));
  for (const auto& [name, settings] : members(analysis["analyzer"])) {
    ASSIGN_OR_RETURN(auto analyzer, make_analyzer(name, settings, analysis));
    registry->analyzers_.insert_or_assign(std::string(name), std::move(analyzer));
  }
  for (const auto& [name, settings] : members(analysis["normalizer"])) {
    ASSIGN_OR_RETURN(auto normalizer, make_custom_normalizer(name, settings, analysis));
    registry->normalizers_.insert_or_assign(std::string(name), std::move(normalizer));
  }
  return std::shared_ptr<const AnalyzerRegistry>(std::move(registry));
}

}  // namespace selene::index
