#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "index/analysis/char_filter.h"
#include "index/analysis/component_settings.h"
#include "index/analysis/token_filter.h"
#include "index/analysis/tokenizer.h"

namespace selene::index {

using TokenizerPtr = std::shared_ptr<const Tokenizer>;
using TokenFilterPtr = std::shared_ptr<const TokenFilter>;
using CharFilterPtr = std::shared_ptr<const CharFilter>;

/// Makes one part of an analyzer of the type `type` ("ngram", "stop", ...). A null result: there is no such type.
/// Errors: kIllegalArgument for settings that do not fit.
base::Result<TokenizerPtr> make_tokenizer(std::string_view type, const ComponentSettings& settings);
base::Result<TokenFilterPtr> make_token_filter(std::string_view type, const ComponentSettings& settings);
base::Result<CharFilterPtr> make_char_filter(std::string_view type, const ComponentSettings& settings);
/// Whether a filter of this type may stand in a normalizer: it works character by character.
bool is_normalizing_filter(std::string_view type);
bool is_normalizing_char_filter(std::string_view type);

}  // namespace selene::index
