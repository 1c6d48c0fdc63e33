#pragma once

#include <cstdint>
#include <string_view>

namespace selene::index {

/// CRC-32C (Castagnoli) of `bytes`, going on from `crc` (0 at first).
/// Source: RFC 3720, appendix B.4; eight tables ("slicing by 8", Kounavis & Berry 2005).
uint32_t crc32c(uint32_t crc, std::string_view bytes);

}  // namespace selene::index
