#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "index/formats/bit_packing.h"
#include "index/formats/byte_io.h"
#include "index/formats/guaranteed_impacts.h"
#include "index/formats/impacts.h"
#include "index/formats/length_factors.h"
#include "index/formats/segment_file.h"
#include "index/formats/weight_layers.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// What the frequencies of a field are: how often a term stands in a document, or the term's weight there
/// (encode_feature_weight). Of weights the blocks keep the largest one exactly.
enum class FreqKind : uint8_t { kOccurrences, kWeights };

/// Writes the lists of one field, term by term, into the open section of `file`. Layout: docs/formats/postings.md.
/// Keeps one term's bytes in memory. One thread.
class PostingsWriter {
 public:
  /// `norms`: [max_doc], or null (every norm is then 1). `mean_length`: what the blocks' bounds are made with. `file` outlives the
  /// writer.
  PostingsWriter(SegmentFileWriter& file, const uint8_t* norms, float mean_length, bool positions,
                 FreqKind freq_kind = FreqKind::kOccurrences)
      : file_(file), norms_(norms), length_factors_(mean_length), positions_(positions), freq_kind_(freq_kind) {}

  /// The next document of the current term. REQUIRES: ascending `doc`; freq >= 1; `positions`: freq ascending ones, or empty if the
  /// field has none.
  void add(DocId doc, uint32_t freq, std::span<const uint32_t> positions);
  /// Ends the term. REQUIRES: at least one document was added.
  TermMeta finish_term();

 private:
  void flush_block();
  uint16_t gather_bound();
  void write_head();
  static uint32_t largest(std::vector<uint32_t>& numbers, size_t k);
  void write_weights_head();
  void write_positions();

  SegmentFileWriter& file_;
  const uint8_t* norms_;
  const LengthFactors length_factors_;
  bool positions_;
  FreqKind freq_kind_;

  int32_t block_length_ = 0;
  uint32_t block_docs_[kBlockSize];
  uint32_t block_freqs_[kBlockSize];
  std::vector<uint32_t> block_positions_;  ///< deltas
  int64_t last_doc_ = -1;                  ///< of the previous block
  int32_t doc_freq_ = 0;
  int64_t total_term_freq_ = 0;
  ByteWriter entries_;
  ByteWriter blocks_;
  ByteWriter position_bytes_;
  ImpactAccumulator list_impacts_;
  GuaranteedImpacts guaranteed_;
  std::vector<WeightedDoc> weights_;  ///< of the whole list
  std::vector<Impact> impacts_;
};

}  // namespace selene::index
