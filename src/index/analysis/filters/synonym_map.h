#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "index/analysis/analyzer.h"

namespace selene::index {

/// Sequences of terms and what stands for them. Immutable once built, thread-safe.
class SynonymMap {
 public:
  using Words = std::vector<std::string>;
  struct Entry {
    std::vector<Words> outputs;  ///< distinct, in the order of the rules
    bool keep_original = false;
  };
  enum class Expand : uint8_t { kAll, kToFirst };
  enum class BadRules : uint8_t { kRefuse, kSkip };

  /// Rules in Solr's format: `a, b c, d` (all mean the same) or `a, b => c` (the left side becomes the right one); `#` starts a
  /// comment. Each side is cut into terms by `analyzer`. Errors: kIllegalArgument, kParse.
  static base::Result<SynonymMap> parse(const std::vector<std::string>& rules, const Analyzer& analyzer, Expand expand,
                                        BadRules bad_rules);

  /// The longest rule whose left side starts at `tokens[at]`; null if there is none. `length`: how many tokens it covers.
  const Entry* longest(const TokenBuffer& tokens, size_t at, size_t& length) const;
  bool empty() const { return entries_.empty(); }

 private:
  void add(const Words& input, const Words& output, bool keep_original);

  std::unordered_map<std::string, Entry> entries_;  ///< by the terms, each with a zero byte behind it
  size_t max_length_ = 0;
};

}  // namespace selene::index
