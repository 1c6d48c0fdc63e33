#include "models/archives/torch_pickle.h"

#include <gtest/gtest.h>

namespace selene::models {
namespace {

/// Opcodes as text; numbers are written by the functions below.
std::string global(const std::string& module, const std::string& name) { return "c" + module + "\n" + name + "\n"; }
std::string text(const std::string& value) {
  std::string out = "X";
  const auto size = static_cast<uint32_t>(value.size());
  out.append(reinterpret_cast<const char*>(&size), 4);
  return out + value;
}
std::string number(uint8_t value) { return std::string("K") + static_cast<char>(value); }
std::string integer(int32_t value) { return "J" + std::string(reinterpret_cast<const char*>(&value), 4); }
const std::string kProto("\x80\x02", 2);

std::string storage(const std::string& type, const std::string& key, const std::string& count) {
  return "(" + text("storage") + global("torch", type) + text(key) + text("cpu") + count + "tQ";
}
std::string tensor(const std::string& from, const std::string& offset, const std::string& shape, const std::string& strides) {
  return global("torch._utils", "_rebuild_tensor_v2") + "(" + from + offset + "(" + shape + "t(" + strides + "t\x89" +
         global("collections", "OrderedDict") + ")RtR";
}
std::string constants(const std::string& values) { return kProto + "(" + values + "t."; }

std::string reason_of(const std::string& pickle) {
  const auto read = read_torch_constants(pickle);
  return read.has_value() ? "" : read.error().reason();
}
testing::AssertionResult refused(const std::string& pickle, const std::string& with) {
  const std::string reason = reason_of(pickle);
  if (reason.find(with) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "[" << reason << "] does not hold [" << with << "]";
}

TEST(TorchPickleTest, TensorsAndNumbersRead) {
  const auto read = read_torch_constants(
      constants(tensor(storage("FloatStorage", "7", number(6)), number(0), number(2) + number(3), number(3) + number(1)) +
                integer(-5) + "\x88N"));
  ASSERT_TRUE(read.has_value()) << read.error().reason();
  ASSERT_EQ(read->size(), 4U);
  const auto* view = std::get_if<TorchTensor>(&(*read)[0]);
  ASSERT_NE(view, nullptr);
  EXPECT_EQ(view->storage.key, "7");
  EXPECT_EQ(view->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::get<int64_t>((*read)[1]), -5);
  EXPECT_TRUE(std::get<bool>((*read)[2]));
  EXPECT_TRUE(std::holds_alternative<std::monostate>((*read)[3]));
}

TEST(TorchPickleTest, ReduceOfAnythingElseIsRefusedAndNamed) {
  EXPECT_TRUE(refused(constants(global("os", "system") + "(" + text("touch /tmp/x") + "tR"), "[os system] is not on the list"));
  EXPECT_TRUE(refused(constants(global("builtins", "eval") + "(" + text("1") + "tR"), "[builtins eval] is not on the list"));
  EXPECT_TRUE(refused(constants(global("torch", "FloatStorage") + ")R"), "REDUCE of [torch FloatStorage]"));
  EXPECT_TRUE(refused(constants(number(1) + ")R"), "REDUCE of something that is not a name"));
  EXPECT_TRUE(refused(constants(global("collections", "OrderedDict") + "(" + number(1) + "tR"), "OrderedDict that is not empty"));
}

TEST(TorchPickleTest, OpcodesThatAreNotOnTheListAreRefused) {
  for (const char opcode : {'i', 'o', 'S', 'V', 'I', 'F', 'L', 'P', 'p', 'g', 'd', 'l', ']', 'a', 'e', 's', '0', '1', '2'}) {
    EXPECT_TRUE(refused(kProto + opcode + "\n.", "is not on the list")) << opcode;
  }
  for (const int opcode : {0x82, 0x83, 0x84, 0x8B, 0x8C, 0x8E, 0x93, 0x95, 0x97}) {  // EXT, LONG4, STACK_GLOBAL, FRAME, buffers
    EXPECT_TRUE(refused(kProto + std::string(1, static_cast<char>(opcode)) + "....", "is not on the list")) << opcode;
  }
}

TEST(TorchPickleTest, TensorsOutsideTheirStorageAreRefused) {
  const std::string six = storage("FloatStorage", "0", number(6));
  EXPECT_TRUE(refused(constants(tensor(six, number(1), number(6), number(1))), "lies outside it"));
  EXPECT_TRUE(refused(constants(tensor(six, integer(-1), number(1), number(1))), "lies outside it"));
  EXPECT_TRUE(refused(constants(tensor(six, number(0), number(2) + number(3), integer(-3) + number(1))), "lies outside it"));
  EXPECT_TRUE(refused(constants(tensor(six, number(0), number(2), number(3) + number(1))), "lies outside it"));
  const std::string huge = integer(INT32_MAX) + integer(INT32_MAX) + integer(INT32_MAX);
  EXPECT_TRUE(refused(constants(tensor(six, number(0), huge, number(0) + number(0) + number(0))), "lies outside it"));
  EXPECT_TRUE(refused(constants(tensor(six, number(0), integer(1000000), number(0))), "lies outside it"))
      << "one element read a million times";
}

TEST(TorchPickleTest, StoragesThatAreNoneAreRefused) {
  EXPECT_TRUE(
      refused(constants("(" + text("module") + number(1) + text("0") + text("cpu") + number(1) + "tQ"), "not that of a storage"));
  EXPECT_TRUE(
      refused(constants("(" + text("storage") + global("collections", "OrderedDict") + text("0") + text("cpu") + number(1) + "tQ"),
              "is no storage class"));
  EXPECT_TRUE(refused(constants(storage("FloatStorage", "0", integer(-1))), "not that of a storage"));
  EXPECT_TRUE(refused(constants(number(1) + "Q"), "is not a tuple"));
}

TEST(TorchPickleTest, StacksThatDoNotHoldWhatIsNeededAreRefused) {
  for (const std::string& pickle :
       {kProto + "t.", kProto + "R.", kProto + "b.", kProto + ".", kProto + "(.", kProto + "q" + std::string(1, '\0') + ".",
        kProto + "\x85.", kProto + "(\x85.", kProto + "h" + std::string(1, '\5') + ".", kProto + "K", kProto + "X\xFF\xFF\xFF\x7F",
        kProto + "ctorch", kProto + "N", std::string("\x80\x03N.", 4), kProto + "NN."}) {
    EXPECT_FALSE(reason_of(pickle).empty());
  }
}

TEST(TorchPickleTest, NumberOfValuesIsBounded) {
  EXPECT_TRUE(refused(constants(std::string(300'000, 'N')), "more than [200000] values"));
  EXPECT_TRUE(refused(constants(text(std::string(300, 'x'))), "a text of [300] bytes"));
  EXPECT_TRUE(refused(std::string(kMaxPickleBytes + 1, 'N'), "at most"));
}

TEST(TorchPickleTest, AModuleWithAttributesIsNotFrozen) {
  const std::string module = kProto + global("__torch__.some", "Model") + ")\x81";
  const auto frozen = read_module_class(module + "}b.");
  ASSERT_TRUE(frozen.has_value()) << frozen.error().reason();
  EXPECT_EQ(*frozen, "__torch__.some Model");
  EXPECT_FALSE(read_module_class(module + "}(" + text("weight") + number(1) + "ub.").has_value());
  EXPECT_FALSE(read_module_class(module + number(1) + "b.").has_value());
  EXPECT_FALSE(read_module_class(kProto + "}.").has_value());
}

}  // namespace
}  // namespace selene::models
