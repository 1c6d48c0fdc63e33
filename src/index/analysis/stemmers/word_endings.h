#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace selene::index {

/// A word in UTF-16, cut and changed in place by the rules of one stemmer or normalizer.
struct StemWord {
  std::u16string text;

  size_t size() const { return text.size(); }
  /// The unit `back` from the end, 1: the last.  REQUIRES: 1 <= back <= size().
  char16_t& from_end(size_t back) { return text[text.size() - back]; }
  bool ends(std::u16string_view ending) const { return text.ends_with(ending); }
  bool ends_in_one_of(std::initializer_list<std::u16string_view> endings) const {
    for (const std::u16string_view ending : endings) {
      if (text.ends_with(ending)) return true;
    }
    return false;
  }
  bool last_is_one_of(std::u16string_view units) { return !text.empty() && units.find(text.back()) != units.npos; }
  void cut(size_t units) { text.resize(text.size() - units); }
  /// Cuts `units` if the word ends in one of `endings`. Gives whether it did.
  bool cut_if(std::initializer_list<std::u16string_view> endings, size_t units) {
    if (!ends_in_one_of(endings)) return false;
    cut(units);
    return true;
  }
  /// Replaces each unit of `from` by the unit at the same place of `to`.
  void fold(std::u16string_view from, std::u16string_view to) {
    for (char16_t& unit : text) {
      if (const size_t place = from.find(unit); place != from.npos) unit = to[place];
    }
  }
  /// Of a run of the same unit only the first stays, where `doubled` allows it.
  template <class Allowed>
  void remove_doubles(Allowed doubled) {
    std::u16string kept;
    for (const char16_t unit : text) {
      if (kept.empty() || kept.back() != unit || !doubled(unit)) kept += unit;
    }
    text = std::move(kept);
  }
};

}  // namespace selene::index
