// Any bytes as the files of a sentence-transformers model: modules.json, 1_Pooling/config.json, 2_Dense/config.json,
// sentence_bert_config.json and config_sentence_transformers.json, parted by bytes 0. Refused with a reason, or a model.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "models/architectures/registry.h"
#include "tests/fuzz/scratch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace selene::models;
  constexpr std::array kFiles = {"modules.json", "1_Pooling/config.json", "2_Dense/config.json", "sentence_bert_config.json",
                                 "config_sentence_transformers.json"};
  static const selene::fuzz::FolderCopy folder(SELENE_SOURCE_DIR "/tests/golden/dense/bert_modules");
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (const char* file : kFiles) {
    const size_t end = rest.find('\0');
    folder.write(file, rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  const auto loaded = load_encoder(folder.path(), {.tier = Tier::kFp32});
  if (!loaded.has_value()) CHECK(!loaded.error().reason().empty());
  return 0;
}
