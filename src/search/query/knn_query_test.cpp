#include "search/query/knn_query.h"

#include <algorithm>
#include <random>

#include "index/mapping/vector_options.h"
#include "search/search_fixture.h"
#include "tests/reference/naive_nearest.h"

namespace selene::search {
namespace {

/// Embeds a text as its number of letters and of blanks.
class FakeEmbeddings final : public FakeInference {
 public:
  int num_embedded = 0;
  base::Result<std::vector<std::vector<float>>> text_embedding(std::string_view endpoint,
                                                               const inference::EmbeddingRequest& request,
                                                               const base::Cancellation&) override {
    if (endpoint != "embed") return base::Error(base::ErrorCode::kResourceNotFound, "Inference endpoint not found [{}]", endpoint);
    std::vector<std::vector<float>> vectors;
    for (const std::string_view text : request.inputs) {
      const auto blanks = static_cast<float>(std::count(text.begin(), text.end(), ' '));
      vectors.push_back({static_cast<float>(text.size()) - blanks, blanks});
    }
    num_embedded += static_cast<int>(vectors.size());
    return vectors;
  }
};

class KnnQueryTest : public SearchFixture {};

TEST_F(KnnQueryTest, TheQueryTextIsEmbeddedOnceForAllIndices) {
  FakeEmbeddings embeddings;
  service_ = std::make_unique<SearchService>(*catalog_, embeddings, clock_);
  for (const char* name : {"a", "b"}) {
    create(name, R"({"mappings":{"properties":{"v":{"type":"dense_vector","dims":2,"similarity":"l2_norm"}}}})");
    add(name, {{std::string(name) + "1", R"({"v":[4,1]})"}, {std::string(name) + "2", R"({"v":[0,0]})"}});
  }
  const auto answer = search(
      "a,b", R"({"knn":{"field":"v","k":2,"query_vector_builder":{"text_embedding":{"model_id":"embed","model_text":"to be"}}}})");
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"a1", "b1"}));
  EXPECT_EQ(score(answer, 0), 1);
  EXPECT_EQ(embeddings.num_embedded, 1);
  const auto error = search_error(
      "a", R"({"knn":{"field":"v","query_vector_builder":{"text_embedding":{"model_id":"none","model_text":"to be"}}}})");
  EXPECT_EQ(error.code(), base::ErrorCode::kResourceNotFound);
  service_.reset();  // before what it computes with
}

TEST_F(KnnQueryTest, RandomSearchesEqualTheExhaustiveOneOverSegmentsDeletesAndFilters) {
  create("i", R"({"mappings":{"properties":{"tag":{"type":"keyword"},"v":{"type":"dense_vector","dims":8}}}})");
  std::mt19937 random(31);
  std::normal_distribution<float> normal;
  const auto values_of = [&](std::string& json) {
    index::VectorValues values(8);
    json = "[";
    for (float& value : values) {
      value = std::round(normal(random) * 100) / 100;
      json += (json.size() == 1 ? "" : ",") + std::to_string(value);
    }
    json += "]";
    return values;
  };
  std::map<std::string, std::pair<std::string, index::VectorValues>> truth;
  index::VectorOptions options;
  options.dims = 8;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 12; ++i) {
      const std::string id = std::to_string(random() % 120);
      const std::string tag(1, static_cast<char>('a' + random() % 4));
      std::string json;
      const index::VectorValues values = values_of(json);
      add("i", {{id, R"({"tag":")" + tag + R"(","v":)" + json + "}"}});
      truth[id] = {tag, values};
    }
    if (round % 3 == 0) {
      const std::string gone = truth.begin()->first;
      remove("i", gone);
      truth.erase(gone);
    }
    std::string json;
    const index::VectorValues query = values_of(json);
    for (const std::string tag : {"", "a", "b"}) {
      std::vector<std::string> names;
      std::vector<index::VectorValues> points;
      for (const auto& [id, document] : truth) {
        if (!tag.empty() && document.first != tag) continue;
        names.push_back(id);
        points.push_back(document.second);
      }
      const std::string filter = tag.empty() ? "" : R"(,"filter":{"term":{"tag":")" + tag + R"("}})";
      const auto answer = search("i", R"({"query":{"knn":{"field":"v","k":5,"query_vector":)" + json + filter + "}}}");
      const auto nearest = tests::naive_nearest(options, points, query, 5);
      ASSERT_EQ(ids(answer).size(), nearest.size());
      EXPECT_EQ(total(answer), static_cast<int64_t>(nearest.size()));
      for (size_t i = 0; i < nearest.size(); ++i) {
        const double expected = (1 + tests::naive_nearness(options, query, points[nearest[i]])) / 2;
        EXPECT_NEAR(score(answer, i), expected, 1e-5) << names[nearest[i]];
      }
    }
  }
}

