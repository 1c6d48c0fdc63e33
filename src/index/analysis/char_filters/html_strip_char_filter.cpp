#include "index/analysis/char_filters/html_strip_char_filter.h"

#include <algorithm>
#include <charconv>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

constexpr size_t kNone = std::string_view::npos;

// Tags that end a line of text; the others vanish without a trace.
constexpr std::string_view kInlineTags[] = {"a",      "abbr", "acronym", "b",        "basefont", "bdo",   "big",   "cite",
                                            "code",   "dfn",  "em",      "font",     "i",        "img",   "input", "kbd",
                                            "label",  "q",    "s",       "samp",     "select",   "small", "span",  "strike",
                                            "strong", "sub",  "sup",     "textarea", "tt",       "u",     "var"};

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr Entity kEntities[] = {
    {"amp", "&"},         {"lt", "<"},          {"gt", ">"},          {"quot", "\""},       {"apos", "'"},
    {"nbsp", "\u00A0"},   {"copy", "\u00A9"},   {"reg", "\u00AE"},    {"trade", "\u2122"},  {"hellip", "\u2026"},
    {"mdash", "\u2014"},  {"ndash", "\u2013"},  {"lsquo", "\u2018"},  {"rsquo", "\u2019"},  {"ldquo", "\u201C"},
    {"rdquo", "\u201D"},  {"laquo", "\u00AB"},  {"raquo", "\u00BB"},  {"bull", "\u2022"},   {"middot", "\u00B7"},
    {"euro", "\u20AC"},   {"pound", "\u00A3"},  {"yen", "\u00A5"},    {"cent", "\u00A2"},   {"sect", "\u00A7"},
    {"para", "\u00B6"},   {"deg", "\u00B0"},    {"plusmn", "\u00B1"}, {"times", "\u00D7"},  {"divide", "\u00F7"},
    {"frac12", "\u00BD"}, {"szlig", "\u00DF"},  {"agrave", "\u00E0"}, {"aacute", "\u00E1"}, {"acirc", "\u00E2"},
    {"atilde", "\u00E3"}, {"auml", "\u00E4"},   {"aring", "\u00E5"},  {"aelig", "\u00E6"},  {"ccedil", "\u00E7"},
    {"egrave", "\u00E8"}, {"eacute", "\u00E9"}, {"ecirc", "\u00EA"},  {"euml", "\u00EB"},   {"igrave", "\u00EC"},
    {"iacute", "\u00ED"}, {"icirc", "\u00EE"},  {"iuml", "\u00EF"},   {"ntilde", "\u00F1"}, {"ograve", "\u00F2"},
    {"oacute", "\u00F3"}, {"ocirc", "\u00F4"},  {"otilde", "\u00F5"}, {"ouml", "\u00F6"},   {"oslash", "\u00F8"},
    {"ugrave", "\u00F9"}, {"uacute", "\u00FA"}, {"ucirc", "\u00FB"},  {"uuml", "\u00FC"},   {"yacute", "\u00FD"},
    {"yuml", "\u00FF"},   {"Agrave", "\u00C0"}, {"Aacute", "\u00C1"}, {"Acirc", "\u00C2"},  {"Auml", "\u00C4"},
    {"Aring", "\u00C5"},  {"AElig", "\u00C6"},  {"Ccedil", "\u00C7"}, {"Egrave", "\u00C8"}, {"Eacute", "\u00C9"},
    {"Ntilde", "\u00D1"}, {"Oacute", "\u00D3"}, {"Ouml", "\u00D6"},   {"Oslash", "\u00D8"}, {"Uuml", "\u00DC"},
    {"shy", "\u00AD"},
};

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '_';
}

std::string tag_name(std::string_view text, size_t pos) {
  std::string name;
  while (pos < text.size() && is_name_char(text[pos])) {
    const char c = text[pos++];
    name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return name;
}

/// No tag is longer; the bound keeps hostile texts linear.
constexpr size_t kMaxTagLength = 8192;

/// One past the '>' of a tag, quotes minded; kNone if it is not closed.
size_t tag_end(std::string_view text, size_t pos) {
  text = text.substr(0, std::min(text.size(), pos + kMaxTagLength));
  char quote = 0;
  for (; pos < text.size(); ++pos) {
    const char c = text[pos];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return pos + 1;
    } else if (c == '<') {
      return kNone;
    }
  }
  return kNone;
}

