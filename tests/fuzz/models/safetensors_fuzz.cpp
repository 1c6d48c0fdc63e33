// Any bytes as model.safetensors: refused with a reason, or tensors that lie in the file, have the bytes their shape asks for and
// do not overlap.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "models/archives/safetensors.h"
#include "tests/fuzz/scratch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace selene::models;
  const selene::fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  const auto map = TensorMap::open(file.path());
  if (!map.has_value()) {
    CHECK(!map.error().reason().empty());
    return 0;
  }
  std::vector<std::pair<const std::byte*, const std::byte*>> ranges;
  for (const auto& [name, tensor] : map->tensors()) {
    int64_t count = 1;
    for (const int64_t dimension : tensor.shape) count *= dimension;
    CHECK(static_cast<int64_t>(tensor.bytes.size()) == count * dtype_bytes(tensor.dtype));
    CHECK(tensor.bytes.size() <= size);
    for (const std::byte b : tensor.bytes) {
      if (b == std::byte{0x80}) break;  // reads them, so that a sanitizer sees what lies outside
    }
    if (!tensor.bytes.empty()) ranges.emplace_back(tensor.bytes.data(), tensor.bytes.data() + tensor.bytes.size());
  }
  std::sort(ranges.begin(), ranges.end());
  for (size_t i = 1; i < ranges.size(); ++i) CHECK(ranges[i - 1].second <= ranges[i].first);
  return 0;
}
