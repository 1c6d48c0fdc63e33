#include "index/formats/docs_with_field.h"

#include <bit>
#include <numeric>

#include "index/formats/byte_io.h"

namespace selene::index {
namespace {

/// ON DISK: do not renumber.
enum class Encoding : uint8_t { kAll = 0, kList = 1, kBits = 2 };

}  // namespace

std::string write_docs_with_field(std::span<const DocId> docs, DocId max_doc) {
  ByteWriter out;
  if (docs.size() == static_cast<size_t>(max_doc)) {
    out.fixed(Encoding::kAll);
    return std::move(out.bytes());
  }
  if (docs.size() < static_cast<size_t>(max_doc) / 16) {
    out.fixed(Encoding::kList);
    out.varint(docs.size());
    DocId last = -1;
    for (const DocId doc : docs) {
      out.varint(static_cast<uint64_t>(doc - last - 1));
      last = doc;
    }
    return std::move(out.bytes());
  }
  out.fixed(Encoding::kBits);
  std::vector<uint64_t> words((static_cast<size_t>(max_doc) + 63) / 64, 0);
  for (const DocId doc : docs) words[static_cast<size_t>(doc) >> 6] |= uint64_t{1} << (doc & 63);
  for (const uint64_t word : words) out.fixed(word);
  return std::move(out.bytes());
}

base::Result<std::vector<DocId>> read_docs_with_field(std::string_view section, DocId max_doc) {
  ByteReader in(section);
  std::vector<DocId> docs;
  const auto encoding = in.fixed<Encoding>();
  if (encoding == Encoding::kAll) {
    docs.resize(static_cast<size_t>(max_doc));
    std::iota(docs.begin(), docs.end(), 0);
  } else if (encoding == Encoding::kList) {
    const uint64_t count = in.varint();
    int64_t doc = -1;
    for (uint64_t i = 0; i < count && in.ok(); ++i) {
      doc += static_cast<int64_t>(in.varint32()) + 1;
      if (doc >= max_doc) in.fail();
      docs.push_back(static_cast<DocId>(doc));
    }
  } else if (encoding == Encoding::kBits) {
    const uint64_t num_words = (static_cast<uint64_t>(max_doc) + 63) / 64;
    for (uint64_t w = 0; w < num_words && in.ok(); ++w) {
      for (uint64_t bits = in.fixed<uint64_t>(); bits != 0; bits &= bits - 1) {
        docs.push_back(static_cast<DocId>(w * 64 + static_cast<uint64_t>(std::countr_zero(bits))));
      }
    }
    if (!docs.empty() && docs.back() >= max_doc) in.fail();
  } else {
    in.fail();
  }
  if (!in.ok() || !in.done()) return base::Error(base::ErrorCode::kCorruptIndex, "damaged list of documents with a field");
  return docs;
}

}  // namespace selene::index
