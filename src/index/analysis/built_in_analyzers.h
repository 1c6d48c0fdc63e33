#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "index/analysis/analyzer.h"
#include "index/analysis/component_settings.h"

namespace selene::index {

/// The analyzer of a built-in type (standard, simple, whitespace, keyword, stop, pattern, english, the other languages) under the
/// name `settings.name()`; null if there is no such type.
base::Result<std::shared_ptr<const Analyzer>> make_built_in_analyzer(std::string_view type, const ComponentSettings& settings);

/// The names of the built-in types; those of language_analyzers.h come on top.
std::span<const std::string_view> built_in_analyzer_types();

}  // namespace selene::index
