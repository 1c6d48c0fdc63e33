#include <gtest/gtest.h>

#include <random>
#include <set>

#include "index/engine/engine_fixture.h"
#include "index/mapping/vector_options.h"
#include "index/vectors/segment_vectors.h"
#include "tests/reference/naive_nearest.h"

namespace selene::index {
namespace {

using EngineVectorsTest = EngineTest;

std::string source_of(const VectorValues& values) {
  std::string source = R"({"v":[)";
  for (size_t i = 0; i < values.size(); ++i) source += (i == 0 ? "" : ",") + std::to_string(values[i]);
  return source + "]}";
}

/// Ids of the nearest live documents, over all segments.
std::vector<std::string> nearest(const Snapshot& snapshot, const VectorValues& query, size_t k, int32_t num_candidates) {
  std::vector<std::pair<float, std::string>> found;
  for (const SegmentView& view : snapshot.segments()) {
    const SegmentVectors* const vectors = view.reader->vectors("v");
    if (vectors == nullptr) continue;
    const std::vector<DocId>& docs = *view.reader->docs_with_field("v");
    OrdinalSet accept(vectors->size());
    for (uint32_t i = 0; i < docs.size(); ++i) {
      if (view.live(docs[i])) accept.add(i);
    }
    VectorQuery wanted;
    wanted.values = query;
    wanted.num_hits = static_cast<int32_t>(2 * k);
    wanted.num_candidates = num_candidates;
    wanted.accept = &accept;
    for (const VectorHit& hit : vectors->search(wanted)) found.emplace_back(-hit.nearness, view.reader->id(docs[hit.ordinal]));
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> ids;
  for (size_t i = 0; i < std::min(k, found.size()); ++i) ids.push_back(found[i].second);
  return ids;
}

TEST_F(EngineVectorsTest, RandomWritesDeletesMergesAndRestartsKeepTheNearestFindable) {
  constexpr int32_t kDims = 16;
  constexpr size_t kWanted = 5;
  const auto mapping = base::JsonDocument::parse(
      R"({"properties":{"v":{"type":"dense_vector","dims":16,"index_options":{"type":"int8_hnsw","flat_index_threshold":300}}}})");
  ASSERT_TRUE(engine_->put_mapping(mapping->root()));
  VectorOptions options;
  options.dims = kDims;
  std::mt19937 random(21);
  std::normal_distribution<float> normal;
  std::map<std::string, VectorValues> truth;
  size_t found = 0;
  size_t wanted = 0;
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 150; ++i) {
      const std::string id = std::to_string(random() % 1500);
      if (random() % 5 == 0) {
        must(make_delete_op(id));
        truth.erase(id);
        continue;
      }
      VectorValues values(kDims);
      for (float& value : values) value = std::round(normal(random) * 1000) / 1000;
      const std::string source = source_of(values);
      must(make_index_op(id, source));
      truth[id] = values;
    }
    ASSERT_TRUE(engine_->refresh());
    if (round % 4 == 1) {
      ASSERT_TRUE(engine_->force_merge(1));
    }
    if (round % 4 == 3) {
      ASSERT_TRUE(engine_->flush());
      reopen();
      ASSERT_TRUE(engine_->refresh());
    }
    std::vector<std::string> ids;
    std::vector<VectorValues> points;
    for (const auto& [id, values] : truth) {
      ids.push_back(id);
      points.push_back(values);
    }
    for (int q = 0; q < 5; ++q) {
      VectorValues query(kDims);
      for (float& value : query) value = normal(random);
      const std::vector<std::string> hits = nearest(*engine_->snapshot(), query, kWanted, 60);
      const std::set<std::string> unique(hits.begin(), hits.end());
      EXPECT_EQ(unique.size(), kWanted);
      for (const uint32_t ordinal : tests::naive_nearest(options, points, query, kWanted)) found += unique.count(ids[ordinal]);
      wanted += kWanted;
    }
  }
  EXPECT_GT(static_cast<double>(found) / static_cast<double>(wanted), 0.97);
  ASSERT_TRUE(engine_->force_merge(1));
  ASSERT_EQ(engine_->snapshot()->segments().size(), 1U);
  EXPECT_TRUE(engine_->snapshot()->segments()[0].reader->vectors("v")->graph().has_value());
}

TEST_F(EngineVectorsTest, AForcedMergeGivesASegmentTheGraphThatRefreshesLeaveOut) {
  const auto mapping = base::JsonDocument::parse(
      R"({"properties":{"v":{"type":"dense_vector","dims":2,"index_options":{"type":"hnsw","flat_index_threshold":10}}}})");
  ASSERT_TRUE(engine_->put_mapping(mapping->root()));
  for (int i = 0; i < 20; ++i) {
    const std::string source = R"({"v":[1,)" + std::to_string(i) + "]}";
    must(make_index_op(std::to_string(i), source));
  }
  ASSERT_TRUE(engine_->refresh());
  ASSERT_EQ(engine_->snapshot()->segments().size(), 1U);
  EXPECT_FALSE(engine_->snapshot()->segments()[0].reader->vectors("v")->graph().has_value());
  ASSERT_TRUE(engine_->force_merge(1));
  EXPECT_TRUE(engine_->snapshot()->segments()[0].reader->vectors("v")->graph().has_value());
}

TEST_F(EngineVectorsTest, DimensionsOfTheFirstDocumentStayOverARestart) {
  const auto mapping = base::JsonDocument::parse(R"({"properties":{"v":{"type":"dense_vector"}}})");
  ASSERT_TRUE(engine_->put_mapping(mapping->root()));
  must(make_index_op("1", R"({"v":[1,2,3]})"));
  reopen();
  EXPECT_EQ(engine_->mapping()->find("v")->vector->dims, 3);
  const auto refused = apply(make_index_op("2", R"({"v":[1,2]})"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), base::ErrorCode::kDocumentParsing);
}

}  // namespace
}  // namespace selene::index
