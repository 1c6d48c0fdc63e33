#include "models/architectures/sentence_modules.h"

#include <gtest/gtest.h>

#include <fstream>

#include "models/architectures/golden_test_support.h"

namespace selene::models {
namespace {

/// A copy of dense/bert_modules (Transformer, cls pooling, Dense 32 -> 24, Normalize) whose files can be replaced.
class SentenceModulesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "selene_sentence_modules";
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(read_golden("dense/bert_modules").folder, folder_, std::filesystem::copy_options::recursive);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name, std::ios::binary) << text; }
  base::Result<FolderEncoder> load() const { return load_encoder(folder_, {.tier = Tier::kFp32}); }
  /// The reason why the folder does not load with `text` as file `name`, without the folder's path; empty if it does.
  std::string reason_with(const std::string& name, const std::string& text) const {
    write(name, text);
    const auto loaded = load();
    if (loaded.has_value()) return "";
    EXPECT_EQ(loaded.error().code(), base::ErrorCode::kIllegalArgument);
    std::string reason = loaded.error().reason();
    const std::string path = folder_.string() + "/";
    for (size_t at = reason.find(path); at != std::string::npos; at = reason.find(path)) reason.erase(at, path.size());
    return reason;
  }
  static std::string modules(std::initializer_list<const char*> types) {
    std::string text = "[";
    int index = 0;
    for (const char* type : types) {
      text += base::format(R"({}{{"idx": {}, "path": "{}", "type": "sentence_transformers.models.{}"}})", index > 0 ? "," : "",
                           index, index > 0 ? base::format("{}_{}", index, type) : "", type);
      ++index;
    }
    return text + "]";
  }
  std::filesystem::path folder_;
};

TEST_F(SentenceModulesTest, OlderFilesAreRead) {
  write("modules.json", modules({"Transformer", "Pooling"}));
  write("1_Pooling/config.json",
        R"({"word_embedding_dimension": 32, "pooling_mode_cls_token": false, "pooling_mode_max_tokens": true})");
  write("sentence_bert_config.json", R"({"max_seq_length": 20, "do_lower_case": false})");
  const auto modules = SentenceModules::read(folder_);
  ASSERT_TRUE(modules.has_value()) << modules.error().reason();
  EXPECT_EQ((*modules)->pooling, Pooling::kMax);
  const auto loaded = load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().reason();
  EXPECT_EQ(common_part(loaded->encoder).max_length(), 20);
}

TEST_F(SentenceModulesTest, FolderWithoutModulesHasNone) {
  std::filesystem::remove(folder_ / "modules.json");
  const auto modules = SentenceModules::read(folder_);
  ASSERT_TRUE(modules.has_value());
  EXPECT_FALSE(modules->has_value());
}

TEST_F(SentenceModulesTest, SimilarityIsThatOfTheSettings) {
  write("modules.json", modules({"Transformer", "Pooling"}));
  write("config_sentence_transformers.json", R"({"similarity_fn_name": "euclidean"})");
  EXPECT_EQ((*SentenceModules::read(folder_))->similarity, Similarity::kL2Norm);
  write("config_sentence_transformers.json", R"({"similarity_fn_name": "dot"})");
  EXPECT_EQ((*SentenceModules::read(folder_))->similarity, Similarity::kDotProduct);
}

TEST_F(SentenceModulesTest, UnknownModulesAndModesAreNamed) {
  EXPECT_EQ(reason_with("modules.json", modules({"Transformer", "CNN"})),
            "[modules.json]: [type] is [CNN]; supported: Transformer, Pooling, Dense, LayerNorm, Normalize, MLMTransformer, "
            "SpladePooling, LogitScore");
  EXPECT_EQ(reason_with("modules.json", modules({"BoW"})),
            "[modules.json]: [type] is [BoW]; supported: Transformer, MLMTransformer as the first module");
  EXPECT_EQ(reason_with("modules.json", modules({"Transformer", "Normalize", "Dense"})),
            "[modules.json]: [type] is [Dense]; supported: nothing behind Normalize");
  write("modules.json", modules({"Transformer", "Pooling"}));
  EXPECT_EQ(reason_with("1_Pooling/config.json", R"({"pooling_mode": "weightedmean"})"),
            "[1_Pooling/config.json]: [pooling_mode] is [weightedmean]; supported: one of cls, mean, max, lasttoken");
  EXPECT_EQ(reason_with("1_Pooling/config.json", R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true})"),
            "[1_Pooling/config.json]: [pooling_mode_mean_tokens] is [true beside another mode]; supported: one of cls, mean, max, "
            "lasttoken");
}

TEST_F(SentenceModulesTest, DenseThatDoesNotFitIsNamed) {
  EXPECT_EQ(reason_with("2_Dense/config.json", R"({"in_features": 16, "out_features": 24})"),
            "[2_Dense/config.json]: the module reads [16] values, but the one before gives [32]");
  EXPECT_EQ(reason_with("2_Dense/config.json", R"({"in_features": 32, "out_features": 8})"),
            "[2_Dense/model.safetensors]: tensor [linear.weight] has shape [24, 32], but config.json asks for [8, 32]");
  EXPECT_EQ(reason_with("2_Dense/config.json", R"({"in_features": 32, "out_features": 24, "use_residual": true})"),
            "[2_Dense/config.json]: [use_residual] is [true]; supported: false");
  EXPECT_EQ(reason_with("2_Dense/config.json",
                        R"({"in_features": 32, "out_features": 24, "activation_function": "torch.nn.modules.activation.Mish"})"),
            "[2_Dense/config.json]: [activation_function] is [torch.nn.modules.activation.Mish]; supported: Identity, Tanh, ReLU, "
            "GELU, SiLU of torch.nn");
}

TEST_F(SentenceModulesTest, DamagedListsAreRefused) {
  EXPECT_EQ(reason_with("modules.json", "{}"), "[modules.json] is not a list of at most 16 modules");
  EXPECT_EQ(reason_with("modules.json", "[]"), "[modules.json] lists no modules");
  EXPECT_EQ(reason_with("modules.json", "[{"), "[modules.json] is not a JSON text");
  EXPECT_EQ(reason_with("modules.json", "[{\"type\": \"x.Transformer\"}]"),
            "[modules.json]: each module needs the strings [path] and [type]");
  EXPECT_EQ(reason_with("modules.json", R"([{"path": "../other", "type": "x.Transformer"}])"),
            "[modules.json]: [path] is [../other]; supported: folders inside the model's");
}

}  // namespace
}  // namespace selene::models
