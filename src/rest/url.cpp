#include "rest/url.h"

#include <algorithm>

#include "rest/utf8_check.h"

namespace selene::rest {

namespace {

constexpr size_t kMaxPairs = 1024;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

base::Error bad_escape(std::string_view text) {
  return {base::ErrorCode::kIllegalArgument, "invalid escape sequence in [{}]: expected % and two hexadecimal digits", text};
}

}  // namespace

base::Result<std::string> percent_decode(std::string_view text, PlusSign plus) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == PlusSign::kBlank) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return bad_escape(text);
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return bad_escape(text);
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  if (out.find('\0') != std::string::npos)
    return base::Error(base::ErrorCode::kIllegalArgument, "the request's URL holds a NUL character");
  if (!is_valid_utf8(out)) {
    return base::Error(base::ErrorCode::kIllegalArgument, "the request's URL holds bytes that are no valid UTF-8");
  }
  return out;
}

SplitTarget split_target(std::string_view target) {
  target = target.substr(0, target.find('#'));
  if (target.starts_with("http://") || target.starts_with("https://")) {  // absolute form, RFC 9112 3.2.2
    const size_t path = target.find('/', target.find("//") + 2);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  const size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

base::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view piece = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (piece.empty()) continue;
    const size_t equals = std::min(piece.find('='), piece.size());
    ASSIGN_OR_RETURN(std::string key, percent_decode(piece.substr(0, equals), PlusSign::kBlank));
    ASSIGN_OR_RETURN(std::string value, percent_decode(piece.substr(std::min(equals + 1, piece.size())), PlusSign::kBlank));
    const auto same = std::find_if(out.begin(), out.end(), [&](const auto& pair) { return pair.first == key; });
    if (same != out.end()) {
      same->second = std::move(value);
      continue;
    }
    if (out.size() == kMaxPairs)
      return base::Error(base::ErrorCode::kIllegalArgument, "too many URL parameters, at most [{}] are allowed", kMaxPairs);
    out.emplace_back(std::move(key), std::move(value));
  }
  return out;
}

}  // namespace selene::rest
