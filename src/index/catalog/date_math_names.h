#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::index {

/// Names with date math, `<logs-{now/d-1d{yyyy.MM.dd|+02:00}}>`, resolved at `now_ms`; others as they are. `expression` may be a
/// comma list, each part with a leading `-`. Errors: kParse `invalid dynamic name expression [..]. ...`.
base::Result<std::string> resolve_date_math(std::string_view expression, int64_t now_ms);

}  // namespace selene::index
