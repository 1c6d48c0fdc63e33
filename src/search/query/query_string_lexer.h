#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selene::search {

struct QueryStringToken {
  enum class Kind : uint8_t {
    kAnd,
    kOr,
    kNot,
    kPlus,
    kMinus,
    kOpen,
    kClose,
    kColon,
    kStar,
    kBoost,   ///< ^2.5, text: the number
    kQuoted,  ///< text: inside of the quotes, escapes kept
    kTerm,
    kFuzzy,     ///< ~ or ~2, text: the number
    kPrefix,    ///< ends in its only *
    kWildcard,  ///< holds * or ?
    kRegexp,    ///< text: inside of the slashes
    kRange,     ///< text: from bracket to bracket
    kCompare,   ///< > >= < <=
    kEnd
  } kind = Kind::kEnd;
  std::string text;
  size_t offset = 0;
};

/// Errors: kParse, where a quote, bracket or slash is not closed.
base::Result<std::vector<QueryStringToken>> read_query_string_tokens(std::string_view text);

/// Escapes resolved: \x is x, \uXXXX a UTF-16 unit.
std::string unescape_query_string(std::string_view text);

}  // namespace selene::search
