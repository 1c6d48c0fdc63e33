// The sections of a field's vectors. Input: lengths of the rows' and the codes' section (4 bytes each), then both and the graph's.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "index/vectors/segment_vectors.h"

namespace {

using selene::index::ElementType;
using selene::index::HnswGraph;
using selene::index::SegmentVectors;
using selene::index::VectorHit;
using selene::index::VectorOptions;
using selene::index::VectorQuery;
using selene::index::VectorSections;

/// A copy of its own, as aligned as sections are, so that reading past its end is noticed.
struct Section {
  explicit Section(std::string_view bytes) : words(std::make_unique<uint64_t[]>((bytes.size() + 7) / 8)), size(bytes.size()) {
    if (size > 0) std::memcpy(words.get(), bytes.data(), size);
  }
  std::string_view view() const { return {reinterpret_cast<const char*>(words.get()), size}; }
  std::unique_ptr<uint64_t[]> words;
  size_t size;
};

uint32_t length_at(const uint8_t* bytes) {
  uint32_t length = 0;
  std::memcpy(&length, bytes, sizeof length);
  return length;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 8) return 0;
  const std::string_view all(reinterpret_cast<const char*>(bytes) + 8, size - 8);
  const size_t num_rows = std::min<size_t>(length_at(bytes), all.size());
  const size_t num_codes = std::min<size_t>(length_at(bytes + 4), all.size() - num_rows);
  const Section rows(all.substr(0, num_rows));
  const Section codes(all.substr(num_rows, num_codes));
  const Section graph(all.substr(num_rows + num_codes));
  VectorSections sections{rows.view(), {}, {}};
  if (codes.size > 0) sections.codes = codes.view();
  if (graph.size > 0) sections.graph = graph.view();
  const auto vectors = SegmentVectors::open(sections);
  if (!vectors.has_value() || (*vectors)->size() > 100'000) return 0;
  const VectorOptions& options = (*vectors)->rows().options();
  const auto num_values = static_cast<size_t>(options.element_type == ElementType::kBit ? options.dims / 8 : options.dims);
  const std::vector<float> query(num_values, 0.5F);
  VectorQuery wanted;
  wanted.values = query;
  wanted.num_hits = 3;
  for (const VectorHit& hit : (*vectors)->search(wanted)) {
    CHECK(hit.ordinal < (*vectors)->size());
  }
  if ((*vectors)->graph().has_value()) {
    for (const HnswGraph::Found& found : (*vectors)->graph()->search(*(*vectors)->rows().comparer(query), 3, nullptr)) {
      CHECK(found.ordinal < (*vectors)->size());
    }
  }
  return 0;
}
