#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::index {

/// One entry of the documents' space: a document, or the tombstone that keeps a deleted one's version. Views into the entry's
/// bytes. Layout: docs/formats/store.md.
struct StoredValue {
  bool deleted = false;
  int64_t version = 0;
  int64_t seq_no = 0;
  std::string_view routing;
  std::string_view source;
  std::string_view inference = {};  ///< of semantic_text fields, JSON; empty: none
};
std::string encode_stored_value(const StoredValue& value);
/// Errors: kCorruptIndex.
base::Result<StoredValue> decode_stored_value(std::string_view bytes);

/// Keys of one index. `uuid`: 22 characters, so no key is a prefix of another index's.
std::string document_key(std::string_view uuid, std::string_view id);
std::string log_key(std::string_view uuid, int64_t seq_no);
std::string mapping_key(std::string_view uuid);
std::string manifest_key(std::string_view uuid);

}  // namespace selene::index
