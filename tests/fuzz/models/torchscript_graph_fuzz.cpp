// Any text as the code of forward: refused with a reason, or a graph whose arguments precede their users.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "models/archives/torchscript_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace selene::models;
  const auto graph = TorchGraph::parse({reinterpret_cast<const char*>(data), size});
  if (!graph.has_value()) {
    CHECK(!graph.error().reason().empty());
    return 0;
  }
  for (NodeId id = 0; id < graph->nodes.size(); ++id) {
    for (const NodeId user : graph->nodes[id].users) CHECK(user > id && user < graph->nodes.size());
  }
  return 0;
}
