#include "models/architectures/traced/matcher.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "models/archives/mapped_file.h"

namespace selene::models {
namespace {

class MatcherTest : public testing::TestWithParam<const char*> {};

TEST_P(MatcherTest, BindsTheFixture) {
  const std::filesystem::path folder = std::filesystem::path(SELENE_SOURCE_DIR) / "tests/golden/eland" / GetParam();
  const auto file = MappedFile::open(folder / "traced_pytorch_model.pt");
  ASSERT_TRUE(file.has_value());
  const auto archive = TorchScriptArchive::read(file->bytes());
  ASSERT_TRUE(archive.has_value()) << archive.error().reason();
  const auto model = match_traced_model(*archive);
  ASSERT_TRUE(model.has_value()) << model.error().reason();
  EXPECT_EQ(model->layers.size(), 2U);
  EXPECT_EQ(model->num_heads, 4);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, MatcherTest,
                         testing::Values("bert-embedding", "bert-expansion", "bert-rerank", "bert-rerank-equal-tensors",
                                         "bert-rerank-int8", "bert-rerank-older", "deberta-v2-rerank", "distilbert-expansion",
                                         "distilbert-rerank", "e5-like-embedding", "electra-rerank", "mpnet-rerank",
                                         "mpnet-rerank-older", "roberta-rerank", "xlm-roberta-embedding", "xlm-roberta-rerank",
                                         "xlm-roberta-rerank-int8"));

}  // namespace
}  // namespace selene::models
