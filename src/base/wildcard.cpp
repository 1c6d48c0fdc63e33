#include "base/wildcard.h"

#include <string.h>  // memmem

#include "base/unicode.h"

namespace selene::base {
namespace {

/// Where `piece` first stands in `text`; npos if nowhere. Two-way search: linear, unlike std::string_view::find.
size_t find_piece(std::string_view text, std::string_view piece) {
  if (piece.empty()) return 0;
  const void* found = ::memmem(text.data(), text.size(), piece.data(), piece.size());
  return found == nullptr ? std::string_view::npos : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text) {
  const size_t first_star = pattern.find('*');
  if (first_star == std::string_view::npos) return pattern == text;
  const std::string_view head = pattern.substr(0, first_star);
  const std::string_view tail = pattern.substr(pattern.rfind('*') + 1);
  if (text.size() < head.size() + tail.size() || !text.starts_with(head) || !text.ends_with(tail)) return false;
  text = text.substr(head.size(), text.size() - head.size() - tail.size());
  std::string_view middle = pattern.substr(first_star + 1);
  for (size_t star = middle.find('*'); star != std::string_view::npos; star = middle.find('*')) {
    const size_t at = find_piece(text, middle.substr(0, star));
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + star);
    middle.remove_prefix(star + 1);
  }
  return true;
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  constexpr size_t kNone = std::string_view::npos;
  size_t p = 0;
  size_t t = 0;
  size_t star = kNone;  // the last '*' seen, and where in the text its run ends so far
  size_t run_end = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      run_end = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      decode_utf8(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != kNone) {
      p = star + 1;
      decode_utf8(text, run_end);
      t = run_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace selene::base
