#include "index/analysis/tokenizers/url_email_matcher.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "index/analysis/tokenizers/top_level_domains.h"

namespace selene::index {
namespace {

enum CharSet : uint8_t {
  kAlnum = 1,
  kHex = 2,
  kUnreserved = 4,  ///< of a URI
  kAtom = 16,       ///< of the local part of a mail address
  kDigit = 32,
};

constexpr std::array<uint8_t, 128> make_sets() {
  std::array<uint8_t, 128> sets{};
  const auto add = [&](std::string_view chars, uint8_t set) {
    for (const char c : chars) sets[static_cast<size_t>(c)] |= set;
  };
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view kDigits = "0123456789";
  add(kLetters, kAlnum | kUnreserved | kAtom);
  add(kDigits, kAlnum | kUnreserved | kAtom | kDigit | kHex);
  add("abcdefABCDEF", kHex);
  add("-._~", kUnreserved);
  add("!#$%&'*+,-./=?^_`{|}~", kAtom);
  return sets;
}
constexpr std::array<uint8_t, 128> kSets = make_sets();

bool is_in(std::string_view text, size_t i, uint8_t sets) {
  return i < text.size() && static_cast<uint8_t>(text[i]) < 0x80 && (kSets[static_cast<uint8_t>(text[i])] & sets) != 0;
}
bool is_at(std::string_view text, size_t i, char c) { return i < text.size() && text[i] == c; }
bool is_one_of(std::string_view text, size_t i, std::string_view chars) {
  return i < text.size() && chars.find(text[i]) != chars.npos;
}

size_t skip(std::string_view text, size_t i, uint8_t sets, size_t at_most) {
  const size_t begin = i;
  while (i - begin < at_most && is_in(text, i, sets)) ++i;
  return i;
}

/// Characters of a URI's part: unreserved, %XX, and those of `more`.
size_t skip_uri_chars(std::string_view text, size_t i, std::string_view more) {
  for (;;) {
    if (is_in(text, i, kUnreserved) || is_one_of(text, i, more)) {
      ++i;
    } else if (is_at(text, i, '%') && is_in(text, i + 1, kHex) && is_in(text, i + 2, kHex)) {
      i += 3;
    } else {
      return i;
    }
  }
}

/// The end of a label: letters, digits and `-`, the last of them no `-`; `begin` if there is none.
size_t match_label(std::string_view text, size_t begin) {
  if (!is_in(text, begin, kAlnum)) return begin;
  size_t end = begin;
  for (size_t i = begin; is_in(text, i, kAlnum) || is_at(text, i, '-'); ++i) {
    if (text[i] != '-') end = i + 1;
  }
  return end;
}

size_t match_loose_domain(std::string_view text, size_t begin) {
  size_t end = match_label(text, begin);
  while (end > begin && is_at(text, end, '.')) {
    const size_t next = match_label(text, end + 1);
    if (next == end + 1) break;
    end = next;
  }
  return end;
}

/// Calls `found(end)` for each place where a domain of `begin` may end that has a top-level domain last.
template <class Found>
void for_each_strict_domain(std::string_view text, size_t begin, Found found) {
  size_t end = match_label(text, begin);
  while (end > begin && is_at(text, end, '.')) {
    if (const size_t length = match_top_level_domain(text.substr(end + 1)); length != 0) {
      found(end + 1 + length);
      if (is_at(text, end + 1 + length, '.')) found(end + 2 + length);
    }
    const size_t next = match_label(text, end + 1);
    if (next == end + 1) return;
    end = next;
  }
}

/// Whether text[begin, end) is a number of one to three digits up to 255.
bool is_octet(std::string_view text, size_t begin, size_t end) {
  int32_t value = 0;
  for (size_t i = begin; i < end; ++i) value = value * 10 + (text[i] - '0');
  return end > begin && end - begin <= 3 && value <= 255;
}

/// Calls `found(end)` for each place where an IPv4 address of `begin` may end.
template <class Found>
void for_each_ipv4(std::string_view text, size_t begin, Found found) {
  size_t i = begin;
  for (int32_t octet = 0; octet < 3; ++octet) {
    const size_t end = skip(text, i, kDigit, 3);
    if (!is_octet(text, i, end) || !is_at(text, end, '.')) return;
    i = end + 1;
  }
  for (size_t end = i + 1; end <= i + 3 && is_in(text, end - 1, kDigit); ++end) {
    if (is_octet(text, i, end)) found(end);
  }
}

/// The whole of `text` is an IPv6 address: groups of 16 bits, `::` once for some of them, the last two perhaps an IPv4 address.
bool is_ipv6(std::string_view text) {
  size_t num_groups = 0;
  bool gap = false;
  for (size_t i = 0; i < text.size();) {
    if (text.substr(i, 2) == "::") {
      if (gap) return false;
      gap = true;
      i += 2;
      continue;
    }
    if (num_groups > 0 && text[i] == ':') ++i;
    bool ipv4 = false;
    for_each_ipv4(text, i, [&](size_t end) { ipv4 |= end == text.size(); });
    const size_t end = ipv4 ? text.size() : skip(text, i, kHex, 4);
    if (end == i) return false;
    num_groups += ipv4 ? 2 : 1;
    i = end;
    if (i < text.size() && text[i] != ':') return false;
  }
  return gap ? num_groups <= 7 : num_groups == 8;
}

/// The end of `[IPv6]`; `begin` if there is none.
size_t match_ipv6_host(std::string_view text, size_t begin) {
  if (!is_at(text, begin, '[')) return begin;
  const size_t close = text.find(']', begin);
  return close != text.npos && is_ipv6(text.substr(begin + 1, close - begin - 1)) ? close + 1 : begin;
}

size_t match_port(std::string_view text, size_t begin) {
  const size_t end = is_at(text, begin, ':') ? skip(text, begin + 1, kDigit, 5) : begin;
  return end > begin + 1 ? end : begin;
}

constexpr std::string_view kQueryChars = "!$&'()*+,;=:@/?";

size_t match_fragment(std::string_view text, size_t begin) {
  return is_at(text, begin, '#') ? skip_uri_chars(text, begin + 1, kQueryChars) : begin;
}

/// What may follow the host of `http`: port, path, query, fragment.
size_t match_http_rest(std::string_view text, size_t begin) {
  size_t end = match_port(text, begin);
  while (is_at(text, end, '/')) end = skip_uri_chars(text, end + 1, ";:@&=");
  if (is_at(text, end, '?')) end = skip_uri_chars(text, end + 1, kQueryChars);
  return match_fragment(text, end);
}

/// Path and fragment of `ftp` and `file`; 0 without a path.
size_t match_file_rest(std::string_view text, size_t begin, bool typed) {
  if (!is_at(text, begin, '/')) return 0;
  size_t end = begin;
  while (is_at(text, end, '/')) end = skip_uri_chars(text, end + 1, "?:@&=");
  const bool has_type = typed && is_at(text, end, ';') && is_one_of(text, end + 1, "tT") && is_one_of(text, end + 2, "yY") &&
                        is_one_of(text, end + 3, "pP") && is_one_of(text, end + 4, "eE") && is_at(text, end + 5, '=') &&
                        is_one_of(text, end + 6, "aAiIdD");
  return match_fragment(text, has_type ? end + 7 : end);
}

size_t match_loose_host(std::string_view text, size_t begin) {
  const size_t end = match_ipv6_host(text, begin);
  return end > begin ? end : match_loose_domain(text, begin);
}

/// `user:password@host`, the login optional; `begin` without a host.
size_t match_login_and_host(std::string_view text, size_t begin) {
  constexpr std::string_view kLoginChars = "!$&'()*+,;=";
  size_t at = skip_uri_chars(text, begin, kLoginChars);
  if (is_at(text, at, ':')) at = skip_uri_chars(text, at + 1, kLoginChars);
  if (is_at(text, at, '@')) {
    const size_t end = match_loose_host(text, at + 1);
    if (end > at + 1) return end;
  }
  return match_loose_host(text, begin);
}

/// Whether the text starts with `scheme` (lower case) in any case.
bool has_scheme(std::string_view text, std::string_view scheme) {
  return text.size() >= scheme.size() && std::equal(scheme.begin(), scheme.end(), text.begin(),
                                                    [](char s, char c) { return c == s || (c >= 'A' && c <= 'Z' && c + 32 == s); });
}

size_t match_url_with_scheme(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://", "ftp://"}) {
    if (!has_scheme(text, scheme)) continue;
    const size_t host = match_login_and_host(text, scheme.size());
    if (host == scheme.size()) return 0;
    if (scheme != "ftp://") return match_http_rest(text, host);
    return match_file_rest(text, match_port(text, host), true);
  }
  constexpr std::string_view kFile = "file://";
  return has_scheme(text, kFile) ? match_file_rest(text, match_loose_host(text, kFile.size()), false) : 0;
}

/// The end of "..." of a mail address, `\` escapes; `begin` if it is not closed.
size_t match_quoted(std::string_view text, size_t begin) {
  for (size_t i = begin + 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') return i + 1;
    if (c == '\\') {
      ++i;
    } else if (c == '\0' || c == '\t' || c == '\n' || c == '\r' || c == 0x7F) {
      return begin;
    }
  }
  return begin;
}

/// Labels with dots between them, up to the `@`; 0 if there is none.
size_t match_local_part(std::string_view text) {
  size_t i = 0;
  for (;;) {
    if (is_at(text, i, '"')) {
      const size_t end = match_quoted(text, i);
      if (end == i) return 0;
      i = end;
      if (is_at(text, i, '.')) {
        ++i;
        continue;
      }
    } else {
      const size_t end = skip(text, i, kAtom, text.size());
      if (end == i) return 0;
      const bool label_and_dot = end - i > 1 && text[end - 1] == '.';
      i = end;
      if (label_and_dot && is_at(text, i, '"')) continue;
    }
    return is_at(text, i, '@') ? i : 0;
  }
}

/// `[...]` behind an `@`; `begin` if it is not closed.
size_t match_bracketed(std::string_view text, size_t begin) {
  for (size_t i = begin + 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ']') return i + 1;
    if (c == '\\') {
      ++i;
    } else if (c == '[' || c == '\0' || c == '\t' || c == '\n' || c == '\r') {
      return begin;
    }
  }
  return begin;
}

}  // namespace

