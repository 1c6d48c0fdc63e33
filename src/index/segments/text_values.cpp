#include "index/segments/text_values.h"

namespace selene::index {
namespace {

/// The first ordinal whose term is `term` or stands behind it.
int32_t first_ordinal_from(const KeywordDocValues& values, std::string_view term) {
  int32_t low = 0;
  int32_t high = values.num_ordinals();
  while (low < high) {
    const int32_t middle = low + (high - low) / 2;
    if (values.term(middle) < term) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Those of the terms that begin with `prefix`, which are one range of ordinals.
class PrefixedValues final : public KeywordDocValues {
 public:
  PrefixedValues(const KeywordDocValues& all, const std::string& prefix, const std::string& end)
      : all_(all), prefix_size_(prefix.size()), begin_(first_ordinal_from(all, prefix)), end_(first_ordinal_from(all, end)) {}
  int32_t count(DocId doc) const override {
    int32_t found = 0;
    for (int32_t i = 0; i < all_.count(doc); ++i) found += is_own(all_.ordinal(doc, i)) ? 1 : 0;
    return found;
  }
  int32_t ordinal(DocId doc, int32_t i) const override {
    int32_t at = 0;
    while (!is_own(all_.ordinal(doc, at))) ++at;
    return all_.ordinal(doc, at + i) - begin_;
  }
  int32_t num_ordinals() const override { return end_ - begin_; }
  std::string_view term(int32_t ordinal) const override { return all_.term(begin_ + ordinal).substr(prefix_size_); }

 private:
  bool is_own(int32_t ordinal) const { return ordinal >= begin_ && ordinal < end_; }

  const KeywordDocValues& all_;
  size_t prefix_size_;
  int32_t begin_;
  int32_t end_;
};

class ConstantValue final : public KeywordDocValues {
 public:
  explicit ConstantValue(std::string_view value) : value_(value) {}
  int32_t count(DocId /*doc*/) const override { return 1; }
  int32_t ordinal(DocId /*doc*/, int32_t /*i*/) const override { return 0; }
  int32_t num_ordinals() const override { return 1; }
  std::string_view term(int32_t /*ordinal*/) const override { return value_; }

 private:
  std::string_view value_;
};

}  // namespace

std::shared_ptr<const KeywordDocValues> text_values(const SegmentReader& segment, const MappedField& field) {
  if (field.type == FieldType::kConstantKeyword)
    return field.constant_value ? std::make_shared<ConstantValue>(*field.constant_value) : nullptr;
  const bool is_key = !field.flattened_key.empty();
  const KeywordDocValues* const values = segment.keywords(is_key ? field.keyed->name : field.name);
  if (values == nullptr) return nullptr;
  if (!is_key) return {std::shared_ptr<const void>(), values};
  return std::make_shared<PrefixedValues>(*values, field.flattened_key + '\0', field.flattened_key + '\1');
}

}  // namespace selene::index
