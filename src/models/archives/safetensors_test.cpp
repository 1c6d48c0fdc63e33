#include "models/archives/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

namespace selene::models {
namespace {

class SafetensorsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "selene_safetensors";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& bytes) { std::ofstream(folder_ / name, std::ios::binary) << bytes; }
  static std::string file_of(const std::string& header, size_t data_bytes) {
    const uint64_t length = header.size();
    std::string bytes(sizeof length, '\0');
    std::memcpy(bytes.data(), &length, sizeof length);
    return bytes + header + std::string(data_bytes, '\1');
  }
  /// Why a file with this header and so many bytes of data is refused; empty if it is not.
  std::string reason(const std::string& header, size_t data_bytes) { return reason_of(file_of(header, data_bytes)); }
  std::string reason_of(const std::string& bytes) {
    write("model.safetensors", bytes);
    const auto map = TensorMap::open(folder_ / "model.safetensors");
    if (map.has_value()) return "";
    EXPECT_EQ(map.error().code(), base::ErrorCode::kIllegalArgument);
    const std::string prefix = "[" + (folder_ / "model.safetensors").string() + "] is damaged: ";
    EXPECT_TRUE(map.error().reason().starts_with(prefix)) << map.error().reason();
    return map.error().reason().substr(prefix.size());
  }
  std::filesystem::path folder_;
};

TEST_F(SafetensorsTest, ReadsTensorsInAnyOrderOfTheHeader) {
  write("model.safetensors",
        file_of(R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[3],"data_offsets":[8,14]},)"
                R"("a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"n":{"dtype":"I64","shape":[0],"data_offsets":[14,14]}})",
                14));
  const auto map = TensorMap::open_folder(folder_);
  ASSERT_TRUE(map.has_value()) << map.error().reason();
  ASSERT_EQ(map->tensors().size(), 3U);
  const TensorView* a = map->find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->dtype, DType::kF32);
  EXPECT_EQ(shape_text(a->shape), "[2, 1]");
  EXPECT_EQ(a->bytes.size(), 8U);
  EXPECT_EQ(map->find("b")->bytes.data(), a->bytes.data() + 8);
  EXPECT_EQ(map->find("c"), nullptr);
  map->release(*a);
  EXPECT_EQ(a->bytes[0], std::byte{1});  // released pages come back
}

TEST_F(SafetensorsTest, UnalignedHeaderIsReadAllTheSame) {
  write("model.safetensors", file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} )", 4));
  for (int blanks = 0; blanks < 8; ++blanks) {
    const std::string header =
        R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})" + std::string(static_cast<size_t>(blanks), ' ');
    write("model.safetensors", file_of(header, 4));
    const auto map = TensorMap::open(folder_ / "model.safetensors");
    ASSERT_TRUE(map.has_value()) << map.error().reason();
    EXPECT_EQ(reinterpret_cast<uintptr_t>(map->find("a")->bytes.data()) % 4, 0U);
    EXPECT_EQ(map->find("a")->bytes[3], std::byte{1});
  }
}

TEST_F(SafetensorsTest, MissingFileIsNotFound) {
  const auto map = TensorMap::open(folder_ / "nothing.safetensors");
  ASSERT_FALSE(map.has_value());
  EXPECT_EQ(map.error().code(), base::ErrorCode::kResourceNotFound);
  EXPECT_EQ(TensorMap::open_folder(folder_).error().code(), base::ErrorCode::kResourceNotFound);
}

TEST_F(SafetensorsTest, ShortOrLyingHeaderLengthIsRefused) {
  EXPECT_EQ(reason_of(""), "it has 0 bytes, too few for a safetensors header");
  EXPECT_EQ(reason_of("abc"), "it has 3 bytes, too few for a safetensors header");
  std::string lying = file_of("{}", 0);
  lying[0] = 100;
  EXPECT_EQ(reason_of(lying), "its header claims 100 bytes but only 2 are left");
  lying.replace(0, 8, std::string("\0\0\0\0\1\0\0\0", 8));
  EXPECT_EQ(reason_of(lying), "its header claims 4294967296 bytes, more than the limit of 100000000");
  lying.replace(0, 8, std::string(8, '\xFF'));
  EXPECT_EQ(reason_of(lying), "its header claims 18446744073709551615 bytes, more than the limit of 100000000");
}

