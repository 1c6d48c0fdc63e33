#include "index/analysis/char_filters/html_strip_char_filter.h"
#include "index/analysis/char_filters/mapping_char_filter.h"
#include "index/analysis/component_factories.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string unescape_rule(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'u' && i + 4 < text.size()) {
      char32_t code = 0;
      for (size_t k = 1; k <= 4; ++k) {
        const char h = text[i + k];
        const int digit = h >= '0' && h <= '9' ? h - '0' : (h | 0x20) >= 'a' && (h | 0x20) <= 'f' ? (h | 0x20) - 'a' + 10 : 0;
        code = code * 16 + static_cast<char32_t>(digit);
      }
      append_utf8(out, code >= 0xD800 && code < 0xE000 ? kReplacementCharacter : code);
      i += 4;
    } else {
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
    }
  }
  return out;
}

Result<CharFilterPtr> make_html_strip_char_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(std::vector<std::string> tags, settings.list("escaped_tags"));
  for (std::string& tag : tags) tag = to_lower(tag);
  return CharFilterPtr(std::make_shared<HtmlStripCharFilter>(std::move(tags)));
}

Result<CharFilterPtr> make_mapping_char_filter(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const auto rules, settings.list("mappings"));
  if (!settings.has("mappings"))
    return Error(ErrorCode::kIllegalArgument, "mapping requires either `mappings` or `mappings_path` to be configured");
  std::map<std::string, std::string, std::less<>> mappings;
  for (const std::string& rule : rules) {
    const size_t arrow = rule.rfind("=>");
    if (arrow == std::string::npos) return Error(ErrorCode::kIllegalArgument, "Invalid Mapping Rule : [{}]", rule);
    std::string from = unescape_rule(trim(std::string_view(rule).substr(0, arrow)));
    if (from.empty()) return Error(ErrorCode::kIllegalArgument, "Invalid Mapping Rule : [{}]. Illegal mapping.", rule);
    const auto [mapping, added] =
        mappings.try_emplace(std::move(from), unescape_rule(trim(std::string_view(rule).substr(arrow + 2))));
    if (!added) return Error(ErrorCode::kIllegalArgument, "match \"{}\" was already added", mapping->first);
  }
  return CharFilterPtr(std::make_shared<MappingCharFilter>(std::move(mappings)));
}

Result<CharFilterPtr> make_pattern_replace_char_filter(const ComponentSettings& settings) {
  if (!settings.has("pattern")) {
    return Error(ErrorCode::kIllegalArgument, "pattern is missing for [{}] char filter of type 'pattern_replace'", settings.name());
  }
  ASSIGN_OR_RETURN(const std::string pattern, settings.text("pattern", ""));
  ASSIGN_OR_RETURN(const std::string flags, settings.text("flags", ""));
  ASSIGN_OR_RETURN(std::string replacement, settings.text("replacement", ""));
  ASSIGN_OR_RETURN(const auto regex, base::Regex::compile(pattern, flags));
  return CharFilterPtr(std::make_shared<PatternReplaceCharFilter>(regex, std::move(replacement)));
}

}  // namespace selene::index
