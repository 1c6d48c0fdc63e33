#pragma once

#include <span>
#include <string_view>

namespace selene::index {

/// The stop words that Lucene's analyzer of a language drops by default.
struct StopWordList {
  std::string_view language;  ///< "german", ...
  std::string_view words;     ///< separated by single blanks
};

/// All languages but English, sorted.
std::span<const StopWordList> stop_word_lists();

}  // namespace selene::index
