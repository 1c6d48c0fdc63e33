// Any bytes as the config.json of a small model: refused with a reason, or a model that runs.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/check.h"
#include "models/architectures/registry.h"
#include "tests/fuzz/scratch_file.h"

namespace {

using namespace selene::models;

void run(const FolderEncoder& loaded) {
  const std::vector<int32_t> ids = {0, 1, 0};
  const std::vector<int32_t> types = {0, 0, 0};
  const std::vector<int32_t> starts = {0, 2, 3};
  const PackedBatch batch{ids, types, starts};
  const auto workspace = common_part(loaded.encoder).make_workspace(1);
  if (const auto* cross = std::get_if<std::unique_ptr<CrossEncoder>>(&loaded.encoder)) {
    std::vector<float> logits(2 * static_cast<size_t>((*cross)->num_labels()));
    (void)(*cross)->forward(batch, *workspace, {}, logits);
  } else if (const auto* dense = std::get_if<std::unique_ptr<DenseEncoder>>(&loaded.encoder)) {
    std::vector<float> embeddings(2 * static_cast<size_t>((*dense)->dims()));
    (void)(*dense)->forward(batch, *workspace, {}, embeddings);
  } else {
    std::vector<std::vector<TokenWeight>> rows(2);
    (void)std::get<std::unique_ptr<SparseEncoder>>(loaded.encoder)->forward(batch, *workspace, {}, rows);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const selene::fuzz::FolderCopy folder(SELENE_SOURCE_DIR "/tests/golden/bert/old_names");
  folder.write("config.json", {reinterpret_cast<const char*>(data), size});
  const auto loaded = load_encoder(folder.path(), {.tier = Tier::kFp32});
  if (loaded.has_value()) {
    run(*loaded);
  } else {
    CHECK(!loaded.error().reason().empty());
  }
  return 0;
}
