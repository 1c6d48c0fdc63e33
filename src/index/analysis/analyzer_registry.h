#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/analysis/analyzer.h"
#include "index/analysis/component_settings.h"

namespace selene::index {

/// The analyzers an index knows by name: built-in ones (standard, simple, whitespace, keyword, stop, english) and those of its
/// `index.analysis` settings. Immutable, thread-safe; one per index, shared by mapping and searches.
class AnalyzerRegistry {
 public:
  /// `analysis`: the object under `index.analysis`, or a missing value. Errors: kIllegalArgument naming the entry.
  static base::Result<std::shared_ptr<const AnalyzerRegistry>> create(base::JsonValue analysis, AnalysisLimits limits = {});
  /// Null if there is none of that name.
  std::shared_ptr<const Analyzer> find(std::string_view name) const;
  /// A normalizer of keyword fields (at most one token comes out): `lowercase` or one of the settings. Null if none.
  std::shared_ptr<const Analyzer> find_normalizer(std::string_view name) const;

 private:
  using Analyzers = std::map<std::string, std::shared_ptr<const Analyzer>, std::less<>>;
  Analyzers analyzers_;
  Analyzers normalizers_;
};

}  // namespace selene::index
