#include "models/archives/torchscript_graph.h"

#include <gtest/gtest.h>

namespace selene::models {
namespace {

std::string forward(const std::string& body) {
  return "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  def forward(self: __torch__.M,\n    input_ids: Tensor,\n"
         "    attention_mask: Tensor) -> Tensor:\n" +
         body;
}
testing::AssertionResult refused(const std::string& text, const std::string& with) {
  const auto graph = TorchGraph::parse(text);
  const std::string reason = graph.has_value() ? "" : graph.error().reason();
  if (reason.find(with) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "[" << reason << "] does not hold [" << with << "]";
}

TEST(TorchGraphTest, CallsBecomeNodesWithTheirArguments) {
  const auto graph = TorchGraph::parse(
      forward("    x = torch.embedding(CONSTANTS.c0, input_ids, -1)\n    l = [torch.size(x, 1), 4]\n    y = torch.view(x, l)\n"
              "    z = torch.arange(2, dtype=4, device=torch.device(\"cpu\"))\n    w = torch.add(y, CONSTANTS.c0, alpha=1.5e-3)\n  "
              "  return w\n"));
  ASSERT_TRUE(graph.has_value()) << graph.error().reason();
  EXPECT_EQ(graph->inputs, (std::vector<std::string>{"input_ids", "attention_mask"}));
  const GraphNode& sum = graph->nodes[graph->result.as<GraphNodeRef>()->id];
  EXPECT_EQ(sum.op, TorchOp::kAdd);
  EXPECT_EQ(sum.named_args.front().first, "alpha");
  EXPECT_DOUBLE_EQ(*sum.named_args.front().second.as<double>(), 1.5e-3);
  const GraphNode& table = graph->nodes[sum.args[1].as<GraphNodeRef>()->id];
  EXPECT_EQ(table.op, TorchOp::kConstant);
  EXPECT_EQ(table.users.size(), 2U);  // one node for each constant
}

TEST(TorchGraphTest, ConditionsGiveBothValues) {
  const auto graph =
      TorchGraph::parse(forward("    c = torch.ne(input_ids, 1)\n    if c:\n      a = torch.neg(input_ids)\n    else:\n      a = "
                                "input_ids\n    return (a,)\n"));
  ASSERT_TRUE(graph.has_value()) << graph.error().reason();
  const GraphNode& phi = graph->nodes[graph->result.as<GraphList>()->front().as<GraphNodeRef>()->id];
  EXPECT_EQ(phi.op, TorchOp::kPhi);
  EXPECT_EQ(phi.args.size(), 3U);
}

TEST(TorchGraphTest, OperatorsThatAreNotOnTheListAreNamed) {
  EXPECT_TRUE(refused(forward("    return torch.load(input_ids)\n"), "operator [load]"));
  EXPECT_TRUE(refused(forward("    return torch.pad(input_ids, [1])\n"), "operator [pad]"));
  EXPECT_TRUE(refused(forward("    return ops.aten.system(input_ids)\n"), "operator [ops.aten.system]"));
  EXPECT_TRUE(refused(forward("    return open(input_ids)\n"), "operator [open]"));
}

TEST(TorchGraphTest, OtherStatementsAndExpressionsAreRefused) {
  for (const char* body :
       {"    import os\n    return input_ids\n", "    for x in input_ids:\n      y = x\n    return y\n",
        "    while True:\n      y = 1\n    return y\n", "    return input_ids + 1\n", "    return input_ids[0]\n",
        "    return (lambda: 1)\n", "    x, y = input_ids\n    return x\n", "    x.y = input_ids\n    return x\n",
        "    return unknown\n", "    x = 1 2\n    return x\n", "    x = torch.neg(input_ids\n    return x\n",
        "    x = 1e999\n    return x\n", "    x = 99999999999999999999\n    return x\n", "    x = [[1]]\n    return x\n",
        "    x = torch.add(alpha=1, input_ids)\n    return x\n", "    x = \"a\\n\"\n    return x\n", "    x = 1\n",
        "    return input_ids\n    x = 1\n", "      return input_ids\n    x = 1\n"}) {
    EXPECT_FALSE(TorchGraph::parse(forward(body)).has_value()) << body;
  }
  EXPECT_FALSE(TorchGraph::parse("").has_value());
  EXPECT_FALSE(TorchGraph::parse("import os\n").has_value());
  EXPECT_TRUE(
      refused(forward("    return input_ids\n") + "  def other(self: T) -> Tensor:\n    return 1\n", "more than one method"));
}

TEST(TorchGraphTest, DepthAndLengthAreBounded) {
  std::string nested;
  for (int i = 0; i < 40; ++i) nested += "torch.neg(";
  nested += "input_ids" + std::string(40, ')');
  EXPECT_TRUE(refused(forward("    return " + nested + "\n"), "nests more than"));
  EXPECT_TRUE(refused(forward("    return " + std::string(1'000'000, '[') + "\n"), "refused"));
  std::string many;
  for (int i = 0; i < 200'001; ++i) many += "    x = torch.neg(input_ids)\n";
  EXPECT_TRUE(refused(forward(many + "    return x\n"), "more than [200000] operations"));
  EXPECT_TRUE(refused(std::string(TorchGraph::kMaxTextBytes + 1, ' '), "at most"));
}

}  // namespace
}  // namespace selene::models
