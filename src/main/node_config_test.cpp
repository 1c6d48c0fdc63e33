#include "main/node_config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/random_id.h"

namespace selene::main {
namespace {

class ConfigFileTest : public testing::Test {
 protected:
  ConfigFileTest() : file_(std::filesystem::temp_directory_path() / (base::random_uuid() + ".yml")) {}
  ~ConfigFileTest() override { std::filesystem::remove(file_); }
  base::Result<NodeConfig> load(std::string_view text, const std::string& given = "") {
    std::ofstream(file_) << text;
    NodeConfig config;
    RETURN_IF_ERROR(load_config_file(file_, config, [&](const std::string& name) { return name == given; }));
    return config;
  }
  std::filesystem::path file_;
};

TEST_F(ConfigFileTest, TakesNestedAndDottedNames) {
  const auto config = load(
      "cluster:\n  name: c\nhttp.port: 9201\npath: {data: /d}\nmodels:\n  .rerank-v1: /m\ntier: fp32\nnetwork.host: _local_\n");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->cluster_name, "c");
  EXPECT_EQ(config->port, 9201);
  EXPECT_EQ(config->data, "/d");
  EXPECT_EQ(config->models.at(".rerank-v1"), "/m");
  EXPECT_EQ(config->tier, models::Tier::kFp32);
  EXPECT_EQ(config->host, "127.0.0.1");
}

TEST_F(ConfigFileTest, InferenceIsSetByElasticsearchsNames) {
  const auto config = load(
      "xpack.inference:\n  http:\n    retry: {initial_delay: 5ms, timeout: 2s}\n    max_response_size: 2mb\n    "
      "allow_private_targets: "
      "true\n  skip_validate_and_start: true\n");
  ASSERT_TRUE(config.has_value()) << config.error().reason();
  EXPECT_EQ(config->inference.transport.retry_initial_delay, std::chrono::milliseconds(5));
  EXPECT_EQ(config->inference.transport.retry_timeout, std::chrono::seconds(2));
  EXPECT_EQ(config->inference.transport.max_response_bytes, size_t{2} << 20);
  EXPECT_EQ(config->inference.http.targets, net::ClientTargets::kPublicAndPrivate);
  EXPECT_EQ(config->inference.validate, inference::ValidateNewEndpoints::kNo);
  EXPECT_FALSE(load("xpack.inference.http.retry.timeout: soon\n").has_value());
  EXPECT_FALSE(load("xpack.inference.http.max_response_size: 0\n").has_value());
  EXPECT_EQ(load("xpack.inference.http.max_total_connections: 7\n")->inference.transport.max_all_calls, 7);
  EXPECT_FALSE(load("xpack.inference.http.max_total_connections: 0\n").has_value());
}

TEST_F(ConfigFileTest, WhatIsGivenElsewhereWins) { EXPECT_EQ(load("http.port: 9201\n", "http.port")->port, 9200); }

TEST_F(ConfigFileTest, UnknownNamesAndWrongValuesAreRefused) {
  EXPECT_EQ(load("http.prt: 1\n").error().reason(), "unknown setting [http.prt] -> did you mean [http.port]?");
  EXPECT_FALSE(load("http.port: many\n").has_value());
  EXPECT_FALSE(load("http.port: 70000\n").has_value());
  EXPECT_FALSE(load("tier: int4\n").has_value());
  EXPECT_FALSE(load("index.translog.durability: never\n").has_value());
  EXPECT_FALSE(load("path.data: [a, b]\n").has_value());
  EXPECT_FALSE(load("a: b: c\n").has_value());
  EXPECT_TRUE(load("").has_value());
}

TEST_F(ConfigFileTest, FloodStageIsASizeOrAPartOfTheDisk) {
  const std::string name = "cluster.routing.allocation.disk.watermark.flood_stage: ";
  EXPECT_EQ(load(name + "1.5gb\n")->min_free_bytes, uint64_t{3} << 29);
  EXPECT_EQ(load(name + "0b\n")->min_free_bytes, 0);
  EXPECT_EQ(load(name + "95%\n")->max_used, 0.95);
  EXPECT_EQ(load(name + "95%\n")->min_free_bytes, 0);
  for (const char* wrong : {"95", "101%", "-1mb", "many", "mb", "5 mb"})
    EXPECT_FALSE(load(name + wrong + "\n").has_value()) << wrong;
}

TEST_F(ConfigFileTest, TheFilterCacheIsASizeOrAPartOfTheMemory) {
  EXPECT_EQ(load("indices.queries.cache.size: 3mb\n")->filter_cache.max_bytes, 3 << 20);
  EXPECT_EQ(load("indices.queries.cache.size: 0%\n")->filter_cache.max_bytes, 0);
  EXPECT_EQ(load("indices.queries.cache.size: 10%\n")->filter_cache.max_bytes, default_filter_cache_bytes());
  EXPECT_EQ(load("")->filter_cache.max_bytes, default_filter_cache_bytes());
  EXPECT_EQ(load("indices.queries.cache.count: 7\n")->filter_cache.max_sets, 7);
  EXPECT_EQ(load("indices.queries.cache.all_segments: true\n")->filter_cache.min_docs, 0);
  for (const char* wrong : {"size: some", "size: 101%", "count: 0", "all_segments: maybe"})
    EXPECT_FALSE(load(std::string("indices.queries.cache.") + wrong + "\n").has_value()) << wrong;
}

TEST_F(ConfigFileTest, TheDocumentCacheIsASizeOrAPartOfTheMemory) {
  EXPECT_EQ(load("")->document_cache_bytes, 96 << 20);
  EXPECT_EQ(load("indices.documents.cache.size: 3mb\n")->document_cache_bytes, 3 << 20);
  EXPECT_EQ(load("indices.documents.cache.size: 10%\n")->document_cache_bytes, default_filter_cache_bytes());
  EXPECT_EQ(load("indices.documents.cache.size: 0b\n")->document_cache_bytes, 0);
  EXPECT_FALSE(load("indices.documents.cache.size: much\n").has_value());
}

TEST_F(ConfigFileTest, TheEndpointOfSemanticTextFieldsThatNameNone) {
  EXPECT_EQ(load("")->default_inference_id, ".elser-2-elasticsearch");
  EXPECT_EQ(load("semantic_text.default_inference_id: mine\n")->default_inference_id, "mine");
  EXPECT_FALSE(load("semantic_text.default_inference_id: ''\n").has_value());
}

TEST(LoopbackTest, OnlyAddressesOfThisMachine) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "localhost", "::1"}) EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"0.0.0.0", "192.168.1.1", "127.example.org", "::", "", "127.0.0"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(ModelMappingTest, NeedsAnIdAndAFolder) {
  const auto mapping = parse_model_mapping(".rerank-v1=/srv/m=1");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_EQ(mapping->first, ".rerank-v1");
  EXPECT_EQ(mapping->second, "/srv/m=1");
  for (const char* text : {"", "=x", "a=", "a"}) EXPECT_FALSE(parse_model_mapping(text).has_value()) << text;
}

TEST(ModelFoldersTest, FolderWithoutAConfigIsRefused) {
  EXPECT_FALSE(model_folders({}, {{"m", "/nonexistent"}}).has_value());
  EXPECT_TRUE(model_folders({}, {})->empty());
}

}  // namespace
}  // namespace selene::main