size_t match_email(std::string_view text) {
  const size_t at = match_local_part(text);
  if (at == 0) return 0;
  if (is_at(text, at + 1, '[')) {
    const size_t end = match_bracketed(text, at + 1);
    return end > at + 1 ? end : 0;
  }
  size_t longest = 0;
  for_each_strict_domain(text, at + 1, [&](size_t end) { longest = std::max(longest, end); });
  return longest;
}

size_t match_url(std::string_view text, Behind behind) {
  size_t longest = match_url_with_scheme(text);
  const auto found = [&](size_t end) {
    if (is_in(text, end, kAlnum) || is_one_of(text, end, "-_")) return;
    if (end == text.size() && (behind == Behind::kWordChar || (behind == Behind::kEnd && text[end - 1] == '.'))) return;
    longest = std::max(longest, match_http_rest(text, end));
  };
  for_each_strict_domain(text, 0, found);
  for_each_ipv4(text, 0, found);
  if (const size_t end = match_ipv6_host(text, 0); end > 0) found(end);
  return longest;
}

size_t match_mailto(std::string_view text) {
  constexpr std::string_view kScheme = "mailto";
  if (!has_scheme(text, kScheme) || !is_at(text, kScheme.size(), ':')) return 0;
  const size_t email = match_email(text.substr(kScheme.size() + 1));
  return email == 0 ? 0 : kScheme.size() + 1 + email;
}

}  // namespace selene::index
