#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/segments/mapped_segment_reader.h"
#include "index/segments/snapshot.h"

namespace selene::bench {

/// Segment files of one folder as a Snapshot, without a store: nothing can be fetched.
class SegmentsSnapshot final : public index::Snapshot {
 public:
  /// Errors: kIo, kCorruptIndex.
  static base::Result<std::shared_ptr<const SegmentsSnapshot>> open(const std::filesystem::path& folder,
                                                                    std::shared_ptr<const index::Mapping> mapping);

  const std::string& index_name() const override { return name_; }
  const std::string& index_uuid() const override { return name_; }
  const std::vector<index::SegmentView>& segments() const override { return segments_; }
  const index::Mapping& mapping() const override { return *mapping_; }
  std::shared_ptr<const index::Mapping> shared_mapping() const override { return mapping_; }
  int64_t num_docs() const override { return num_docs_; }
  int64_t num_deleted_docs() const override { return 0; }
  base::Result<index::StoredDocument> document(index::DocId) const override {
    return base::Error(base::ErrorCode::kIllegalState, "these segments have no store");
  }
  base::Result<std::vector<std::shared_ptr<const index::StoredDocument>>> documents(std::span<const index::DocId>) const override {
    return base::Error(base::ErrorCode::kIllegalState, "these segments have no store");
  }

 private:
  std::string name_ = "bench";
  std::vector<index::SegmentView> segments_;
  std::shared_ptr<const index::Mapping> mapping_;
  int64_t num_docs_ = 0;
};

/// A text field `body` (analyzer whitespace) and a long `id` with doc values only.
base::Result<std::shared_ptr<const index::Mapping>> bench_mapping();

}  // namespace selene::bench
