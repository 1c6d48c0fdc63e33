#include "index/analysis/stop_words.h"

namespace selene::index {
namespace {

// Lucene's EnglishAnalyzer.ENGLISH_STOP_WORDS_SET.
constexpr std::string_view kEnglish[] = {
    "a",   "an",    "and",  "are",   "as",    "at",   "be",   "but", "by",  "for",  "if",
    "in",  "into",  "is",   "it",    "no",    "not",  "of",   "on",  "or",  "such", "that",
    "the", "their", "then", "there", "these", "they", "this", "to",  "was", "will", "with",
};

}  // namespace

std::span<const std::string_view> stop_words(std::string_view name) {
  if (name == "_english_") return kEnglish;
  return {};
}

}  // namespace selene::index
