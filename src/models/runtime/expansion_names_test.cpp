#include "models/runtime/expansion_names.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace selene::models {
namespace {

TEST(ExpansionNamesTest, SpecialTokensHaveNoneAndDotsReadUnderscores) {
  const auto tokenizer =
      Tokenizer::load(std::filesystem::path(SELENE_SOURCE_DIR) / "tests" / "golden" / "sparse" / "bert" / "tokenizer.json");
  ASSERT_TRUE(tokenizer.has_value());
  const ExpansionNames names(**tokenizer);
  for (const char* special : {"[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", ""}) EXPECT_FALSE(names.name(special)) << special;
  EXPECT_EQ(names.name("moon"), "moon");
  EXPECT_EQ(names.name("##s"), "##s");
  EXPECT_EQ(names.name("."), "__");
  EXPECT_EQ(names.name("a.b."), "a__b__");
}

}  // namespace
}  // namespace selene::models
