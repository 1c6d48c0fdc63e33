#pragma once

#include <cstdint>
#include <vector>

#include "index/formats/byte_io.h"
#include "index/formats/posting_list.h"

namespace selene::index {

/// A document of a list whose frequencies are weights.
struct WeightedDoc {
  uint32_t doc;
  uint32_t weight;  ///< as PostingsWriter takes it
};

/// Part of a long list of weights: the documents whose weight is above `left_out` and at most what the layer before left out. The
/// layers of a list are disjoint, the heaviest first; who reads the first few knows that the rest weighs `left_out` at most.
/// Source: Kane & Tompa, "Split-lists and initial thresholds for WAND-based search", SIGIR 2018.
struct WeightLayer {
  int32_t left_out = 0;  ///< the largest weight that is in no layer so far
  PostingList list;
};

/// Lists with fewer documents have no layers. ON DISK: docs/formats/postings.md; a reader takes what is there.
inline constexpr size_t kMinLayeredDocs = 1024;

/// Writes the layers of a list: documents ascending. Nothing for one that is too short.
void write_weight_layers(const std::vector<WeightedDoc>& docs, ByteWriter& out);
/// What write_weight_layers wrote. Empty if there is none or it is damaged. `list_doc_freq`: of the whole list.
std::vector<WeightLayer> read_weight_layers(ByteReader& in, int32_t list_doc_freq, int32_t max_doc);

}  // namespace selene::index
