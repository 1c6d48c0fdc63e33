#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/analysis/analyzer.h"
#include "index/analysis/component_settings.h"

namespace selene::index {

/// The analyzer of a language other than English with the chain that Lucene's analyzer of that language has: standard tokenizer,
/// elision (Catalan, French, Italian), lower case, stop words, `stem_exclusion`, a stemmer; German also its normalization.
/// Dutch its four exceptions. Settings `stopwords` and `stem_exclusion`. Null if there is none for `type`. Errors:
/// kIllegalArgument.
base::Result<std::shared_ptr<const Analyzer>> make_language_analyzer(std::string_view type, const ComponentSettings& settings);

/// The names of these languages, sorted.
std::span<const std::string_view> language_analyzer_types();

/// What French elides before an apostrophe, in lower case: "l", "qu", ...
std::vector<std::string> french_articles();

}  // namespace selene::index
