// Any bytes as a text for the tokenizers of tests/golden/tokenizer: ids are in the vocabulary, offsets in the text, and a limit
// gives the first tokens of what no limit gives.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "models/tokenizers/tokenizer.h"

namespace {

using selene::models::Tokenizer;

std::vector<std::unique_ptr<Tokenizer>> load_all() {
  std::vector<std::unique_ptr<Tokenizer>> all;
  for (const auto& entry : std::filesystem::directory_iterator(SELENE_SOURCE_DIR "/tests/golden/tokenizer")) {
    if (!std::filesystem::exists(entry.path() / "tokenizer.json")) continue;
    auto tokenizer = Tokenizer::load(entry.path() / "tokenizer.json");
    CHECK(tokenizer.has_value());
    all.push_back(std::move(*tokenizer));
  }
  CHECK(!all.empty());
  return all;
}

void check(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<int32_t> ids;
  std::vector<std::pair<uint32_t, uint32_t>> offsets;
  tokenizer.encode(text, SIZE_MAX, ids, &offsets);
  CHECK(offsets.size() == ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    CHECK(ids[i] >= 0 && ids[i] < tokenizer.vocab_size());
    CHECK(offsets[i].first <= offsets[i].second && offsets[i].second <= text.size());
  }
  std::vector<int32_t> plain;
  tokenizer.encode(text, SIZE_MAX, plain);
  CHECK(plain == ids);
  std::vector<int32_t> limited;
  tokenizer.encode(text, ids.size() / 2, limited);
  ids.resize(ids.size() / 2);
  CHECK(limited == ids);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<std::unique_ptr<Tokenizer>> tokenizers = load_all();
  for (const auto& tokenizer : tokenizers) check(*tokenizer, {reinterpret_cast<const char*>(data), size});
  return 0;
}
