#include "search/query/regexp_expressions.h"

#include <algorithm>

namespace selene::search {

using Id = RegexpExpressions::Id;

RegexpExpressions::RegexpExpressions() {
  intern({Kind::kNothing, 0, 0, {}, {}}, false);
  intern({Kind::kEmpty, 0, 0, {}, {}}, true);
}

Id RegexpExpressions::intern(Key key, bool is_nullable) {
  if (const auto known = ids_.find(key); known != ids_.end()) return known->second;
  num_parts_ += key.parts.size() + 1;
  if (num_parts_ >= limit_) {
    exhausted_ = true;
    return nothing();
  }
  const auto id = static_cast<Id>(nodes_.size());
  ids_.emplace(key, id);
  nodes_.push_back({std::move(key), is_nullable});
  return id;
}

Id RegexpExpressions::ranges(std::vector<Range> list) {
  std::sort(list.begin(), list.end());
  std::vector<Range> merged;
  for (const Range& range : list) {
    if (range.low > range.high) continue;
    if (!merged.empty() && range.low <= merged.back().high + 1) {
      merged.back().high = std::max(merged.back().high, range.high);
    } else {
      merged.push_back(range);
    }
  }
  if (merged.empty()) return nothing();
  return intern({Kind::kRanges, 0, 0, {}, std::move(merged)}, false);
}

Id RegexpExpressions::concat(Id left, Id right) {
  if (left == nothing() || right == nothing()) return nothing();
  if (left == empty()) return right;
  if (right == empty()) return left;
  return intern({Kind::kConcat, 0, 0, {left, right}, {}}, nullable(left) && nullable(right));
}

Id RegexpExpressions::either(std::vector<Id> parts) {
  std::vector<Id> flat;
  for (const Id part : parts) {
    const Key& key = nodes_[static_cast<size_t>(part)].key;
    if (key.kind == Kind::kEither) {
      flat.insert(flat.end(), key.parts.begin(), key.parts.end());
    } else if (part != nothing()) {
      flat.push_back(part);
    }
  }
  std::sort(flat.begin(), flat.end());
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  if (flat.empty()) return nothing();
  if (flat.size() == 1) return flat.front();
  const bool is_nullable = std::any_of(flat.begin(), flat.end(), [this](Id id) { return nullable(id); });
  return intern({Kind::kEither, 0, 0, std::move(flat), {}}, is_nullable);
}

Id RegexpExpressions::both(Id left, Id right) {
  if (left == nothing() || right == nothing()) return nothing();
  if (left == right) return left;
  return intern({Kind::kBoth, 0, 0, {std::min(left, right), std::max(left, right)}, {}}, nullable(left) && nullable(right));
}

Id RegexpExpressions::complement(Id inner) {
  const Key& key = nodes_[static_cast<size_t>(inner)].key;
  if (key.kind == Kind::kNot) return key.parts.front();
  return intern({Kind::kNot, 0, 0, {inner}, {}}, !nullable(inner));
}

Id RegexpExpressions::repeat(Id inner, int32_t min, int32_t max) {
  if (max == 0 || inner == empty()) return empty();
  if (inner == nothing()) return min == 0 ? empty() : nothing();
  if (min == 1 && max == 1) return inner;
  if (nullable(inner)) min = 0;
  return intern({Kind::kRepeat, min, max < 0 ? -1 : max, {inner}, {}}, min == 0);
}

Id RegexpExpressions::derivative(Id id, int32_t code_point) {
  const Key key = nodes_[static_cast<size_t>(id)].key;  // a copy: new expressions move the nodes
  switch (key.kind) {
    case Kind::kNothing:
    case Kind::kEmpty: return nothing();
    case Kind::kRanges: {
      const auto behind = std::upper_bound(key.ranges.begin(), key.ranges.end(), code_point,
                                           [](int32_t c, const Range& range) { return c < range.low; });
      return behind != key.ranges.begin() && code_point <= std::prev(behind)->high ? empty() : nothing();
    }
    case Kind::kConcat: {
      const Id first = concat(derivative(key.parts[0], code_point), key.parts[1]);
      if (!nullable(key.parts[0])) return first;
      return either({first, derivative(key.parts[1], code_point)});
    }
    case Kind::kEither: {
      std::vector<Id> parts;
      for (const Id part : key.parts) parts.push_back(derivative(part, code_point));
      return either(std::move(parts));
    }
    case Kind::kBoth: return both(derivative(key.parts[0], code_point), derivative(key.parts[1], code_point));
    case Kind::kNot: return complement(derivative(key.parts[0], code_point));
    case Kind::kRepeat: break;
  }
  const Id rest = repeat(key.parts[0], std::max(0, key.min - 1), key.max < 0 ? -1 : key.max - 1);
  return concat(derivative(key.parts[0], code_point), rest);
}

}  // namespace selene::search
