#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "index/formats/segment_file.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// Opens a segment file. `name` is what SegmentReader::name gives. Errors: kIo, kCorruptIndex naming the file.
base::Result<std::shared_ptr<const SegmentReader>> open_segment(const std::filesystem::path& path, std::string name,
                                                                SegmentFile::Verify verify);

/// Names of the fields in a segment made by `open_segment`, as they were written; for the merge.
std::vector<std::string> field_names(const SegmentReader& segment);
/// Whether positions were written for a field of such a segment.
bool has_positions(const SegmentReader& segment, std::string_view field);
/// Whether its numbers carry the order for `range`.
bool has_sorted_numbers(const SegmentReader& segment, std::string_view field);
/// Whether some field's vectors should have a graph and have none: only merges build them.
bool lacks_graph(const SegmentReader& segment);

}  // namespace selene::index
