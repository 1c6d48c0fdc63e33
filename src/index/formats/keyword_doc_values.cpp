#include "index/formats/keyword_doc_values.h"

#include <vector>

#include "index/formats/string_table.h"

namespace selene::index {
namespace {

class MappedKeywordDocValues final : public KeywordDocValues {
 public:
  static base::Result<std::unique_ptr<KeywordDocValues>> open(std::string_view section, DocId max_doc) {
    auto values = std::make_unique<MappedKeywordDocValues>();
    ByteReader in(section);
    values->terms_ = StringTable::read(in);
    values->ordinals_ = PackedInts::read(in);
    values->starts_ = DocValueStarts::read(in, max_doc, values->ordinals_.size());
    if (!in.ok() || !in.done() || values->terms_.size() > INT32_MAX) {
      return base::Error(base::ErrorCode::kCorruptIndex, "damaged keyword doc values");
    }
    return std::unique_ptr<KeywordDocValues>(std::move(values));
  }
  int32_t count(DocId doc) const override {
    const auto [begin, end] = starts_.range(doc);
    return static_cast<int32_t>(end - begin);
  }
  int32_t ordinal(DocId doc, int32_t i) const override {
    const uint64_t index = starts_.range(doc).first + static_cast<uint64_t>(i);
    const uint64_t ordinal = index < ordinals_.size() ? ordinals_[index] : 0;
    return ordinal < terms_.size() ? static_cast<int32_t>(ordinal) : 0;
  }
  int32_t num_ordinals() const override { return static_cast<int32_t>(terms_.size()); }
  std::string_view term(int32_t ordinal) const override { return terms_[static_cast<uint64_t>(ordinal)]; }

 private:
  StringTable terms_;
  PackedInts ordinals_;
  DocValueStarts starts_;
};

}  // namespace

std::string write_keyword_doc_values(std::span<const std::string_view> terms, std::span<const DocId> docs,
                                     std::span<const int32_t> ordinals, DocId max_doc) {
  ByteWriter out;
  write_string_table(terms, out);
  write_packed_ints(std::vector<uint64_t>(ordinals.begin(), ordinals.end()), out);
  write_doc_value_starts(docs, max_doc, out);
  return std::move(out.bytes());
}

base::Result<std::unique_ptr<KeywordDocValues>> open_keyword_doc_values(std::string_view section, DocId max_doc) {
  return MappedKeywordDocValues::open(section, max_doc);
}

}  // namespace selene::index
