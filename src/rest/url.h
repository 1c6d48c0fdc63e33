#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace selene::rest {

/// Whether `+` stands for a blank: in a query, not in a path.
enum class PlusSign : uint8_t { kLiteral, kBlank };

/// Undoes %XX. Errors: kIllegalArgument for a cut or wrong escape and for bytes that are no UTF-8.
base::Result<std::string> percent_decode(std::string_view text, PlusSign plus);

/// The two halves of a request target, still encoded: before and after the first `?`. A fragment is cut off.
struct SplitTarget {
  std::string_view path;
  std::string_view query;
};
SplitTarget split_target(std::string_view target);

/// `a=1&b&c=` as pairs in order, decoded; a key that stands again replaces the earlier value, as in Elasticsearch.
/// Empty pieces are skipped. Errors: those of percent_decode; kIllegalArgument above 1024 pairs.
base::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace selene::rest
