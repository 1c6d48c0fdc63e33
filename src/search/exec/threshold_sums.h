#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "index/formats/postings_kernels.h"
#include "search/exec/bulk_term.h"
#include "search/exec/window_sums.h"

namespace selene::search {

/// Finds the documents of a window whose scores sum up to a threshold, where few do.
///
/// Sums are kept twice over: first in one byte a document, rounded up, where all postings are added; then in double, as WindowSums
/// has them and equal to the last bit, of those few only whose byte reaches the threshold. A window in which more than a few do
/// is added up in double as a whole, and some windows behind it are so at once. Scores are not negative. One thread.
class ThresholdSums {
 public:
  static constexpr DocId kWindow = 16384;  ///< whose bytes stay in the first cache

  /// No document has more scores than `num_terms`.
  explicit ThresholdSums(size_t num_terms) : num_terms_(num_terms) {}
  /// Begins with the window of documents from `begin` on. REQUIRES: the last one was taken; no document's scores sum up to more
  /// than `sum_of_max`, which is above 0.
  void start(DocId begin, double least, double sum_of_max);
  /// REQUIRES: all documents in [begin, begin + kWindow), each later than the one before; scores in the bounds of `start`.
  void add(const BulkTerm::Scored& part);
  /// What has a sum of `least` or more. The arrays hold until the next call.
  SummedDocs take();
  /// Added since `start`.
  size_t num_postings() const { return num_postings_; }
  /// Where all sums of such a window can be kept. Made when it is first asked for.
  WindowSums<kWindow>& all();

 private:
  /// Scores of one block, documents ascending, kStride of kNoMoreDocs behind them.
  struct Piece {
    size_t first;
    size_t size;
  };
  static constexpr size_t kStride = 16;
  static constexpr size_t kMaxTerms = 64;  ///< more would leave too few steps of a byte to each
  static constexpr int kMaxWindowsInDouble = 15;

  bool in_double() const { return windows_in_double_ > 0 || num_terms_ > kMaxTerms; }
  bool too_many(size_t num_candidates) const;
  SummedDocs add_up(size_t num_candidates);
  void add_up_piece(const Piece& piece, size_t num_candidates);
  SummedDocs add_all_up();

  const index::PostingsKernels* kernels_ = &index::postings_kernels();
  size_t num_terms_;
  DocId begin_ = 0;
  double least_ = 0;
  float scale_ = 1;         ///< of a score to steps of a byte
  uint8_t least_byte_ = 1;  ///< that a document of `least_` reaches
  size_t num_postings_ = 0;
  int windows_in_double_ = 0;  ///< so many from this one on are added up in double
  int last_in_double_ = 0;     ///< so many were at the last time; 0 if a window went well since
  std::vector<Piece> pieces_;
  std::vector<DocId> docs_;    ///< of the pieces, and room for more
  std::vector<float> scores_;  ///< beside them
  size_t end_ = 0;             ///< of the pieces
  std::unique_ptr<DocId[]> candidates_ = std::make_unique_for_overwrite<DocId[]>(kWindow);
  std::unique_ptr<double[]> sums_ = std::make_unique_for_overwrite<double[]>(kWindow);
  std::unique_ptr<WindowSums<kWindow>> all_;
  alignas(64) std::array<uint8_t, static_cast<size_t>(kWindow)> bytes_{};
};

}  // namespace selene::search
