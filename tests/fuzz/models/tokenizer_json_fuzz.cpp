// Any bytes as a tokenizer.json: refused with a reason, or a tokenizer that encodes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "models/tokenizers/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace selene::models;
  const auto tokenizer = Tokenizer::parse({reinterpret_cast<const char*>(data), size});
  if (!tokenizer.has_value()) {
    CHECK(!tokenizer.error().reason().empty());
    return 0;
  }
  constexpr std::string_view kText = "<s> The Moon's  caf\u00E9 \u2581x\u0301\xFF 12,5 \u4E2D\uAC00 [MASK]";
  const Encoding encoding = (*tokenizer)->encode_single(kText, 64, Offsets::kKeep);
  CHECK(encoding.ids.size() == encoding.type_ids.size() && encoding.ids.size() == encoding.offsets.size());
  (void)(*tokenizer)->encode_pair(kText, kText, {.max_length = 16, .truncation = Truncation::kLongestFirst});
  return 0;
}
