#include "index/formats/doc_value_starts.h"

#include <vector>

namespace selene::index {

DocValueStarts DocValueStarts::read(ByteReader& in, DocId max_doc, uint64_t num_values) {
  DocValueStarts starts;
  starts.max_doc_ = max_doc;
  starts.num_values_ = num_values;
  starts.dense_ = in.fixed<uint8_t>() == 1;
  if (starts.dense_) {
    if (num_values != static_cast<uint64_t>(max_doc)) in.fail();
    return starts;
  }
  starts.starts_ = PackedInts::read(in);
  if (starts.starts_.size() != static_cast<uint64_t>(max_doc) + 1) in.fail();
  return starts;
}

DocId DocValueStarts::doc_of(uint64_t index) const {
  if (dense_) return static_cast<DocId>(index);
  DocId low = 0;
  DocId high = max_doc_ - 1;  // the last document whose start <= index
  while (low < high) {
    const DocId middle = low + (high - low + 1) / 2;
    if (starts_[static_cast<uint64_t>(middle)] <= index) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

void write_doc_value_starts(std::span<const DocId> docs, DocId max_doc, ByteWriter& out) {
  bool dense = docs.size() == static_cast<size_t>(max_doc);
  for (size_t i = 0; dense && i < docs.size(); ++i) dense = docs[i] == static_cast<DocId>(i);
  out.fixed(static_cast<uint8_t>(dense ? 1 : 0));
  if (dense) return;
  std::vector<uint64_t> starts(static_cast<size_t>(max_doc) + 1, 0);
  for (const DocId doc : docs) ++starts[static_cast<size_t>(doc) + 1];
  for (size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  write_packed_ints(starts, out);
}

}  // namespace selene::index
