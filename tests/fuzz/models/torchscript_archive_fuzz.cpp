// Any bytes as an uploaded definition: refused with a reason, or an archive whose dataflow is matched or refused. Nothing runs.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "base/check.h"
#include "models/architectures/traced/traced_model.h"
#include "models/architectures/traced/traced_weights.h"
#include "models/archives/torchscript_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace selene::models;
  const auto archive = TorchScriptArchive::read(std::as_bytes(std::span(data, size)));
  if (!archive.has_value()) {
    CHECK(!archive.error().reason().empty());
    return 0;
  }
  const auto model = match_traced_model(*archive);
  if (!model.has_value()) {
    CHECK(!model.error().reason().empty());
    return 0;
  }
  (void)TracedWeights::collect(*archive, *model, "fuzz", nullptr);
  return 0;
}
