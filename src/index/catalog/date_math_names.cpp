#include "index/catalog/date_math_names.h"

#include <charconv>
#include <optional>

#include "index/mapping/date_format.h"
#include "index/mapping/document_parser.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::string_view kDefaultFormat = "uuuu.MM.dd";

Error invalid(std::string_view name, std::string_view why) {
  return Error(ErrorCode::kParse, "invalid dynamic name expression [{}]. {}", name, why);
}

/// `+02:00`, `-0530`, `UTC`, `Z`: milliseconds; empty if it is none of these.
std::optional<int64_t> zone_offset_ms(std::string_view zone) {
  if (zone == "UTC" || zone == "Z" || zone == "GMT") return 0;
  if (zone.size() < 5 || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  const char* const begin = zone.data();
  const size_t minutes_at = zone[3] == ':' ? 4 : 3;
  if (std::from_chars(begin + 1, begin + 3, hours).ptr != begin + 3 || zone.size() != minutes_at + 2) return std::nullopt;
  if (std::from_chars(begin + minutes_at, begin + zone.size(), minutes).ptr != begin + zone.size()) return std::nullopt;
  const int64_t ms = (int64_t{hours} * 60 + minutes) * 60'000;
  return zone[0] == '-' ? -ms : ms;
}

/// `now/d{yyyy.MM|+01:00}`: what stands between the outer braces.
Result<std::string> evaluate(std::string_view name, std::string_view body, int64_t now_ms) {
  std::string_view math = body;
  std::string_view format = kDefaultFormat;
  int64_t offset_ms = 0;
  if (const size_t brace = body.find('{'); brace != std::string_view::npos) {
    if (!body.ends_with('}')) return invalid(name, "missing closing `}` for date math format");
    math = body.substr(0, brace);
    format = body.substr(brace + 1, body.size() - brace - 2);
    if (const size_t bar = format.find('|'); bar != std::string_view::npos) {
      const auto offset = zone_offset_ms(format.substr(bar + 1));
      if (!offset) return invalid(name, base::format("time zone [{}] is not an offset such as +02:00", format.substr(bar + 1)));
      offset_ms = *offset;
      format = format.substr(0, bar);
    }
    if (format.empty()) return invalid(name, "missing date format");
  }
  if (!math.starts_with("now")) return invalid(name, base::format("date math [{}] must start with [now]", math));
  ASSIGN_OR_RETURN(const int64_t ms, parse_date(math, "epoch_millis", now_ms + offset_ms, DateRounding::kDown));
  ASSIGN_OR_RETURN(const auto compiled, DateFormat::compile(format));
  return compiled->print(ms);
}

/// What stands between `<` and `>`.
Result<std::string> resolve_name(std::string_view name, int64_t now_ms) {
  std::string out;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '\\' && i + 1 < name.size()) {
      if (depth == 0) out.push_back(name[i + 1]);
      ++i;
    } else if (c == '{') {
      if (depth++ == 0) begin = i + 1;
      if (depth > 2) return invalid(name, "invalid character in placeholder definition");
    } else if (c == '}') {
      if (depth == 0)
        return invalid(name, "invalid character at position " + std::to_string(i) +
                                 ". `{` and `}` are reserved characters and should be escaped when used as part of the index name "
                                 "using `\\` (e.g. `\\{text\\}`)");
      if (--depth > 0) continue;
      ASSIGN_OR_RETURN(const std::string date, evaluate(name, name.substr(begin, i - begin), now_ms));
      out += date;
    } else if (depth == 0) {
      out.push_back(c);
    }
  }
  if (depth > 0) return invalid(name, "date math placeholder is open ended");
  if (out.empty()) return invalid(name, "nothing captured");
  return out;
}

}  // namespace

Result<std::string> resolve_date_math(std::string_view expression, int64_t now_ms) {
  if (expression.find('<') == std::string_view::npos) return std::string(expression);
  std::string out;
  while (true) {
    const size_t open = expression.starts_with('-') ? 1 : 0;
    size_t end = expression.find(',');
    if (expression.size() > open && expression[open] == '<') {
      end = expression.find('>');
      if (end == std::string_view::npos) return invalid(expression, "`>` is missing");
      ASSIGN_OR_RETURN(const std::string name, resolve_name(expression.substr(open + 1, end - open - 1), now_ms));
      out.append(expression.substr(0, open)).append(name);
      expression.remove_prefix(end + 1);
      end = expression.find(',');
      if (end != 0 && !expression.empty()) return invalid(expression, "a comma is expected behind `>`");
    } else {
      out.append(expression.substr(0, end));
      expression.remove_prefix(std::min(end, expression.size()));
    }
    if (expression.empty()) return out;
    out.push_back(',');
    expression.remove_prefix(1);
  }
}

}  // namespace selene::index
