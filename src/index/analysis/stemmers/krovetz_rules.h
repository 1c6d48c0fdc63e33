#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace selene::index {

/// What is put in place of a word's ending: the stem before it loses `cut` letters and gets `add`.
struct KrovetzChange {
  enum class Doubled : uint8_t {
    kStays,
    kBecomesSingle,  ///< of a doubled consonant one goes too; the change is for stems with one only
  };
  std::string_view add;
  size_t cut = 0;
  Doubled doubled = Doubled::kStays;
};

/// A few changes, in the order in which they are tried.
class KrovetzChanges {
 public:
  constexpr KrovetzChanges(std::initializer_list<KrovetzChange> changes) : size_(changes.size()) {
    std::copy(changes.begin(), changes.end(), changes_.begin());
  }
  constexpr const KrovetzChange* begin() const { return changes_.data(); }
  constexpr const KrovetzChange* end() const { return changes_.data() + size_; }

 private:
  std::array<KrovetzChange, 6> changes_ = {};
  size_t size_;
};

/// For words that end in `ending` behind a stem of `shortest_stem` letters or more, which ends in `stem_end`: the first of `tries`
/// that gives a known word is the word's stem; if none does, it becomes what `otherwise` says and goes on to the next step.
struct KrovetzRule {
  std::string_view stem_end;
  std::string_view ending;
  KrovetzChanges tries;
  KrovetzChange otherwise;
  size_t shortest_stem = 1;
};

/// Of a step the first rule that fits is applied. All its endings have the same last letter.
using KrovetzStep = std::span<const KrovetzRule>;

extern const KrovetzStep kKrovetzPlural;
extern const KrovetzStep kKrovetzPastInIed;
/// The steps after inflections, in their order.
extern const std::span<const KrovetzStep> kKrovetzDerivations;

}  // namespace selene::index
