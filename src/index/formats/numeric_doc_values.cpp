#include "index/formats/numeric_doc_values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

namespace selene::index {
namespace {

/// What values are told from: values that grow or fall with the document, as times and counters do, are near it. Modulo 2^64.
struct Line {
  static constexpr int kSlopeBits = 12;  ///< behind the point
  uint64_t start = 0;
  int64_t slope = 0;
  uint64_t at(uint64_t index) const {
    return start + static_cast<uint64_t>(static_cast<int64_t>(index * static_cast<uint64_t>(slope)) >> kSlopeBits);
  }
};

/// Bits of the largest distance above `line`, once its start is lowered so that no value is below it.
int fit(std::span<const int64_t> values, Line& line) {
  line.start = 0;
  int64_t lowest = INT64_MAX;
  int64_t highest = INT64_MIN;
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t off = 0;
    if (__builtin_sub_overflow(values[i], static_cast<int64_t>(line.at(i)), &off)) return 65;
    lowest = std::min(lowest, off);
    highest = std::max(highest, off);
  }
  line.start = static_cast<uint64_t>(lowest);
  return 64 - std::countl_zero(static_cast<uint64_t>(highest) - static_cast<uint64_t>(lowest));
}

/// The line from the first to the last value, or the level one if that leaves as little.
Line line_of(std::span<const int64_t> values) {
  Line level;
  if (values.empty()) return level;
  const int bits = fit(values, level);
  constexpr int64_t kSteepest = int64_t{1} << 18;  // 2^31 values of that slope stay within 64 bits
  int64_t rise = 0;
  if (values.size() < 2 || __builtin_sub_overflow(values.back(), values.front(), &rise)) return level;
  const auto steps = static_cast<int64_t>(values.size() - 1);
  if (rise / steps <= -kSteepest || rise / steps >= kSteepest || steps > INT32_MAX) return level;
  const double slope = static_cast<double>(rise) / static_cast<double>(steps);
  Line sloping{0, std::llround(slope * (1 << Line::kSlopeBits))};
  return fit(values, sloping) < bits ? sloping : level;
}

class MappedNumericDocValues final : public NumericDocValues {
 public:
  static base::Result<std::unique_ptr<NumericDocValues>> open(std::string_view section, DocId max_doc) {
    auto values = std::make_unique<MappedNumericDocValues>();
    ByteReader in(section);
    const bool sorted = in.fixed<uint8_t>() == 1;
    values->max_doc_ = max_doc;
    values->line_.start = in.fixed<uint64_t>();
    values->line_.slope = in.fixed<int64_t>();
    values->values_ = PackedInts::read(in);
    values->starts_ = DocValueStarts::read(in, max_doc, values->values_.size());
    if (sorted) values->order_ = PackedInts::read(in);
    if (!in.ok() || !in.done() || (sorted && values->order_.size() != values->values_.size())) {
      return base::Error(base::ErrorCode::kCorruptIndex, "damaged numeric doc values");
    }
    return std::unique_ptr<NumericDocValues>(std::move(values));
  }

  int32_t count(DocId doc) const override {
    const auto [begin, end] = starts_.range(doc);
    return static_cast<int32_t>(end - begin);
  }
  int64_t value(DocId doc, int32_t i) const override { return at(starts_.range(doc).first + static_cast<uint64_t>(i)); }

  void range(int64_t low, int64_t high, std::vector<DocId>& docs) const override {
    if (low > high) return;
    if (order_.size() == 0) return scan(low, high, docs);
    const uint64_t begin = first_not_less(low);
    const uint64_t end = high == INT64_MAX ? order_.size() : first_not_less(high + 1);
    if (end - begin > static_cast<uint64_t>(max_doc_) / 8) return scan(low, high, docs);
    const size_t old_size = docs.size();
    for (uint64_t i = begin; i < end; ++i) {
      if (order_[i] < values_.size()) docs.push_back(starts_.doc_of(order_[i]));
    }
    const auto first = docs.begin() + static_cast<std::ptrdiff_t>(old_size);
    std::sort(first, docs.end());
    docs.erase(std::unique(first, docs.end()), docs.end());
  }

 private:
  int64_t at(uint64_t index) const { return index < values_.size() ? static_cast<int64_t>(values_[index] + line_.at(index)) : 0; }
  /// Place in the order of the first value >= `wanted`.
  uint64_t first_not_less(int64_t wanted) const {
    uint64_t low = 0;
    uint64_t high = order_.size();
    while (low < high) {
      const uint64_t middle = low + (high - low) / 2;
      if (at(order_[middle]) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
  void scan(int64_t low, int64_t high, std::vector<DocId>& docs) const {
    for (DocId doc = 0; doc < max_doc_; ++doc) {
      const auto [begin, end] = starts_.range(doc);
      for (uint64_t i = begin; i < end; ++i) {
        if (const int64_t v = at(i); v >= low && v <= high) {
          docs.push_back(doc);
          break;
        }
      }
    }
  }

  DocId max_doc_ = 0;
  Line line_;
  PackedInts values_;  ///< value - line, modulo 2^64
  DocValueStarts starts_;
  PackedInts order_;  ///< value indices by (value, document); empty if none
};

}  // namespace

std::string write_numeric_doc_values(std::span<const DocId> docs, std::span<const int64_t> values, DocId max_doc,
                                     NumericOrder order) {
  ByteWriter out;
  const Line line = line_of(values);
  std::vector<uint64_t> packed(values.size());
  for (size_t i = 0; i < values.size(); ++i) packed[i] = static_cast<uint64_t>(values[i]) - line.at(i);
  out.fixed(static_cast<uint8_t>(order == NumericOrder::kSorted ? 1 : 0));
  out.fixed(line.start);
  out.fixed(line.slope);
  write_packed_ints(packed, out);
  write_doc_value_starts(docs, max_doc, out);
  if (order == NumericOrder::kSorted) {
    std::vector<uint64_t> indices(values.size());
    std::iota(indices.begin(), indices.end(), uint64_t{0});
    std::stable_sort(indices.begin(), indices.end(), [&](uint64_t a, uint64_t b) { return values[a] < values[b]; });
    write_packed_ints(indices, out);
  }
  return std::move(out.bytes());
}

base::Result<std::unique_ptr<NumericDocValues>> open_numeric_doc_values(std::string_view section, DocId max_doc) {
  return MappedNumericDocValues::open(section, max_doc);
}

}  // namespace selene::index
