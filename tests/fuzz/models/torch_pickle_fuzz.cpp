// Any bytes as constants.pkl or data.pkl: refused with a reason, or constants whose tensors lie inside their storages.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "base/check.h"
#include "models/archives/torch_pickle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace selene::models;
  const std::string_view pickle(reinterpret_cast<const char*>(data), size);
  const auto name = read_module_class(pickle);
  if (!name.has_value()) CHECK(!name.error().reason().empty());
  const auto constants = read_torch_constants(pickle);
  if (!constants.has_value()) return 0;
  for (const TorchConstant& constant : *constants) {
    const auto* tensor = std::get_if<TorchTensor>(&constant);
    if (tensor == nullptr) continue;
    int64_t last = tensor->offset;
    int64_t count = 1;
    for (size_t d = 0; d < tensor->shape.size(); ++d) {
      count *= tensor->shape[d];
      last += (tensor->shape[d] - 1) * tensor->strides[d];
    }
    if (count > 0) CHECK(last >= 0 && last < tensor->storage.num_elements);
  }
  return 0;
}
