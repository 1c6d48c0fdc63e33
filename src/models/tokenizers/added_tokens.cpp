#include "models/tokenizers/added_tokens.h"

#include <algorithm>
#include <cstring>

#include "models/tokenizers/char_classes.h"
#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

base::Result<bool> flag(base::JsonValue token, std::string_view name, bool otherwise) {
  const base::JsonValue value = token[name];
  if (!value.exists()) return otherwise;
  if (!value.is_bool()) return Error(ErrorCode::kIllegalArgument, "[added_tokens.{}] must be true or false", name);
  return value.as_bool();
}

base::Result<AddedToken> parse_token(base::JsonValue value) {
  const base::JsonValue content = value["content"];
  const base::JsonValue id = value["id"];
  if (!content.is_string()) return Error(ErrorCode::kIllegalArgument, "an entry of [added_tokens] has no [content]");
  if (id.type() != base::JsonType::kInt64 || id.as_int64() < 0 || id.as_int64() > INT32_MAX) {
    return Error(ErrorCode::kIllegalArgument, "the added token [{}] has no valid [id]", content.as_string());
  }
  AddedToken token{.content = std::string(content.as_string()), .id = static_cast<int32_t>(id.as_int64())};
  ASSIGN_OR_RETURN(const bool special, flag(value, "special", false));
  ASSIGN_OR_RETURN(token.single_word, flag(value, "single_word", false));
  ASSIGN_OR_RETURN(token.lstrip, flag(value, "lstrip", false));
  ASSIGN_OR_RETURN(token.rstrip, flag(value, "rstrip", false));
  ASSIGN_OR_RETURN(token.normalized, flag(value, "normalized", !special));
  return token;
}

/// Where the code point that ends at `end` begins.
size_t last_begin(std::string_view text, size_t end) {
  size_t begin = end - 1;
  while (begin > 0 && end - begin < 4 && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) --begin;
  return begin;
}

char32_t char_before(std::string_view text, size_t end) {
  size_t pos = last_begin(text, end);
  return decode_utf8(text, pos);
}

size_t skip_blanks_back(std::string_view text, size_t end) {
  while (end > 0 && is_whitespace(char_before(text, end))) end = last_begin(text, end);
  return end;
}

size_t skip_blanks(std::string_view text, size_t pos) {
  while (pos < text.size()) {
    size_t next = pos;
    if (!is_whitespace(decode_utf8(text, next))) break;
    pos = next;
  }
  return pos;
}

}  // namespace

base::Result<std::vector<AddedToken>> parse_added_tokens(base::JsonValue list) {
  std::vector<AddedToken> tokens;
  if (list.is_null()) return tokens;
  if (!list.is_array()) return Error(ErrorCode::kIllegalArgument, "[added_tokens] must be a list");
  for (const base::JsonValue value : list.as_array()) {
    ASSIGN_OR_RETURN(AddedToken token, parse_token(value));
    if (!token.content.empty()) tokens.push_back(std::move(token));
  }
  return tokens;
}

AddedTokenMatcher::AddedTokenMatcher(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
  std::vector<ByteTrie::Entry> entries;
  // Of equal contents the first one counts; the trie keeps the last.
  for (size_t i = tokens_.size(); i-- > 0;) entries.push_back({tokens_[i].content, static_cast<int32_t>(i)});
  if (!trie_.build(std::move(entries))) tokens_.clear();
  learn_starts();
}

void AddedTokenMatcher::learn_starts() {
  bool are_pairs = true;
  for (const AddedToken& token : tokens_) {
    const auto first = static_cast<uint8_t>(token.content.front());
    starts_[first] = true;
    are_pairs = are_pairs && token.content.size() > 1;
    const Start pair{first, static_cast<uint8_t>(token.content.size() > 1 ? token.content[1] : 0)};
    if (std::find(pairs_.begin(), pairs_.end(), pair) == pairs_.end()) pairs_.push_back(pair);
  }
  if (!are_pairs || pairs_.size() > kMaxStarts) pairs_.clear();
  if (std::count(starts_.begin(), starts_.end(), true) == 1) {
    only_start_ = static_cast<int>(std::find(starts_.begin(), starts_.end(), true) - starts_.begin());
  }
}

size_t AddedTokenMatcher::candidate(std::string_view text, size_t from) const {
  if (only_start_ >= 0) return std::min(text.find(static_cast<char>(only_start_), from), text.size());
  // Letters may start them: two bytes at a time leave out nearly all of a text.
  for (; !pairs_.empty() && from + kBlock < text.size(); from += kBlock) {
    std::array<uint8_t, kBlock> is_start{};
    const char* bytes = text.data() + from;
    for (const Start pair : pairs_) {
      for (size_t i = 0; i < kBlock; ++i) {
        const bool starts = (static_cast<uint8_t>(bytes[i]) == pair.first) & (static_cast<uint8_t>(bytes[i + 1]) == pair.second);
        is_start[i] |= static_cast<uint8_t>(starts);
      }
    }
    uint8_t any = 0;
    for (const uint8_t starts : is_start) any |= starts;
    if (any != 0) return from + static_cast<size_t>(std::find(is_start.begin(), is_start.end(), 1) - is_start.begin());
  }
  while (from < text.size() && !starts_[static_cast<uint8_t>(text[from])]) ++from;
  return from;
}

std::optional<AddedTokenMatcher::RawMatch> AddedTokenMatcher::next(std::string_view text, size_t from) const {
  for (size_t begin = candidate(text, from); begin < text.size(); begin = candidate(text, begin + 1)) {
    std::optional<RawMatch> longest;
    ByteTrie::Node node = ByteTrie::kRoot;
    for (size_t i = begin; i < text.size(); ++i) {
      node = trie_.child(node, static_cast<uint8_t>(text[i]));
      if (node == ByteTrie::kNone) break;
      if (trie_.value(node) >= 0) longest = RawMatch{begin, i + 1, static_cast<size_t>(trie_.value(node))};
    }
    if (longest.has_value()) return longest;
  }
  return std::nullopt;
}

bool AddedTokenMatcher::stands_alone(std::string_view text, const RawMatch& match) const {
  if (match.begin > 0 && (char_classes(char_before(text, match.begin)) & kWordClass) != 0) return false;
  if (match.end == text.size()) return true;
  size_t pos = match.end;
  return (char_classes(decode_utf8(text, pos)) & kWordClass) == 0;
}

std::vector<AddedTokenMatcher::Match> AddedTokenMatcher::find(std::string_view text) const {
  std::vector<Match> matches;
  if (tokens_.empty()) return matches;
  size_t taken = 0;
  size_t from = 0;
  while (const std::optional<RawMatch> raw = next(text, from)) {
    from = raw->end;
    const AddedToken& token = tokens_[raw->token];
    if (token.single_word && !stands_alone(text, *raw)) continue;
    size_t begin = raw->begin;
    size_t end = raw->end;
    // Blanks that the match before has taken stay with it.
    if (token.lstrip) begin = std::max(skip_blanks_back(text, begin), taken);
    if (token.rstrip) end = skip_blanks(text, end);
    matches.push_back({begin, end, token.id});
    taken = end;
  }
  return matches;
}

}  // namespace selene::models