TEST_F(SafetensorsTest, HeaderThatIsNoJsonObjectIsRefused) {
  EXPECT_EQ(reason("", 0), "its header is not valid JSON");
  EXPECT_EQ(reason("{\"a\":", 0), "its header is not valid JSON");
  EXPECT_EQ(reason("[]", 0), "its header is not a JSON object");
  EXPECT_EQ(reason("{\"a\":1}", 0), "the entry of tensor [a] is not an object");
}

TEST_F(SafetensorsTest, FileWithoutTensorsIsEmpty) { EXPECT_EQ(reason("{}", 0), ""); }

TEST_F(SafetensorsTest, WrongDtypesAndShapesAreNamed) {
  EXPECT_EQ(reason(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), "tensor [a] has no [dtype] string");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F12","shape":[1],"data_offsets":[0,4]}})", 4), "tensor [a] has the unknown dtype [F12]");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), "tensor [a] has an impossible shape");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", 4), "tensor [a] has an impossible shape");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", 4),
            "tensor [a] has an impossible shape");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":7,"data_offsets":[0,4]}})", 4),
            "tensor [a] has no [shape] array of at most 16 numbers");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4),
            "tensor [a] F32 [2] needs 8 bytes but its offsets [0, 4) hold 4");
}

TEST_F(SafetensorsTest, OffsetsMustLieInTheFile) {
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 4),
            "tensor [a] lies outside the file's 4 bytes of data");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}})", 4),
            "tensor [a] lies outside the file's 4 bytes of data");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4),
            "tensor [a] F32 [1] needs 4 bytes but its offsets [4, 0) hold -4");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4), "tensor [a] has no [data_offsets] pair");
  EXPECT_EQ(reason(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":"0,4"}})", 4), "tensor [a] has no [data_offsets] pair");
}

TEST_F(SafetensorsTest, HolesOverlapsAndLeftoversAreRefused) {
  EXPECT_EQ(
      reason(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})", 6),
      "tensor [b] overlaps another");
  EXPECT_EQ(
      reason(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4),
      "tensor [b] overlaps another");
  EXPECT_EQ(
      reason(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}})", 6),
      "there is a hole before tensor [b]");
  EXPECT_EQ(reason(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 9), "7 bytes behind the last tensor belong to none");
  EXPECT_EQ(
      reason(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})", 5),
      "tensor [b] is not aligned to its 4 bytes an element");
}

TEST_F(SafetensorsTest, IndexJoinsShards) {
  write("x.safetensors", file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4));
  write("y.safetensors", file_of(R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4));
  write("model.safetensors.index.json", R"({"weight_map":{"a":"x.safetensors","b":"y.safetensors"}})");
  const auto map = TensorMap::open_folder(folder_);
  ASSERT_TRUE(map.has_value()) << map.error().reason();
  EXPECT_NE(map->find("a"), nullptr);
  EXPECT_NE(map->find("b"), nullptr);
}

TEST_F(SafetensorsTest, IndexMustFitItsShards) {
  write("x.safetensors", file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4));
  const auto reason_of_index = [&](const std::string& text) {
    write("model.safetensors.index.json", text);
    const auto map = TensorMap::open_folder(folder_);
    return map.has_value() ? "" : map.error().reason().substr(map.error().reason().find("] ") + 2);
  };
  EXPECT_EQ(reason_of_index(R"({"weight_map":{"a":"x.safetensors","b":"x.safetensors"}})"),
            "is damaged: tensor [b] is not in [x.safetensors]");
  EXPECT_EQ(reason_of_index(R"({"weight_map":{"a":"../x.safetensors"}})"), "is damaged: tensor [a] names no file of this folder");
  EXPECT_EQ(reason_of_index(R"({"weight_map":[]})"), "is damaged: it has no [weight_map] object");
  EXPECT_EQ(reason_of_index("{"), "is damaged: it is not valid JSON");
}

TEST_F(SafetensorsTest, AnyTruncationOrFlippedHeaderByteIsSurvived) {
  const std::string good = file_of(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]}})", 10);
  for (size_t length = 0; length < good.size(); ++length) EXPECT_NE(reason_of(good.substr(0, length)), "") << length;
  for (size_t at = 0; at < good.size() - 10; ++at) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x15);
    write("flipped.safetensors", flipped);
    const auto map = TensorMap::open(folder_ / "flipped.safetensors");
    if (map.has_value()) {  // a changed name or number type of the same size
      for (const auto& [name, tensor] : map->tensors()) EXPECT_LE(tensor.bytes.size(), 10U) << name;
    }
  }
}

}  // namespace
}  // namespace selene::models
