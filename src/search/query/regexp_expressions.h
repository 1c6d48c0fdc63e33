#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace selene::search {

/// Regular expressions over code points as numbers: equal expressions have one number. One thread.
class RegexpExpressions {
 public:
  using Id = int32_t;
  struct Range {
    int32_t low;
    int32_t high;
    auto operator<=>(const Range&) const = default;
  };
  static constexpr int32_t kMaxCodePoint = 0x10FFFF;

  RegexpExpressions();

  Id nothing() const { return 0; }  ///< matches no text
  Id empty() const { return 1; }    ///< matches the empty text
  Id ranges(std::vector<Range> ranges);
  Id any() { return ranges({{0, kMaxCodePoint}}); }
  Id concat(Id left, Id right);
  Id either(std::vector<Id> parts);
  Id both(Id left, Id right);
  Id complement(Id inner);
  /// `max` < 0: without end.
  Id repeat(Id inner, int32_t min, int32_t max);

  bool nullable(Id id) const { return nodes_[static_cast<size_t>(id)].nullable; }
  /// What must follow after `code_point`.
  Id derivative(Id id, int32_t code_point);

  /// Once expressions have so many parts in all, nothing new is made: derivatives give `nothing`, and `exhausted` says so.
  void set_limit(size_t max_parts) { limit_ = num_parts_ + max_parts; }
  bool exhausted() const { return exhausted_; }

 private:
  enum class Kind : uint8_t { kNothing, kEmpty, kRanges, kConcat, kEither, kBoth, kNot, kRepeat };
  struct Key {
    Kind kind;
    int32_t min = 0;
    int32_t max = 0;
    std::vector<Id> parts;
    std::vector<Range> ranges;
    auto operator<=>(const Key&) const = default;
  };
  struct Node {
    Key key;
    bool nullable;
  };
  Id intern(Key key, bool nullable);

  std::vector<Node> nodes_;
  std::map<Key, Id> ids_;
  size_t num_parts_ = 0;
  size_t limit_ = static_cast<size_t>(-1);
  bool exhausted_ = false;
};

}  // namespace selene::search
