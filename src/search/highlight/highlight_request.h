#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/highlight/passages.h"

namespace selene::search {

/// One entry of `highlight.fields`, what it leaves open filled from the whole.
struct HighlightField {
  std::string pattern;
  PassageOptions passages;
  bool require_field_match = true;
  base::JsonValue highlight_query;  ///< a missing value: the search's own queries
  std::vector<std::string> matched_fields;
  std::string type;                            ///< "unified", "plain", "fvh", or as it was given
  std::string fragmenter;                      ///< of the plain highlighter: "simple", "span", or as it was given
  bool scans_chars = false;                    ///< boundary_scanner: chars, which the unified highlighter refuses
  std::optional<int32_t> max_analyzed_offset;  ///< no term that starts behind it is looked at; > 0
};

struct HighlightRequest {
  std::vector<HighlightField> fields;
};

/// Holds views of the request body. Errors: kXContentParse, kIllegalArgument, those of parse_query.
base::Result<HighlightRequest> parse_highlight(const base::JsonDocument* document, base::JsonValue value);

}  // namespace selene::search
