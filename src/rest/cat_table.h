#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rest/rest_handler.h"

namespace selene::rest {

/// One column of a `_cat` answer.
struct CatColumn {
  enum class Align : uint8_t { kLeft, kRight };
  enum class Shown : uint8_t { kByDefault, kOnRequest };
  std::string_view name;
  std::string_view aliases;  ///< comma list of short names
  std::string_view description;
  Align align = Align::kLeft;
  Shown shown = Shown::kByDefault;
};

/// A `_cat` answer before it is laid out. Every row has one text per column; an empty one is null in JSON.
struct CatTable {
  std::vector<CatColumn> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Parameters of every `_cat` call, in the form of RestHandler::parameters().
inline constexpr std::string_view kCatParameters = "v h s help bytes time local master_timeout";

/// Lays the table out as `format` (text, json, yaml), `v`, `h` (names, aliases, `*` patterns), `s` (`name[:asc|desc]`, ...) and
/// `help` say; JSON when the Accept header names it. Errors: kIllegalArgument for an unknown sort column (`Unable to sort by
/// unknown sort key `x``).
base::Result<RestResponse> render_cat_table(CatTable table, const RestRequest& request);

/// 1536 as "1.5kb", or in the unit of the `bytes` parameter as a bare number. Errors: kIllegalArgument for an unknown unit.
base::Result<std::string> cat_bytes(int64_t bytes, const RestRequest& request);

/// 1500 as "1.5s", or in the unit of the `time` parameter as a bare number.
std::string cat_time(int64_t ms, const RestRequest& request);

}  // namespace selene::rest
