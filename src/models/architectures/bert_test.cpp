#include "models/architectures/bert.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "models/architectures/golden_test_support.h"

namespace selene::models {
namespace {

constexpr const char* kCases[] = {"bert/plain", "bert/odd", "bert/old_names", "bert/sharded"};

TEST(BertTest, Fp32LogitsAreThoseOfTransformers) {
  for (const char* name : kCases) expect_golden_logits(name, Tier::kFp32, 1e-4);
}

// The bounds below are about twice what is measured: random weights of so few dimensions round worse than trained ones.
TEST(BertTest, Bf16LogitsAreCloseToThoseOfTransformers) {
  for (const char* name : kCases) expect_golden_logits(name, Tier::kBf16, 0.06);
}

TEST(BertTest, Int8LogitsAreCloseToThoseOfTransformers) {
  for (const char* name : kCases) expect_golden_logits(name, Tier::kInt8, 0.12);
}

TEST(BertTest, RowDoesNotDependOnItsBatch) {
  for (const char* name : kCases) {
    for (const Tier tier : {Tier::kFp32, Tier::kBf16, Tier::kInt8}) expect_row_independence(name, tier);
  }
}

/// A batch of many rows, which several threads share out by chunks instead of by blocks.
TEST(BertTest, ManyRowsOnThreadsGiveTheSameBits) {
  const GoldenCase golden = read_golden("bert/plain");
  std::vector<size_t> rows;
  for (size_t i = 0; i < 200; ++i) rows.push_back(i * 7 % golden.input_ids.size());
  const auto encoder = load_cross_encoder(golden.folder, Tier::kInt8);
  ASSERT_TRUE(encoder.has_value()) << encoder.error().reason();
  const GoldenBatch batch(golden, rows);
  const std::vector<float> one = logits_of(**encoder, batch, 1);
  EXPECT_EQ(one, logits_of(**encoder, batch, 2));
  EXPECT_EQ(one, logits_of(**encoder, batch, 5));
  const std::vector<float> singles = logits_of(**encoder, GoldenBatch(golden, all_rows(golden)));
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(one[i], singles[rows[i]]);
}

class BertBatchTest : public testing::Test {
 protected:
  void SetUp() override {
    golden_ = read_golden("bert/plain");
    auto loaded = load_cross_encoder(golden_.folder, Tier::kInt8);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().reason();
    encoder_ = std::move(*loaded);
    workspace_ = encoder_->make_workspace(1);
  }
  std::string reason(const PackedBatch& batch, size_t num_logits, const base::Cancellation& cancellation = {}) {
    std::vector<float> logits(num_logits);
    const base::Status status = encoder_->forward(batch, *workspace_, cancellation, logits);
    return status.has_value() ? "" : status.error().reason();
  }
  GoldenCase golden_;
  std::unique_ptr<CrossEncoder> encoder_;
  std::unique_ptr<CrossEncoder::Workspace> workspace_;
};

TEST_F(BertBatchTest, IdOutsideTheVocabularyIsRefused) {
  const std::vector<int32_t> ids = {1, 90};
  const std::vector<int32_t> types = {0, 0};
  const std::vector<int32_t> starts = {0, 2};
  EXPECT_EQ(reason({ids, types, starts}, 1), "token id [90] is outside the model's vocabulary of 90");
  const std::vector<int32_t> negative = {-1, 3};
  EXPECT_EQ(reason({negative, types, starts}, 1), "token id [-1] is outside the model's vocabulary of 90");
}

TEST_F(BertBatchTest, TypeOutsideTheTypesIsRefused) {
  const std::vector<int32_t> ids = {1, 2};
  const std::vector<int32_t> types = {0, 2};
  const std::vector<int32_t> starts = {0, 2};
  EXPECT_EQ(reason({ids, types, starts}, 1), "token type id [2] is outside the model's 2 types");
}

TEST_F(BertBatchTest, RowLongerThanThePositionsIsRefused) {
  const std::vector<int32_t> ids(71, 1);
  const std::vector<int32_t> types(71, 0);
  const std::vector<int32_t> starts = {0, 71};
  EXPECT_EQ(reason({ids, types, starts}, 1), "row [0] of the batch has [71] tokens; the model takes from 1 to 70");
  const std::vector<int32_t> hollow = {0, 0, 71};
  EXPECT_EQ(reason({ids, types, hollow}, 2), "row [0] of the batch has [0] tokens; the model takes from 1 to 70");
}

TEST_F(BertBatchTest, EmptyBatchGivesNothing) {
  const std::vector<int32_t> starts = {0};
  EXPECT_EQ(reason({{}, {}, starts}, 0), "");
}

TEST_F(BertBatchTest, CancelledCallStops) {
  const base::Cancellation cancellation;
  cancellation.cancel();
  const GoldenBatch batch(golden_, {0, 1});
  EXPECT_EQ(reason(batch.view(), 2, cancellation), "the task was cancelled while the model was computing");
}

/// A copy of a golden folder whose config.json can be changed.
class BertConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "selene_bert_config";
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(read_golden("bert/old_names").folder, folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// The reason why the model does not load with `from` replaced by `to` in its config; empty if it does.
  std::string reason_with(const std::string& from, const std::string& to) {
    std::string text = read_text(folder_ / "config.json");
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " in " << text;
    text.replace(at, from.size(), to);
    return reason_of(text);
  }
  std::string reason_of(const std::string& config) {
    std::ofstream(folder_ / "config.json", std::ios::binary) << config;
    const auto loaded = load_cross_encoder(folder_, Tier::kFp32);
    if (loaded.has_value()) return "";
    EXPECT_EQ(loaded.error().code(), base::ErrorCode::kIllegalArgument);
    std::string reason = loaded.error().reason();
    const std::string path = folder_.string() + "/";
    for (size_t at = reason.find(path); at != std::string::npos; at = reason.find(path)) reason.erase(at, path.size());
    return reason;
  }
  std::filesystem::path folder_;
};

TEST_F(BertConfigTest, UnknownActivationIsNamed) {
  EXPECT_EQ(reason_with("\"relu\"", "\"mish\""),
            "[config.json]: [hidden_act] is [mish]; supported: gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, tanh");
}

TEST_F(BertConfigTest, UnknownPositionEmbeddingTypeIsNamed) {
  EXPECT_EQ(reason_with("\"hidden_act\"", "\"position_embedding_type\": \"relative_key\", \"hidden_act\""),
            "[config.json]: [position_embedding_type] is [relative_key]; supported: absolute");
}

TEST_F(BertConfigTest, DecoderIsRefused) {
  EXPECT_EQ(reason_with("\"is_decoder\": false", "\"is_decoder\": true"),
            "[config.json]: [is_decoder] is [true]; supported: false");
}

TEST_F(BertConfigTest, WrongTypeOrRangeIsNamed) {
  EXPECT_EQ(reason_with("\"hidden_size\": 35", "\"hidden_size\": \"35\""),
            "[config.json]: [hidden_size] is [35]; supported: whole numbers from 1 to 16384");
  EXPECT_EQ(reason_with("\"hidden_size\": \"35\"", "\"hidden_size\": -1"),
            "[config.json]: [hidden_size] is [-1]; supported: whole numbers from 1 to 16384");
  EXPECT_EQ(reason_with("\"hidden_size\": -1", "\"hidden_size\": 36"),
            "[config.json]: [num_attention_heads] is [5]; supported: divisors of [hidden_size] 36");
}

TEST_F(BertConfigTest, UnknownArchitectureListsWhatIsSupported) {
  const std::string reason = reason_with("BertForSequenceClassification", "BertForSorting");
  EXPECT_TRUE(reason.starts_with("[config.json]: [architectures] is [BertForSorting]; supported: BertForSequenceClassification"))
      << reason;
}

TEST_F(BertConfigTest, ConfigThatIsNoObjectIsRefused) {
  EXPECT_EQ(reason_of("[1, 2]"), "[config.json] is not a JSON object");
  EXPECT_EQ(reason_of("{"), "[config.json] is not a JSON object");
  EXPECT_EQ(reason_of(""), "[config.json] is not a JSON object");
}

TEST_F(BertConfigTest, HarmlessKeysAreIgnored) { EXPECT_EQ(reason_with("\"use_cache\": true", "\"use_cache\": \"whatever\""), ""); }

TEST_F(BertConfigTest, ShapeThatDiffersFromTheConfigIsNamed) {
  EXPECT_EQ(
      reason_with("\"vocab_size\": 90", "\"vocab_size\": 91"),
      "[model.safetensors]: tensor [embeddings.word_embeddings.weight] has shape [90, 35], but config.json asks for [91, 35]");
  EXPECT_EQ(reason_with("\"vocab_size\": 91", "\"vocab_size\": 90, \"num_labels\": 4"),
            "[model.safetensors]: tensor [classifier.weight] has shape [1, 35], but config.json asks for [4, 35]");
}

TEST_F(BertConfigTest, MissingTensorIsNamed) {
  EXPECT_EQ(reason_with("\"num_hidden_layers\": 1", "\"num_hidden_layers\": 2"),
            "[model.safetensors] has no tensor [encoder.layer.1.attention.self.query.weight]");
}

TEST_F(BertConfigTest, MissingFilesAreNamed) {
  std::filesystem::remove(folder_ / "model.safetensors");
  const auto loaded = load_cross_encoder(folder_, Tier::kFp32);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code(), base::ErrorCode::kResourceNotFound);
  std::filesystem::remove(folder_ / "config.json");
  const auto empty = load_cross_encoder(folder_, Tier::kFp32);
  ASSERT_FALSE(empty.has_value());
  EXPECT_EQ(empty.error().code(), base::ErrorCode::kResourceNotFound);
}

TEST_F(BertConfigTest, WeightThatIsNoNumberIsRefused) {
  std::string bytes = read_text(folder_ / "model.safetensors");
  bytes[bytes.size() - 1] = '\x7F';  // the last bf16 weight becomes a NaN
  bytes[bytes.size() - 2] = '\xFF';
  std::ofstream(folder_ / "model.safetensors", std::ios::binary) << bytes;
  const auto loaded = load_cross_encoder(folder_, Tier::kFp32);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(loaded.error().reason().find("holds a weight that is not a finite number"), std::string::npos)
      << loaded.error().reason();
}

}  // namespace
}  // namespace selene::models