TEST_F(KnnQueryTest, OfManyVectorsInOneDocumentTheNearestCounts) {
  create("i", R"({"mappings":{"properties":{"p":{"type":"nested","properties":{"v":{"type":"dense_vector","dims":2,
      "similarity":"l2_norm"}}}}}})");
  std::string many = R"({"p":[)";
  for (int i = 0; i < 60; ++i) many += (i == 0 ? "" : ",") + std::string(R"({"v":[0,0.)") + std::to_string(100 + i) + "]}";
  add("i", {{"many", many + "]}"}, {"one", R"({"p":{"v":[0,5]}})"}, {"two", R"({"p":[{"v":[9,9]},{"v":[0,7]}]})"}});
  const auto answer = search("i", R"({"knn":{"field":"p.v","k":3,"num_candidates":3,"query_vector":[0,0]}})");
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"many", "one", "two"}));
  EXPECT_NEAR(score(answer, 0), 1 / (1 + 0.01), 1e-6);
  EXPECT_NEAR(score(answer, 1), 1.0 / 26, 1e-6);
  EXPECT_NEAR(score(answer, 2), 1.0 / 50, 1e-6);
}

/// The ten nearest of random vectors, and how many of them a search of another field type finds.
class VisitPercentageTest : public SearchFixture {
 protected:
  static constexpr int kDims = 64;
  static constexpr int kNumDocs = 6000;

  /// `parameters`: further index options.
  void fill(const std::string& index, const std::string& type, const std::string& parameters = "") {
    create(index,
           R"({"mappings":{"properties":{"v":{"type":"dense_vector","dims":64,"similarity":"l2_norm","index_options":{"type":")" +
               type + "\"" + parameters + "}}}}}");
    std::mt19937 random(5);
    std::vector<std::pair<std::string, std::string>> batch;
    for (int i = 0; i < kNumDocs; ++i) batch.emplace_back(std::to_string(i), R"({"v":)" + vector(random) + "}");
    add(index, batch);
    ASSERT_TRUE(catalog_->find(index)->engine->force_merge(1).has_value());  // only merged segments have a graph
  }
  std::string vector(std::mt19937& random) {
    std::string json = "[";
    for (int i = 0; i < kDims; ++i) json += (i == 0 ? "" : ",") + std::to_string(normal_(random));
    return json + "]";
  }
  int found(const std::string& index, const std::string& options) {
    std::mt19937 random(6);
    int found = 0;
    for (int i = 0; i < 30; ++i) {
      const std::string start =
          R"({"_source":false,"knn":{"field":"v","k":10,"num_candidates":10,"query_vector":)" + vector(random);
      const std::vector<std::string> nearest = ids(search("exact", start + "}}"));
      for (const std::string& id : ids(search(index, start + options + "}}"))) found += std::ranges::count(nearest, id) > 0 ? 1 : 0;
    }
    return found;
  }
  std::normal_distribution<float> normal_;
};

TEST_F(VisitPercentageTest, SaysHowMuchOfADiskFieldIsLookedAt) {
  fill("exact", "flat");
  fill("disk", "bbq_disk");
  const int few = found("disk", R"(,"visit_percentage":0.1)");
  const int all = found("disk", R"(,"visit_percentage":100)");
  EXPECT_GT(all, few);
  EXPECT_EQ(found("disk", R"(,"visit_percentage":0)"), found("disk", ""));
}

TEST_F(VisitPercentageTest, ComesFromTheMappingUnlessTheSearchSaysIt) {
  fill("exact", "flat");
  fill("thorough", "bbq_disk", R"(,"default_visit_percentage":100)");
  const int few = found("thorough", R"(,"visit_percentage":0.1)");
  const int all = found("thorough", R"(,"visit_percentage":100)");
  EXPECT_GT(all, few);
  EXPECT_EQ(found("thorough", ""), all);
}

TEST_F(VisitPercentageTest, CountsWholeClusters) {
  fill("exact", "flat");
  fill("small", "bbq_disk", R"(,"cluster_size":64)");
  fill("large", "bbq_disk", R"(,"cluster_size":6000)");
  EXPECT_GT(found("large", R"(,"visit_percentage":0.1)"), found("small", R"(,"visit_percentage":0.1)"));
  EXPECT_EQ(found("large", R"(,"visit_percentage":0.1)"), found("small", R"(,"visit_percentage":100)"));
}

TEST_F(VisitPercentageTest, MeansNothingForOtherTypes) {
  fill("exact", "flat");
  fill("graph", "bbq_hnsw");
  EXPECT_EQ(found("graph", R"(,"visit_percentage":100)"), found("graph", ""));
}

}  // namespace
}  // namespace selene::search
