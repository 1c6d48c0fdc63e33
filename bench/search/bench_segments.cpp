#include "bench_segments.h"

#include <algorithm>

namespace selene::bench {

using base::Result;

Result<std::shared_ptr<const SegmentsSnapshot>> SegmentsSnapshot::open(const std::filesystem::path& folder,
                                                                       std::shared_ptr<const index::Mapping> mapping) {
  auto snapshot = std::make_shared<SegmentsSnapshot>();
  snapshot->mapping_ = std::move(mapping);
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const std::filesystem::path& path : paths) {
    ASSIGN_OR_RETURN(auto reader, index::open_segment(path, path.filename().string(), index::SegmentFile::Verify::kStructure));
    const index::DocId max_doc = reader->max_doc();
    snapshot->segments_.push_back({std::move(reader), nullptr, static_cast<index::DocId>(snapshot->num_docs_)});
    snapshot->num_docs_ += max_doc;
  }
  return std::shared_ptr<const SegmentsSnapshot>(std::move(snapshot));
}

Result<std::shared_ptr<const index::Mapping>> bench_mapping() {
  constexpr std::string_view kJson =
      R"({"properties":{"body":{"type":"text","analyzer":"whitespace"},"id":{"type":"long","index":false}}})";
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(kJson));
  ASSIGN_OR_RETURN(auto analyzers, index::AnalyzerRegistry::create(base::JsonValue()));
  return index::Mapping::empty(std::move(analyzers))->merge(json.root());
}

}  // namespace selene::bench
