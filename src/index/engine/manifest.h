#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/segments/snapshot.h"

namespace selene::index {

/// Which segments hold all operations up to `seq_no`: a record of the store. Layout: docs/formats/store.md.
struct Manifest {
  struct Segment {
    std::string name;
    bool has_deletes = false;  ///< its live docs are a record of their own
  };
  int64_t seq_no = -1;
  uint64_t next_segment = 0;
  std::vector<Segment> segments;
};
std::string encode_manifest(const Manifest& manifest);
/// Errors: kCorruptIndex.
base::Result<Manifest> decode_manifest(std::string_view bytes);

/// Layout: docs/formats/live_docs.md.
std::string encode_live_docs(const LiveDocs& live_docs, DocId max_doc);
/// Errors: kCorruptIndex.
base::Result<LiveDocs> decode_live_docs(std::string_view bytes, DocId max_doc);
std::string live_docs_key(std::string_view uuid, std::string_view segment);

}  // namespace selene::index
