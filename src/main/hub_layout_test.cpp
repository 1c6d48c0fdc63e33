#include "main/hub_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "main/model_folders.h"

namespace selene::main {
namespace {

TEST(HubLayoutTest, IdsAreNamesOrTwoOfThem) {
  for (const char* id : {"bert-base-uncased", "intfloat/multilingual-e5-small", "a.b/c_d-1"}) EXPECT_TRUE(is_hub_id(id)) << id;
  for (const char* id : {"", "/", "a/", "/b", "a/b/c", "../b", "a/..", "a b", "a\\b", "a/\xC3\xA4"})
    EXPECT_FALSE(is_hub_id(id)) << id;
  EXPECT_TRUE(is_model_id(".elser_model_2"));
  EXPECT_FALSE(is_model_id(".."));
  EXPECT_FALSE(is_model_id("a/b"));
}

TEST(HubLayoutTest, AnswerGivesCommitFilesAndDigests) {
  const auto model = parse_hub_model("org/name", R"({"sha": "abc", "siblings": [
      {"rfilename": "config.json", "size": 5}, {"rfilename": "model.safetensors", "size": 70, "lfs": {"sha256": "d1", "size": 70}}]})");
  ASSERT_TRUE(model.has_value()) << model.error().reason();
  EXPECT_EQ(model->commit, "abc");
  ASSERT_EQ(model->files.size(), 2U);
  EXPECT_EQ(model->files[0].sha256, "");
  EXPECT_EQ(model->files[1].sha256, "d1");
  EXPECT_EQ(model->files[1].size_bytes, 70);
}

TEST(HubLayoutTest, AnswerThatIsNoModelIsRefused) {
  for (const char* json : {"", "[]", "{}", R"({"sha": 1, "siblings": []})", R"({"sha": "../x", "siblings": []})",
                           R"({"sha": "a", "siblings": [{}]})"}) {
    EXPECT_FALSE(parse_hub_model("org/name", json).has_value()) << json;
  }
}

HubModel model_with(std::initializer_list<const char*> paths) {
  HubModel model{"org/name", "abc", {}};
  for (const char* path : paths) model.files.push_back({path, 1, ""});
  return model;
}

TEST(HubLayoutTest, OnlyWhatIsReadIsPulled) {
  const auto files = files_to_pull(
      model_with({"config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json", "2_Dense/model.safetensors",
                  "README.md", "LICENSE", "pytorch_model.bin", "onnx/model.onnx", "onnx/config.json", "../config.json",
                  "1_Pooling/../config.json", "openvino/model.safetensors", "model-00001-of-00002.safetensors"}));
  ASSERT_TRUE(files.has_value()) << files.error().reason();
  std::vector<std::string> paths;
  for (const HubFile& file : *files) paths.push_back(file.path);
  EXPECT_EQ(paths,
            (std::vector<std::string>{"config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json",
                                      "2_Dense/model.safetensors", "README.md", "LICENSE", "model-00001-of-00002.safetensors"}));
}

TEST(HubLayoutTest, WhatIsMissingIsNamed) {
  EXPECT_NE(files_to_pull(model_with({"tokenizer.json", "model.safetensors"})).error().reason().find("[config.json]"),
            std::string::npos);
  EXPECT_NE(files_to_pull(model_with({"config.json", "model.safetensors"})).error().reason().find("[tokenizer.json]"),
            std::string::npos);
  EXPECT_NE(files_to_pull(model_with({"config.json", "tokenizer.json", "pytorch_model.bin"})).error().reason().find("safetensors"),
            std::string::npos);
}

TEST(PulledModelsTest, ModelsAnswerToAllTheirIds) {
  const std::filesystem::path dir = std::filesystem::path(testing::TempDir()) / "selene_pulled_models";
  std::filesystem::remove_all(dir);
  for (const char* name : {"intfloat/multilingual-e5-small", "Org/Model-A", ".elser_model_2", ".part-org__b-c0ffee"}) {
    std::filesystem::create_directories(dir / name);
    std::ofstream(dir / name / "config.json") << "{}";
  }
  std::vector<std::string> ids;
  for (const auto& [id, folder] : pulled_models(dir)) ids.push_back(id);
  EXPECT_EQ(ids, (std::vector<std::string>{".elser_model_2", ".multilingual-e5-small", "Org/Model-A",
                                           "intfloat/multilingual-e5-small", "intfloat__multilingual-e5-small", "org__model-a"}));
  EXPECT_EQ(find_pulled_model(dir, ".multilingual-e5-small"), dir / "intfloat/multilingual-e5-small");
  EXPECT_EQ(find_pulled_model(dir, "org__b"), "");
  EXPECT_EQ(find_pulled_model({}, "org__b"), "");
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace selene::main
