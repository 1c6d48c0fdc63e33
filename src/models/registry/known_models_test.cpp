#include "models/registry/known_models.h"

#include <gtest/gtest.h>

#include "models/registry/model_registry.h"

namespace selene::models {
namespace {

TEST(KnownModelsTest, MissingWeightsNameTheCommandThatInstallsThem) {
  EXPECT_EQ(missing_model(".multilingual-e5-small").reason(),
            "Could not find the trained model [.multilingual-e5-small]: its weights are not installed; [selene pull "
            "intfloat/multilingual-e5-small] installs them, or map the id to a model folder with [--model "
            ".multilingual-e5-small=FOLDER]");
  EXPECT_NE(missing_model(".elser_model_2").reason().find("[selene pull FOLDER --as .elser_model_2] installs them"),
            std::string::npos);
  EXPECT_EQ(missing_model("mine").reason(), "Could not find the trained model [mine]");
  EXPECT_EQ(missing_model("mine").code(), base::ErrorCode::kResourceNotFound);
}

TEST(ModelRegistryTest, FolderIsLookedUpAtEachUse) {
  std::filesystem::path found;
  ModelRegistry registry({{}, Tier::kInt8, [&found](std::string_view) { return found; }});
  EXPECT_FALSE(registry.contains("late"));
  EXPECT_EQ(registry.get("late").error().reason(), "Could not find the trained model [late]");
  found = std::filesystem::path(SELENE_SOURCE_DIR) / "tests/golden/modules/transformer_alone";
  EXPECT_TRUE(registry.contains("late"));
  const auto model = registry.get("late");
  ASSERT_TRUE(model.has_value()) << model.error().reason();
  EXPECT_EQ((*model)->kind(), ModelKind::kCrossEncoder);
  EXPECT_EQ(registry.get("late").value(), *model);
}

}  // namespace
}  // namespace selene::models
