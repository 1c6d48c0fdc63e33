#include "index/analysis/stop_words.h"

#include <algorithm>

#include "index/analysis/stop_word_lists.h"

namespace selene::index {
namespace {

// Lucene's EnglishAnalyzer.ENGLISH_STOP_WORDS_SET.
constexpr std::string_view kEnglish =
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will "
    "with";

std::vector<std::string> split(std::string_view words) {
  std::vector<std::string> result;
  for (size_t begin = 0; begin < words.size();) {
    const size_t end = std::min(words.find(' ', begin), words.size());
    result.emplace_back(words.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::vector<std::string> stop_words(std::string_view name) {
  if (name.size() < 3 || !name.starts_with('_') || !name.ends_with('_')) return {};
  const std::string_view language = name.substr(1, name.size() - 2);
  if (language == "english") return split(kEnglish);
  for (const StopWordList& list : stop_word_lists()) {
    if (list.language == language) return split(list.words);
  }
  return {};
}

}  // namespace selene::index
