#pragma once

#include "index/analysis/token_filter.h"

namespace selene::index {

// What the analyzers of some languages do to terms besides stemming. Sources: Lucene's filters of the same names.

/// Decimal digits of any script as 0 to 9.
class DecimalDigitFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

/// Cuts a term at its first apostrophe: Turkish writes endings of names behind one.
class ApostropheFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
};

/// Lower case with the two i's of Turkish: I as ı, İ (also I with a combining dot) as i.
class TurkishLowercaseFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

/// Lower case that sets a hyphen behind an n or t put before a capital vowel: nAthair as n-athair.
class IrishLowercaseFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

/// Forms of alef, yeh and teh marbuta made one; tatweel and vowel signs dropped.
class ArabicNormalizationFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

/// Persian forms of yeh, kaf and heh as the Arabic ones; hamza above dropped.
class PersianNormalizationFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

/// Full-width forms of ASCII as ASCII, half-width katakana as katakana with their sound marks joined.
class CjkWidthFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
  bool normalizes() const override { return true; }
};

/// Each two neighbouring ideographs, kana or syllables as one token; one that stands alone stays by itself.
class CjkBigramFilter final : public TokenFilter {
 public:
  void apply(TokenBuffer& tokens) const override;
};

}  // namespace selene::index
