#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::rest {

/// The part of a JSON answer that `filter_path` names: a comma list of dotted paths in which `*` stands for any run of characters
/// of one key, `**` for any number of keys, and a leading `-` leaves a path out (applied after the others). Arrays are looked
/// through. Objects and arrays that keep nothing are dropped; the outermost one stays. REQUIRES: `json` is valid. Cost: linear in
/// `json` times the number of paths. Source: Elasticsearch's FilterPath.
base::Result<std::string> apply_filter_path(std::string_view json, std::string_view filter_path);

}  // namespace selene::rest
