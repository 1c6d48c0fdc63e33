#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selene::base {

/// A Java-like regular expression on UTF-8 text, by ICU. Matching is bounded in time and stack: a text that takes too long counts
/// as not matching from there on. Immutable, thread-safe.
class Regex {
 public:
  /// `flags`: names of java.util.regex.Pattern joined by '|' (CASE_INSENSITIVE, MULTILINE, DOTALL, UNICODE_CASE, COMMENTS, LITERAL,
  /// ...). Errors: kIllegalArgument.
  static Result<std::shared_ptr<const Regex>> compile(std::string_view pattern, std::string_view flags);
  ~Regex();

  /// Where a group matched, in bytes of the text and in UTF-16 units; begin == npos: it did not take part.
  struct Span {
    size_t begin = std::string_view::npos;
    size_t end = 0;
    uint32_t begin_offset = 0;
    uint32_t end_offset = 0;
  };
  /// Calls `match` for each match in order with the spans of its groups ([0] the whole).
  void for_each(std::string_view text, const std::function<void(const std::vector<Span>&)>& match) const;
  int32_t num_groups() const;

 private:
  struct Compiled;
  explicit Regex(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

/// `replacement` with $1 and \-escapes filled in. A group that does not exist stands for nothing.
std::string fill_replacement(std::string_view replacement, std::string_view text, const std::vector<Regex::Span>& groups);

}  // namespace selene::base
