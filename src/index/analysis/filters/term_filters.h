#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/regex.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/token_filter.h"

namespace selene::index {

/// Keeps terms of min to max UTF-16 units.
class LengthFilter final : public TokenFilter {
 public:
  LengthFilter(int32_t min, int32_t max) : min_(min), max_(max) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  int32_t min_;
  int32_t max_;
};

/// Cuts terms to `length` UTF-16 units (never inside a pair of surrogates).
class TruncateFilter final : public TokenFilter {
 public:
  explicit TruncateFilter(int32_t length) : length_(length) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  int32_t length_;
};

/// Cuts whitespace at both ends of a term.
class TrimFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
};

/// Turns the code points of each term round.
class ReverseFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
};

/// Drops a term that was there before, in the whole text or at the same position.
class UniqueFilter final : public TokenFilter {
 public:
  explicit UniqueFilter(bool only_on_same_position) : only_on_same_position_(only_on_same_position) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  bool only_on_same_position_;
};

/// Marks the words of a set, so that stemmers leave them alone.
class KeywordMarkerFilter final : public TokenFilter {
 public:
  explicit KeywordMarkerFilter(WordSet words) : words_(std::move(words)) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  WordSet words_;
};

/// Marks the words that a regular expression matches as a whole.
class PatternKeywordMarkerFilter final : public TokenFilter {
 public:
  explicit PatternKeywordMarkerFilter(std::shared_ptr<const base::Regex> pattern) : pattern_(std::move(pattern)) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  std::shared_ptr<const base::Regex> pattern_;
};

/// Gives some words a stem of their own and marks them, so that stemmers behind it leave them alone.
class StemmerOverrideFilter final : public TokenFilter {
 public:
  explicit StemmerOverrideFilter(std::map<std::string, std::string, std::less<>> stems) : stems_(std::move(stems)) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  std::map<std::string, std::string, std::less<>> stems_;
};

/// Cuts an article before an apostrophe: l'avion -> avion.
class ElisionFilter final : public TokenFilter {
 public:
  explicit ElisionFilter(WordSet articles) : articles_(std::move(articles)) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  WordSet articles_;
};

}  // namespace selene::index
