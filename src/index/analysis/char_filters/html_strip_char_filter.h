#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "index/analysis/char_filter.h"

namespace selene::index {

/// Takes out HTML tags (block-level ones leave a line break), comments, scripts and styles, and decodes entities.
class HtmlStripCharFilter final : public CharFilter {
 public:
  explicit HtmlStripCharFilter(std::vector<std::string> escaped_tags) : escaped_tags_(std::move(escaped_tags)) {}
  FilteredText apply(std::string_view text) const override;

 private:
  size_t strip_markup(std::string_view text, size_t pos, size_t last_comment_end, FilteredTextBuilder& builder) const;

  std::vector<std::string> escaped_tags_;  ///< left as they are, lower case
};

}  // namespace selene::index
