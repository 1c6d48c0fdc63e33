#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace selene::base {

/// The slow second look at a JSON text, for error messages: places that the parser does not keep. Linear, no recursion.

/// First fault of a text that the parser refused; words follow Jackson's, which Elasticsearch passes on.
struct JsonFault {
  size_t offset = 0;  ///< UTF-8 bytes
  std::string reason;
};
JsonFault find_json_fault(std::string_view text, size_t max_depth);

/// Byte offset at which the value with this tape index begins. REQUIRES: valid JSON; index of a value or key of its tape.
size_t locate_json_value(std::string_view text, uint32_t tape_index);

/// One past the last byte of the value that begins at `offset`. REQUIRES: valid JSON.
size_t json_value_end(std::string_view text, size_t offset);

}  // namespace selene::base
