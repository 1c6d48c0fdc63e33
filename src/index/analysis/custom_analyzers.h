#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/analysis/analyzer.h"

namespace selene::index {

/// The members of an object; none of anything else.
std::vector<base::JsonMember> members(base::JsonValue object);

/// One entry of `analysis.analyzer`: a custom chain or a built-in type with settings. `analysis` holds the tokenizers and filters
/// that it may name besides the built-in ones. Errors: kIllegalArgument.
base::Result<std::shared_ptr<const Analyzer>> make_analyzer(std::string_view name, base::JsonValue settings,
                                                            base::JsonValue analysis);
/// One entry of `analysis.normalizer`.
base::Result<std::shared_ptr<const Analyzer>> make_custom_normalizer(std::string_view name, base::JsonValue settings,
                                                                     base::JsonValue analysis);
base::Result<std::shared_ptr<const Analyzer>> make_normalizer(std::string_view name, const std::vector<std::string>& char_filters,
                                                              const std::vector<std::string>& filters, base::JsonValue analysis);
/// A nameless chain, as `_analyze` builds: each part is a name or an object with `type`.
base::Result<std::shared_ptr<const Analyzer>> make_chain(base::JsonValue char_filters, base::JsonValue tokenizer,
                                                         base::JsonValue filters, base::JsonValue analysis);

}  // namespace selene::index
