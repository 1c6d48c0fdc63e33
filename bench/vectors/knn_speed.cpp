// Nearest vectors of one segment, one thread (tools/bench_knn.py).
//
//   knn_speed build POINTS DIMS ENCODING M EF_CONSTRUCTION SEGMENT
//   knn_speed search SEGMENT POINTS QUERIES TRUTH DIMS OVERSAMPLE [ACCEPT] EF...
//
// POINTS and QUERIES: float32, row after row. TRUTH: int32, the ten nearest of each query. ACCEPT: a byte a point, 1 if it may be
// found; a file name that ends in .accept. ENCODING: raw, int8, int4, bbq.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/segments/mapped_segment_reader.h"
#include "index/segments/segment_writer.h"
#include "index/vectors/segment_vectors.h"

namespace selene::index {
namespace {

constexpr size_t kWanted = 10;
constexpr int kPasses = 3;
constexpr double kEnough = 0.997;  ///< recall that ends a run

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int build(char** argv) {
  std::string points = read_file(argv[2]);
  VectorOptions options;
  options.dims = std::stoi(argv[3]);
  const std::string_view encoding = argv[4];
  options.index_options.encoding = encoding == "int8"   ? VectorEncoding::kInt8
                                   : encoding == "int4" ? VectorEncoding::kInt4
                                   : encoding == "bbq"  ? VectorEncoding::kBinary
                                                        : VectorEncoding::kRaw;
  options.index_options.graph = true;
  options.index_options.m = std::stoi(argv[5]);
  options.index_options.ef_construction = std::stoi(argv[6]);
  const size_t row_bytes = vector_bytes(options.element_type, options.dims);
  const size_t size = points.size() / row_bytes;
  const double start = cpu_seconds();
  std::vector<std::string> bytes(size);
  std::vector<VectorRow> rows(size);
  for (size_t i = 0; i < size; ++i) {
    bytes[i] = points.substr(i * row_bytes, row_bytes);
    const float magnitude = to_row(options, bytes[i]);
    rows[i] = {bytes[i].data(), magnitude};
  }
  auto out = SegmentWriter::create(argv[7], static_cast<DocId>(size), base::system_env());
  if (!out) return 1;
  (*out)->begin_field("v");
  (*out)->vectors(options, rows);
  (*out)->vector_graph(options, rows, {});
  std::vector<DocId> docs(size);
  std::vector<std::string> ids(size);
  for (size_t i = 0; i < size; ++i) {
    docs[i] = static_cast<DocId>(i);
    ids[i] = std::to_string(i);
  }
  (*out)->docs_with_field(docs);
  const std::vector<std::string_view> views(ids.begin(), ids.end());
  if (!(*out)->finish(views, std::vector<int64_t>(docs.begin(), docs.end()))) return 1;
  std::printf("cpu_s %.2f\n", cpu_seconds() - start);
  const auto file = SegmentFile::open(argv[7], SegmentFile::Verify::kStructure);
  if (!file) return 1;
  for (const auto& [name, kind] :
       {std::pair("rows_bytes", SectionKind::kVectors), std::pair("codes_bytes", SectionKind::kVectorCodes),
        std::pair("graph_bytes", SectionKind::kVectorGraph)})
    std::printf("%s %zu\n", name, (*file)->find(kind, 0).size());
  return 0;
}

int search(int argc, char** argv) {
  const auto segment = open_segment(argv[2], "s", SegmentFile::Verify::kChecksums);
  if (!segment) return 1;
  const SegmentVectors& vectors = *(*segment)->vectors("v");
  const std::string queries = read_file(argv[4]);
  const std::string truth = read_file(argv[5]);
  const auto dims = static_cast<size_t>(std::stoi(argv[6]));
  const float oversample = std::stof(argv[7]);
  int next = 8;
  std::optional<OrdinalSet> accept;
  if (next < argc && std::string_view(argv[next]).ends_with(".accept")) {
    const std::string flags = read_file(argv[next++]);
    accept.emplace(static_cast<uint32_t>(flags.size()));
    for (uint32_t i = 0; i < flags.size(); ++i) {
      if (flags[i] == 1) accept->add(i);
    }
  }
  const size_t num_queries = queries.size() / (dims * sizeof(float));
  const auto* const values = reinterpret_cast<const float*>(queries.data());
  const auto* const nearest = reinterpret_cast<const int32_t*>(truth.data());
  for (; next < argc; ++next) {
    VectorQuery query;
    query.num_candidates = std::stoi(argv[next]);
    query.num_hits = static_cast<int32_t>(kWanted * static_cast<double>(oversample));
    query.accept = accept ? &*accept : nullptr;
    double best = 1e9;
    size_t found = 0;
    for (int pass = 0; pass <= kPasses; ++pass) {
      found = 0;
      const auto start = std::chrono::steady_clock::now();
      for (size_t q = 0; q < num_queries; ++q) {
        query.values = {values + q * dims, dims};
        const std::vector<VectorHit> hits = vectors.search(query);
        for (size_t i = 0; i < std::min(kWanted, hits.size()); ++i) {
          for (size_t t = 0; t < kWanted; ++t) found += static_cast<int32_t>(hits[i].ordinal) == nearest[q * kWanted + t] ? 1 : 0;
        }
      }
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      if (pass > 0) best = std::min(best, took.count());
    }
    const double recall = static_cast<double>(found) / static_cast<double>(num_queries * kWanted);
    std::printf("ef %s recall %.4f qps %.0f\n", argv[next], recall, static_cast<double>(num_queries) / best);
    std::fflush(stdout);
    if (recall > kEnough) break;
  }
  return 0;
}

}  // namespace
}  // namespace selene::index

int main(int argc, char** argv) {
  if (argc == 8 && std::string_view(argv[1]) == "build") return selene::index::build(argv);
  if (argc > 8 && std::string_view(argv[1]) == "search") return selene::index::search(argc, argv);
  std::fprintf(stderr, "see the head of bench/vectors/knn_speed.cpp\n");
  return 2;
}
