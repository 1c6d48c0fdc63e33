#pragma once

#include <memory>
#include <vector>

#include "search/exec/bulk_term.h"

namespace selene::search {

/// Whether scores of these terms, summed in double, give the same sum in every order.
///
/// Every score of a term is a multiple of 2^score_exponent(). As long as the sum of all limits is below 2^53 times the smallest of
/// these, no sum is rounded.
bool sums_are_exact(const std::vector<std::unique_ptr<BulkTerm>>& terms);

/// The smallest sum that may round to the float `bar` or more, with room for bounds that were summed in another order.
double smallest_sum(float bar);

}  // namespace selene::search
