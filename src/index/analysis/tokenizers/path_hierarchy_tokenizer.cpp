#include "index/analysis/tokenizers/path_hierarchy_tokenizer.h"

#include <vector>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

/// More parts than this make no sense, and n parts cost n^2 bytes.
constexpr size_t kMaxParts = 1000;

}  // namespace

std::string PathHierarchyTokenizer::replaced(std::string_view text) const {
  std::string result;
  for (size_t pos = 0; pos < text.size();) {
    if (text.substr(pos).starts_with(delimiter_)) {
      result += replacement_;
      pos += delimiter_.size();
    } else {
      result += text[pos++];
    }
  }
  return result;
}

void PathHierarchyTokenizer::tokenize(std::string_view text, TokenBuffer& tokens) const {
  tokens.clear();
  if (text.empty()) return;
  std::vector<size_t> delimiters;
  for (size_t at = text.find(delimiter_); at != std::string_view::npos && delimiters.size() < kMaxParts;
       at = text.find(delimiter_, at + delimiter_.size())) {
    delimiters.push_back(at);
  }
  const auto skip = static_cast<size_t>(skip_);
  uint32_t position = 0;
  const auto emit = [&](size_t begin, size_t end) {
    if (end <= begin) return;
    const uint32_t start = utf16_length(text.substr(0, begin));
    tokens.add(replaced(text.substr(begin, end - begin)), position++, start, start + utf16_length(text.substr(begin, end - begin)),
               TokenType::kWord);
  };
  if (direction_ == Direction::kForward) {
    std::vector<size_t> ends = delimiters;
    if (!ends.empty() && ends.front() == 0) ends.erase(ends.begin());
    ends.push_back(text.size());
    if (skip >= ends.size()) return;
    const size_t begin = skip == 0 ? 0 : ends[skip - 1];
    for (size_t i = skip; i < ends.size(); ++i) emit(begin, ends[i]);
  } else {
    std::vector<size_t> starts = {0};
    for (const size_t at : delimiters) {
      if (at + delimiter_.size() < text.size()) starts.push_back(at + delimiter_.size());
    }
    if (skip >= starts.size()) return;
    const size_t end = skip == 0 ? text.size() : starts[starts.size() - skip];
    for (size_t i = 0; i + skip < starts.size(); ++i) emit(starts[i], end);
  }
  tokens.set_num_positions(position);
}

}  // namespace selene::index
