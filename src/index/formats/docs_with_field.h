#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// The documents that have a value of a field: all, a list or a bit set, whichever is smallest. `docs`: ascending, distinct.
/// Layout: docs/formats/docs_with_field.md.
std::string write_docs_with_field(std::span<const DocId> docs, DocId max_doc);
/// Errors: kCorruptIndex.
base::Result<std::vector<DocId>> read_docs_with_field(std::string_view section, DocId max_doc);

}  // namespace selene::index
