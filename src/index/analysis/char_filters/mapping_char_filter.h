#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/regex.h"
#include "index/analysis/char_filter.h"

namespace selene::index {

/// Replaces texts by others; at each place the longest key wins.
class MappingCharFilter final : public CharFilter {
 public:
  explicit MappingCharFilter(std::map<std::string, std::string, std::less<>> mappings);
  FilteredText apply(std::string_view text) const override;

 private:
  std::map<std::string, std::string, std::less<>> mappings_;
  size_t max_length_ = 0;
};

/// Replaces the matches of a pattern.
class PatternReplaceCharFilter final : public CharFilter {
 public:
  PatternReplaceCharFilter(std::shared_ptr<const base::Regex> pattern, std::string replacement)
      : pattern_(std::move(pattern)), replacement_(std::move(replacement)) {}
  FilteredText apply(std::string_view text) const override;

 private:
  std::shared_ptr<const base::Regex> pattern_;
  std::string replacement_;
};

}  // namespace selene::index
