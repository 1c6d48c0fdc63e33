#include "base/regex.h"

#include <unicode/regex.h>

#include <algorithm>

#include "base/unicode.h"

namespace selene::base {
namespace {

constexpr int32_t kMaxSteps = 300;  // ICU counts about 10,000 state changes as one
constexpr int32_t kMaxStackBytes = 4 << 20;
constexpr size_t kMaxPatternLength = 10000;

Result<uint32_t> parse_flags(std::string_view flags) {
  uint32_t bits = 0;
  while (!flags.empty()) {
    const size_t bar = flags.find('|');
    const std::string_view flag = flags.substr(0, bar);
    flags = bar == std::string_view::npos ? std::string_view() : flags.substr(bar + 1);
    if (flag == "CASE_INSENSITIVE") {
      bits |= UREGEX_CASE_INSENSITIVE;
    } else if (flag == "MULTILINE") {
      bits |= UREGEX_MULTILINE;
    } else if (flag == "DOTALL") {
      bits |= UREGEX_DOTALL;
    } else if (flag == "COMMENTS") {
      bits |= UREGEX_COMMENTS;
    } else if (flag == "LITERAL") {
      bits |= UREGEX_LITERAL;
    } else if (flag == "UNIX_LINES") {
      bits |= UREGEX_UNIX_LINES;
    } else if (flag != "UNICODE_CASE" && flag != "UNICODE_CHAR_CLASS" && flag != "UNICODE_CHARACTER_CLASS" && flag != "CANON_EQ" &&
               !flag.empty()) {
      return Error(ErrorCode::kIllegalArgument, "Unknown regex flag [{}]", flag);
    }
  }
  return bits;
}

/// \w, \d, \s and their opposites hold ASCII only in java.util.regex, all of Unicode in ICU: written out as sets, which ICU takes
/// inside of sets too.
std::string with_java_classes(std::string_view pattern) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '\\' || i + 1 == pattern.size()) {
      out += pattern[i];
      continue;
    }
    const char escaped = pattern[++i];
    if (escaped == 'Q') {  // quoted up to \E
      const size_t end = std::min(pattern.find("\\E", i), pattern.size());
      out += pattern.substr(i - 1, end - i + 1);
      i = end - 1;
      continue;
    }
    switch (escaped) {
      case 'w': out += "[a-zA-Z_0-9]"; break;
      case 'W': out += "[^a-zA-Z_0-9]"; break;
      case 'd': out += "[0-9]"; break;
      case 'D': out += "[^0-9]"; break;
      case 's': out += R"([\x20\t\n\x0B\f\r])"; break;
      case 'S': out += R"([^\x20\t\n\x0B\f\r])"; break;
      default: (out += '\\') += escaped;
    }
  }
  return out;
}

/// Byte offsets of UTF-16 offsets asked for in any order; linear to build.
class OffsetMap {
 public:
  explicit OffsetMap(std::string_view text) {
    for (size_t pos = 0; pos < text.size();) {
      const size_t begin = pos;
      const int units = decode_utf8(text, pos) < 0x10000 ? 1 : 2;
      for (int i = 0; i < units; ++i) bytes_.push_back(static_cast<uint32_t>(begin));
    }
    bytes_.push_back(static_cast<uint32_t>(text.size()));
  }
  size_t byte(int32_t offset) const { return bytes_[static_cast<size_t>(offset)]; }

 private:
  std::vector<uint32_t> bytes_;
};

}  // namespace

struct Regex::Compiled {
  std::unique_ptr<icu::RegexPattern> pattern;
  int32_t num_groups = 0;
};

Regex::Regex(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Regex::~Regex() = default;
int32_t Regex::num_groups() const { return compiled_->num_groups; }

Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern, std::string_view flags) {
  ASSIGN_OR_RETURN(const uint32_t bits, parse_flags(flags));
  if (pattern.size() > kMaxPatternLength)
    return Error(ErrorCode::kIllegalArgument, "pattern is longer than {} bytes", kMaxPatternLength);
  UErrorCode error = U_ZERO_ERROR;
  UParseError where{};
  auto compiled = std::make_unique<Compiled>();
  constexpr std::string_view kUnicodeClasses = "CHAR";  // UNICODE_CHAR_CLASS, UNICODE_CHARACTER_CLASS
  const bool literal = (bits & UREGEX_LITERAL) != 0 || flags.find(kUnicodeClasses) != std::string_view::npos;
  const std::string java = literal ? std::string(pattern) : with_java_classes(pattern);
  compiled->pattern.reset(icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(java), bits, where, error));
  if (U_FAILURE(error))
    return Error(ErrorCode::kIllegalArgument, "invalid pattern [{}]: {} near index {}", pattern, u_errorName(error), where.offset);
  const std::unique_ptr<icu::RegexMatcher> matcher(compiled->pattern->matcher(error));
  compiled->num_groups = matcher->groupCount();
  return std::shared_ptr<const Regex>(new Regex(std::move(compiled)));
}

void Regex::for_each(std::string_view text, const std::function<void(const std::vector<Span>&)>& match) const {
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  const std::unique_ptr<icu::RegexMatcher> matcher(compiled_->pattern->matcher(wide, error));
  if (U_FAILURE(error)) return;
  matcher->setTimeLimit(kMaxSteps, error);
  matcher->setStackLimit(kMaxStackBytes, error);
  const OffsetMap offsets(text);
  std::vector<Span> groups(static_cast<size_t>(num_groups()) + 1);
  while (matcher->find(error) && U_SUCCESS(error)) {
    for (int32_t i = 0; i <= num_groups(); ++i) {
      const int32_t begin = matcher->start(i, error);
      const int32_t end = matcher->end(i, error);
      groups[static_cast<size_t>(i)] =
          begin < 0 ? Span{}
                    : Span{offsets.byte(begin), offsets.byte(end), static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
    }
    match(groups);
  }
}

std::string fill_replacement(std::string_view replacement, std::string_view text, const std::vector<Regex::Span>& groups) {
  std::string out;
  for (size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    const bool more = i + 1 < replacement.size();
    if (c == '\\' && more) {
      out += replacement[++i];
    } else if (c == '$' && more && replacement[i + 1] >= '0' && replacement[i + 1] <= '9') {
      const auto group = static_cast<size_t>(replacement[++i] - '0');
      if (group < groups.size() && groups[group].begin != std::string_view::npos) {
        out += text.substr(groups[group].begin, groups[group].end - groups[group].begin);
      }
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace selene::base
