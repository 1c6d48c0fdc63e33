#include "inference/services/chunking_settings.h"

#include <gtest/gtest.h>

namespace selene::inference {
namespace {

std::string read(std::string_view text) {
  const auto document = base::JsonDocument::parse(text).value();
  Validation validation;
  std::string settings = read_chunking_settings(document.root(), validation);
  const auto status = validation.status(base::ErrorCode::kValidation);
  return status.has_value() ? settings : status.error().reason();
}

TEST(ChunkingSettingsTest, AbsentNullAndEmptyAreTheDefault) {
  constexpr std::string_view kDefault = R"({"strategy":"sentence","max_chunk_size":250,"sentence_overlap":1})";
  EXPECT_EQ(read("null"), kDefault);
  EXPECT_EQ(read("{}"), kDefault);
}

TEST(ChunkingSettingsTest, ValidOnesAreShownWhole) {
  EXPECT_EQ(read(R"({"strategy":"sentence","max_chunk_size":20})"),
            R"({"strategy":"sentence","max_chunk_size":20,"sentence_overlap":1})");
  EXPECT_EQ(read(R"({"strategy":"word","max_chunk_size":10,"overlap":5})"),
            R"({"strategy":"word","max_chunk_size":10,"overlap":5})");
  EXPECT_EQ(read(R"({"strategy":"none"})"), R"({"strategy":"none"})");
  EXPECT_EQ(read(R"({"strategy":"recursive","max_chunk_size":10,"separators":["a"]})"),
            R"({"strategy":"recursive","max_chunk_size":10,"separators":["a"]})");
}

TEST(ChunkingSettingsTest, FaultsAreToldInElasticsearchsWords) {
  const auto fault = [](std::string_view reason) { return "Validation Failed: 1: " + std::string(reason) + ";"; };
  EXPECT_EQ(read(R"({"strategy":"sentence","max_chunk_size":10})"),
            fault("[chunking_settings] Invalid value [10]. [max_chunk_size] must be a greater than or equal to [20]"));
  EXPECT_EQ(read(R"({"strategy":"sentence","max_chunk_size":50,"sentence_overlap":2})"),
            fault("sentence_overlap[2] must be either 0 or 1"));
  EXPECT_EQ(read(R"({"strategy":"sentence","max_chunk_size":50,"overlap":2})"),
            fault("Sentence based chunking settings can not have the following settings: [overlap]"));
  EXPECT_EQ(read(R"({"strategy":"word","max_chunk_size":250,"overlap":150})"),
            fault("[chunking_settings] Invalid value [150]. [overlap] must be less than or equal to [125]"));
  EXPECT_EQ(read(R"({"strategy":"word","overlap":1})"),
            fault("[chunking_settings] does not contain the required setting [max_chunk_size]"));
  EXPECT_EQ(read(R"({"max_chunk_size":250})"), fault("Can't generate Chunker without ChunkingStrategy provided"));
  EXPECT_EQ(read(R"({"strategy":"x"})"), fault("Invalid chunkingStrategy x"));
  EXPECT_EQ(read(R"({"strategy":"recursive","max_chunk_size":10,"separators":[]})"),
            fault("[chunking_settings] [separators] must be a non-empty list of strings"));
  EXPECT_NE(read(R"({"strategy":"recursive","max_chunk_size":10,"separators":["("]})")
                .find("[chunking_settings] Invalid value [(]. [separators] must be regular expressions: "),
            std::string::npos);
  std::string many = R"(["a")";
  for (int i = 0; i < 100; ++i) many += R"(,"a")";
  EXPECT_EQ(read(R"({"strategy":"recursive","max_chunk_size":10,"separators":)" + many + "]}"),
            fault("[chunking_settings] [separators] must be at most [100] regular expressions"));
}

}  // namespace
}  // namespace selene::inference
