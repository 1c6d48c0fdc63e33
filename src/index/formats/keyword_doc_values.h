#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "index/formats/doc_value_starts.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// The section of a keyword field. `terms`: sorted, distinct; `docs`: the document of each ordinal, ascending; `ordinals`:
/// ascending and distinct within a document. Layout: docs/formats/doc_values.md.
std::string write_keyword_doc_values(std::span<const std::string_view> terms, std::span<const DocId> docs,
                                     std::span<const int32_t> ordinals, DocId max_doc);

/// Reads it in place; valid as long as the bytes. Errors: kCorruptIndex.
base::Result<std::unique_ptr<KeywordDocValues>> open_keyword_doc_values(std::string_view section, DocId max_doc);

}  // namespace selene::index
