#include "index/vectors/segment_vectors.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

#include "index/segments/mapped_segment_reader.h"
#include "index/segments/segment_merger.h"
#include "index/segments/segment_writer.h"
#include "index/vectors/nearness.h"
#include "tests/reference/naive_nearest.h"

namespace selene::index {
namespace {

using Matrix = std::vector<VectorValues>;

/// Points around the same centres whatever the seed, as embeddings lie.
Matrix clustered(size_t size, int32_t dims, uint32_t seed) {
  std::mt19937 random(99);
  std::normal_distribution<float> normal;
  Matrix centres(50);
  for (VectorValues& centre : centres) {
    for (int32_t i = 0; i < dims; ++i) centre.push_back(normal(random));
  }
  random.seed(seed);
  Matrix points(size);
  for (VectorValues& point : points) {
    const VectorValues& centre = centres[random() % centres.size()];
    for (int32_t i = 0; i < dims; ++i) point.push_back(centre[static_cast<size_t>(i)] + 0.5F * normal(random));
  }
  return points;
}

VectorOptions options_of(VectorSimilarity similarity, VectorEncoding encoding, bool graph, int32_t dims) {
  VectorOptions options;
  options.dims = dims;
  options.similarity = similarity;
  options.index_options.encoding = encoding;
  options.index_options.graph = graph;
  return options;
}

class SegmentVectorsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("selene_vectors_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// One segment with a vector a document.
  std::shared_ptr<const SegmentReader> write(const std::string& name, const VectorOptions& options, const Matrix& points) {
    std::vector<std::string> bytes;
    std::vector<VectorRow> rows;
    bytes.reserve(points.size());
    for (const VectorValues& point : points) {
      bytes.push_back(encode_vector(point, options.element_type));
      const float magnitude = to_row(options, bytes.back());
      rows.push_back({bytes.back().data(), magnitude});
    }
    auto out = SegmentWriter::create(folder_ / name, static_cast<DocId>(points.size()), base::system_env());
    EXPECT_TRUE(out.has_value());
    (*out)->begin_field("v");
    (*out)->vectors(options, rows);
    (*out)->vector_graph(options, rows, {});
    std::vector<DocId> docs(points.size());
    for (size_t i = 0; i < docs.size(); ++i) docs[i] = static_cast<DocId>(i);
    (*out)->docs_with_field(docs);
    std::vector<std::string> ids;
    for (size_t i = 0; i < docs.size(); ++i) ids.push_back(name + std::to_string(i));
    const std::vector<std::string_view> views(ids.begin(), ids.end());
    const std::vector<int64_t> seq_nos(docs.begin(), docs.end());
    EXPECT_TRUE((*out)->finish(views, seq_nos).has_value());
    return open(name);
  }

  std::shared_ptr<const SegmentReader> open(const std::string& name) {
    auto reader = open_segment(folder_ / name, name, SegmentFile::Verify::kChecksums);
    EXPECT_TRUE(reader.has_value());
    return reader.has_value() ? *reader : nullptr;
  }

  std::filesystem::path folder_;
};

/// The share of the true k nearest that a search finds.
double recall(const SegmentVectors& vectors, const VectorOptions& options, const Matrix& points, const Matrix& queries,
              VectorQuery query, const std::vector<bool>* accept = nullptr) {
  size_t found = 0;
  size_t wanted = 0;
  for (const VectorValues& values : queries) {
    query.values = values;
    const std::vector<uint32_t> truth = tests::naive_nearest(options, points, values, 10, accept);
    std::vector<VectorHit> hits = vectors.search(query);
    if (hits.size() > 10) hits.resize(10);
    for (const VectorHit& hit : hits) {
      if (std::ranges::find(truth, hit.ordinal) != truth.end()) ++found;
      EXPECT_TRUE(accept == nullptr || (*accept)[hit.ordinal]);
    }
    wanted += truth.size();
  }
  return static_cast<double>(found) / static_cast<double>(wanted);
}

TEST_F(SegmentVectorsTest, FlatSearchIsExactForEverySimilarity) {
  const Matrix points = clustered(500, 24, 1);
  const Matrix queries = clustered(20, 24, 2);
  for (const auto similarity : {VectorSimilarity::kCosine, VectorSimilarity::kL2Norm, VectorSimilarity::kMaxInnerProduct}) {
    const VectorOptions options = options_of(similarity, VectorEncoding::kRaw, false, 24);
    const auto segment = write("flat", options, points);
    EXPECT_DOUBLE_EQ(recall(*segment->vectors("v"), options, points, queries, {.num_hits = 10}), 1) << similarity_name(similarity);
  }
}

TEST_F(SegmentVectorsTest, NearnessOfHitsIsExactWhateverTheEncoding) {
  const Matrix points = clustered(600, 64, 3);
  const Matrix queries = clustered(5, 64, 4);
  for (const auto similarity : {VectorSimilarity::kCosine, VectorSimilarity::kL2Norm}) {
    for (const auto encoding : {VectorEncoding::kInt8, VectorEncoding::kInt4, VectorEncoding::kBinary}) {
      const VectorOptions options = options_of(similarity, encoding, false, 64);
      const auto segment = write("coded", options, points);
      ASSERT_TRUE(segment->vectors("v")->has_codes());
      for (const VectorValues& query : queries) {
        for (const VectorHit& hit : segment->vectors("v")->search({.values = query, .num_hits = 10}))
          EXPECT_NEAR(hit.nearness, tests::naive_nearness(options, query, points[hit.ordinal]), 1e-3);
      }
    }
  }
}

TEST_F(SegmentVectorsTest, CodesFindNearlyAllOfTheNearest) {
  const Matrix points = clustered(3000, 96, 5);
  const Matrix queries = clustered(40, 96, 6);
  const std::pair<VectorEncoding, int32_t> kEncodings[] = {
      {VectorEncoding::kInt8, 12}, {VectorEncoding::kInt4, 20}, {VectorEncoding::kBinary, 100}};
  for (const auto similarity : {VectorSimilarity::kCosine, VectorSimilarity::kL2Norm, VectorSimilarity::kMaxInnerProduct}) {
    for (const auto& [encoding, num_hits] : kEncodings) {
      const VectorOptions options = options_of(similarity, encoding, false, 96);
      const auto segment = write("codes", options, points);
      EXPECT_GT(recall(*segment->vectors("v"), options, points, queries, {.num_hits = num_hits}), 0.95)
          << similarity_name(similarity) << " " << static_cast<int>(encoding);
    }
  }
}

// Candidates are few enough for graphs to be walked: for more all vectors would be compared.
TEST_F(SegmentVectorsTest, GraphsFindNearlyAllOfTheNearest) {
  const Matrix points = clustered(6000, 48, 7);
  const Matrix queries = clustered(50, 48, 8);
  for (const auto similarity : {VectorSimilarity::kCosine, VectorSimilarity::kL2Norm}) {
    for (const auto encoding : {VectorEncoding::kRaw, VectorEncoding::kInt8}) {
      const VectorOptions options = options_of(similarity, encoding, true, 48);
      const auto segment = write("graph", options, points);
      ASSERT_TRUE(segment->vectors("v")->graph().has_value());
      EXPECT_GT(recall(*segment->vectors("v"), options, points, queries, {.num_candidates = 50, .num_hits = 20}), 0.95);
    }
  }
}

TEST_F(SegmentVectorsTest, GraphsOfBytesAndBitsWork) {
  std::mt19937 random(9);
  Matrix points(5000);
  for (VectorValues& point : points) {
    for (int i = 0; i < 16; ++i) point.push_back(static_cast<float>(static_cast<int8_t>(random())));
  }
  const Matrix queries(points.begin(), points.begin() + 20);
  for (const auto type : {ElementType::kByte, ElementType::kBit}) {
    VectorOptions options = options_of(VectorSimilarity::kL2Norm, VectorEncoding::kRaw, true, type == ElementType::kBit ? 128 : 16);
    options.element_type = type;
    const auto segment = write("whole", options, points);
    ASSERT_TRUE(segment->vectors("v")->graph().has_value());
    for (uint32_t i = 0; i < queries.size(); ++i) {
      const auto hits = segment->vectors("v")->search({.values = queries[i], .num_candidates = 45, .num_hits = 1});
      ASSERT_EQ(hits.size(), 1U);
      EXPECT_EQ(hits.front().nearness, 0) << i;
    }
  }
}

TEST_F(SegmentVectorsTest, FiltersActInsideTheWalkAtEverySelectivity) {
  const Matrix points = clustered(25'000, 16, 10);
  const Matrix queries = clustered(30, 16, 11);
  const VectorOptions options = options_of(VectorSimilarity::kCosine, VectorEncoding::kInt8, true, 16);
  const auto segment = write("filtered", options, points);
  for (const double share : {0.001, 0.01, 0.1, 0.45, 0.55, 0.7, 0.95}) {
    std::mt19937 random(12);
    OrdinalSet accept(static_cast<uint32_t>(points.size()));
    std::vector<bool> accepted(points.size(), false);
    for (uint32_t i = 0; i < points.size(); ++i) {
      if (std::uniform_real_distribution<double>(0, 1)(random) >= share) continue;
      accept.add(i);
      accepted[i] = true;
    }
    // Few enough candidates for the larger shares to be walked.
    EXPECT_GT(recall(*segment->vectors("v"), options, points, queries, {.num_candidates = 40, .num_hits = 20, .accept = &accept},
                     &accepted),
              0.95)
        << share;
  }
}

TEST_F(SegmentVectorsTest, MergesReuseTheLargestGraphAndLeaveDeletedVectorsOut) {
  const Matrix points = clustered(9000, 48, 13);
  const Matrix queries = clustered(40, 48, 14);
  const VectorOptions options = options_of(VectorSimilarity::kCosine, VectorEncoding::kInt8, true, 48);
  const auto large = write("large", options, Matrix(points.begin(), points.begin() + 7000));
  const auto small = write("small", options, Matrix(points.begin() + 7000, points.end()));
  ASSERT_TRUE(large->vectors("v")->graph().has_value());
  ASSERT_FALSE(small->vectors("v")->graph().has_value());
  LiveDocs live(7000);
  std::mt19937 random(15);
  std::vector<bool> gone(points.size(), false);
  for (int i = 0; i < 1500; ++i) {
    const auto doc = static_cast<DocId>(random() % 7000);
    live.remove(doc);
    gone[static_cast<size_t>(doc)] = true;
  }
  const MergeSource sources[] = {{large.get(), &live}, {small.get(), nullptr}};
  std::vector<std::vector<DocId>> numbers;
  ASSERT_TRUE(merge_segments(sources, folder_ / "merged", numbers).has_value());
  const auto merged = open("merged");
  Matrix left;
  for (size_t i = 0; i < points.size(); ++i) {
    if (!gone[i]) left.push_back(points[i]);
  }
  const SegmentVectors& vectors = *merged->vectors("v");
  ASSERT_EQ(vectors.size(), left.size());
  ASSERT_TRUE(vectors.graph().has_value());
  EXPECT_GT(recall(vectors, options, left, queries, {.num_candidates = 60, .num_hits = 20}), 0.95);
}

TEST_F(SegmentVectorsTest, AThresholdDecidesWhetherThereIsAGraph) {
  const Matrix points = clustered(300, 16, 16);
  VectorOptions options = options_of(VectorSimilarity::kL2Norm, VectorEncoding::kRaw, true, 16);
  EXPECT_FALSE(write("none", options, points)->vectors("v")->graph().has_value());
  options.index_options.flat_index_threshold = 100;
  const auto segment = write("some", options, points);
  ASSERT_TRUE(segment->vectors("v")->graph().has_value());
  EXPECT_EQ(segment->vectors("v")->search({.values = points[7], .num_candidates = 10, .num_hits = 1}).front().ordinal, 7U);
}

TEST_F(SegmentVectorsTest, EqualVectorsAreAllFound) {
  const Matrix points(5000, VectorValues(16, 0.5F));
  const VectorOptions options = options_of(VectorSimilarity::kCosine, VectorEncoding::kInt8, true, 16);
  const auto segment = write("equal", options, points);
  EXPECT_EQ(segment->vectors("v")->search({.values = points[0], .num_candidates = 49, .num_hits = 49}).size(), 49U);
}

TEST_F(SegmentVectorsTest, CutOffSectionsAreRefused) {
  const VectorOptions options = options_of(VectorSimilarity::kCosine, VectorEncoding::kInt8, true, 16);
  const auto file = [&] {
    write("whole", options, clustered(5000, 16, 17));
    return *SegmentFile::open(folder_ / "whole", SegmentFile::Verify::kStructure);
  }();
  const std::string_view rows = file->find(SectionKind::kVectors, 0);
  const std::string_view codes = file->find(SectionKind::kVectorCodes, 0);
  const std::string_view graph = file->find(SectionKind::kVectorGraph, 0);
  ASSERT_TRUE(SegmentVectors::open({rows, codes, graph}).has_value());
  for (const size_t left : {size_t{0}, size_t{10}, size_t{63}, size_t{64}, size_t{1000}}) {
    EXPECT_FALSE(SegmentVectors::open({rows.substr(0, left), {}, {}}).has_value()) << left;
    EXPECT_FALSE(SegmentVectors::open({rows, codes.substr(0, left), {}}).has_value()) << left;
    EXPECT_FALSE(SegmentVectors::open({rows, codes, graph.substr(0, left)}).has_value()) << left;
  }
}

TEST_F(SegmentVectorsTest, DamagedLinksAreNotFollowed) {
  const Matrix points = clustered(5000, 16, 18);
  const VectorOptions options = options_of(VectorSimilarity::kCosine, VectorEncoding::kRaw, true, 16);
  write("whole", options, points);
  const auto file = *SegmentFile::open(folder_ / "whole", SegmentFile::Verify::kStructure);
  std::string graph(file->find(SectionKind::kVectorGraph, 0));
  std::mt19937 random(19);
  for (size_t at = 64; at < graph.size(); ++at) {
    if (random() % 3 == 0) graph[at] = static_cast<char>(random());
  }
  // Sections start at multiples of 16.
  std::vector<uint32_t> aligned(graph.size() / 4 + 1);
  std::memcpy(aligned.data(), graph.data(), graph.size());
  const auto vectors = SegmentVectors::open(
      {file->find(SectionKind::kVectors, 0), {}, std::string_view(reinterpret_cast<const char*>(aligned.data()), graph.size())});
  if (!vectors.has_value()) return;  // the counts of upper levels were hit
  for (int i = 0; i < 20; ++i) {
    for (const VectorHit& hit : (*vectors)->search({.values = points[static_cast<size_t>(i)], .num_hits = 10}))
      EXPECT_LT(hit.ordinal, 5000U);
  }
}

}  // namespace
}  // namespace selene::index
