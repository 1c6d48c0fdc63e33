#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

/// Cuts an article before an apostrophe: l'avion -> avion.
class ElisionFilter final : public TokenFilter {
 public:
  explicit ElisionFilter(WordSet articles) : articles_(std::move(articles)) {}
  void apply(TokenBuffer& tokens) const override;

 private:
  WordSet articles_;
};

}  // namespace selene::index
