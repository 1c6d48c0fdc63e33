#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "index/formats/doc_value_starts.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

enum class NumericOrder : uint8_t { kNone, kSorted };

/// The section of a numeric field. `docs`: the document of each value, ascending; `values`: ascending within a document. kSorted
/// adds the order that makes `range` quick. Layout: docs/formats/doc_values.md.
std::string write_numeric_doc_values(std::span<const DocId> docs, std::span<const int64_t> values, DocId max_doc,
                                     NumericOrder order);

/// Reads it in place; valid as long as the bytes. Errors: kCorruptIndex.
base::Result<std::unique_ptr<NumericDocValues>> open_numeric_doc_values(std::string_view section, DocId max_doc);

}  // namespace selene::index