/// One past the closing tag of a script or style; the end of the text if it is missing.
size_t element_end(std::string_view text, size_t pos, std::string_view name) {
  for (size_t at = text.find("</", pos); at != kNone; at = text.find("</", at + 2)) {
    if (tag_name(text, at + 2) != name) continue;
    const size_t end = tag_end(text, at + 2);
    return end == kNone ? text.size() : end;
  }
  return text.size();
}

/// Decodes the entity at `pos` ('&'); kNone if there is none. `decoded` is then its text.
size_t entity_end(std::string_view text, size_t pos, std::string& decoded) {
  decoded.clear();
  size_t end = pos + 1;
  if (end < text.size() && text[end] == '#') {
    ++end;
    const bool hex = end < text.size() && (text[end] == 'x' || text[end] == 'X');
    if (hex) ++end;
    uint32_t code = 0;
    const auto [stop, error] =
        std::from_chars(text.data() + end, text.data() + std::min(text.size(), end + 8), code, hex ? 16 : 10);
    const auto digits_end = static_cast<size_t>(stop - text.data());
    if (error != std::errc() || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return kNone;
    append_utf8(decoded, code);
    return digits_end < text.size() && text[digits_end] == ';' ? digits_end + 1 : digits_end;
  }
  while (end < text.size() && is_name_char(text[end]) && end - pos < 10) ++end;
  const std::string_view name = text.substr(pos + 1, end - pos - 1);
  const auto* entity = std::ranges::find(kEntities, name, &Entity::name);
  if (entity == std::end(kEntities)) return kNone;
  const bool semicolon = end < text.size() && text[end] == ';';
  if (!semicolon && name != "amp" && name != "lt" && name != "gt" && name != "quot" && name != "nbsp") return kNone;
  decoded = entity->text;
  if (name == "nbsp") decoded = " ";
  return semicolon ? end + 1 : end;
}

}  // namespace

/// One past what begins with '<' at `pos` and was taken out; kNone if it is plain text.
size_t HtmlStripCharFilter::strip_markup(std::string_view text, size_t pos, size_t last_comment_end,
                                         FilteredTextBuilder& builder) const {
  const std::string_view rest = text.substr(pos);
  size_t end = kNone;
  std::string_view left;
  if (rest.starts_with("<!--")) {
    const bool closed = last_comment_end != kNone && last_comment_end >= pos + 4;
    const size_t close = closed ? text.find("-->", pos + 4) : kNone;
    end = close == kNone ? kNone : close + 3;
  } else if (rest.starts_with("<!") || rest.starts_with("<?")) {
    end = tag_end(text, pos + 1);
  } else {
    const bool closing = rest.starts_with("</");
    const std::string name = tag_name(text, pos + (closing ? 2 : 1));
    if (name.empty() || std::ranges::find(escaped_tags_, name) != escaped_tags_.end()) return kNone;
    end = tag_end(text, pos + 1);
    if (end == kNone) return kNone;
    if (!closing && (name == "script" || name == "style")) end = element_end(text, end, name);
    if (std::ranges::find(kInlineTags, name) == std::end(kInlineTags)) left = "\n";
  }
  if (end != kNone) builder.replace(text.substr(pos, end - pos), left);
  return end;
}

FilteredText HtmlStripCharFilter::apply(std::string_view text) const {
  FilteredTextBuilder builder;
  const size_t last_comment_end = text.rfind("-->");
  std::string decoded;
  size_t copied = 0;
  for (size_t pos = text.find_first_of("<&"); pos != kNone; pos = text.find_first_of("<&", pos)) {
    builder.copy(text.substr(copied, pos - copied));
    copied = pos;
    size_t end = kNone;
    if (text[pos] == '<') {
      end = strip_markup(text, pos, last_comment_end, builder);
    } else if (end = entity_end(text, pos, decoded); end != kNone) {
      builder.replace(text.substr(pos, end - pos), decoded);
    }
    if (end == kNone) {
      ++pos;
    } else {
      copied = pos = end;
    }
  }
  builder.copy(text.substr(copied));
  return builder.take();
}

}  // namespace selene::index
