#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace selene::search {

/// How many of `num_optional` clauses must match: `3`, `-2`, `75%`, `-25%`, `3<90%`, `2<-25% 9<-3`. At most num_optional + 1, which
/// nothing can satisfy; never negative. Errors: kNumberFormat. Source: Elasticsearch's minimum_should_match parameter.
base::Result<int32_t> minimum_should_match(int32_t num_optional, std::string_view specification);

}  // namespace selene::search
