// Sparse retrieval on one segment, one thread: block-max pruning beside adding up every list, in one run.
//
//   sparse_speed FOLDER [DOCS]     500,000 documents of 120 tokens, 200 queries of 30, top 100; prints both times and their ratio
//
// The corpus is synthetic and the same each time: 30,000 tokens by Zipf's law and 2,000 topics of 200 tokens. Of a document 70
// tokens are anyone's and light, 50 are its topic's and heavier; a query has 20 light ones and 10 of a topic. That is the shape of
// learned sparse vectors: long lists of expansions that say little.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <limits>
#include <map>
#include <random>

#include "bench_segments.h"
#include "index/mapping/feature_weight.h"
#include "index/segments/index_buffer.h"
#include "index/segments/segment_merger.h"
#include "search/exec/query_phase.h"
#include "search/exec/sparse_vector_weight.h"

namespace selene::bench {
namespace {

using base::Result;
using base::Status;

constexpr int kNumTokens = 30'000;
constexpr int kNumTopics = 2'000;
constexpr int kTopicTokens = 200;
constexpr size_t kBufferBytes = size_t{256} << 20;

using Vector = std::map<int, float>;  ///< token -> weight

/// The corpus and its queries. Own arithmetic on raw random bits: equal on every machine and library.
class Corpus {
 public:
  Corpus() : cumulative_(kNumTokens), topics_(kNumTopics) {
    double sum = 0;
    for (int rank = 0; rank < kNumTokens; ++rank) cumulative_[static_cast<size_t>(rank)] = sum += 1.0 / (rank + 2.7);
    for (auto& topic : topics_) {
      for (int i = 0; i < kTopicTokens; ++i) topic.push_back(below(4) == 0 ? zipf() : 200 + below(kNumTokens - 200));
    }
  }
  Vector document() { return mixed(70, 50, 0.6F); }
  Vector query() { return mixed(20, 10, 0.4F); }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  double unit() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  int zipf() {
    const double wanted = unit() * cumulative_.back();
    return static_cast<int>(std::lower_bound(cumulative_.begin(), cumulative_.end(), wanted) - cumulative_.begin());
  }
  Vector mixed(size_t num_light, size_t num_heavy, float light) {
    Vector vector;
    const auto& topic = topics_[static_cast<size_t>(below(kNumTopics))];
    while (vector.size() < num_heavy) {
      const double u = unit();
      vector.emplace(topic[static_cast<size_t>(u * u * kTopicTokens)], 0.3F + 2.2F * static_cast<float>(unit() * unit()));
    }
    while (vector.size() < num_heavy + num_light) vector.emplace(zipf(), 0.02F + light * static_cast<float>(unit() * unit()));
    return vector;
  }

  std::mt19937_64 random_{20'240'229};
  std::vector<double> cumulative_;
  std::vector<std::vector<int>> topics_;
};

std::string name_of(int token) { return "t" + std::to_string(token); }

Result<std::shared_ptr<const index::Mapping>> sparse_mapping() {
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(R"({"properties":{"v":{"type":"sparse_vector"}}})"));
  ASSIGN_OR_RETURN(auto analyzers, index::AnalyzerRegistry::create(base::JsonValue()));
  return index::Mapping::empty(std::move(analyzers))->merge(json.root());
}

Status merge_all(const std::filesystem::path& folder, const std::shared_ptr<const index::Mapping>& mapping) {
  ASSIGN_OR_RETURN(const auto snapshot, SegmentsSnapshot::open(folder, mapping));
  if (snapshot->segments().size() < 2) return {};
  std::vector<index::MergeSource> sources;
  for (const index::SegmentView& view : snapshot->segments()) sources.push_back({view.reader.get(), nullptr});
  std::vector<std::vector<index::DocId>> numbers;
  RETURN_IF_ERROR(index::merge_segments(sources, folder / "merged.seg", numbers));
  for (const index::SegmentView& view : snapshot->segments()) std::filesystem::remove(folder / view.reader->name());
  return {};
}

/// One segment, made anew unless it is there.
Status make_index(Corpus& corpus, int num_docs, const std::filesystem::path& folder,
                  const std::shared_ptr<const index::Mapping>& mapping) {
  const bool there = std::filesystem::exists(folder);
  std::filesystem::create_directories(folder);
  std::vector<std::string> names;
  for (int token = 0; token < kNumTokens; ++token) names.push_back(name_of(token));
  auto buffer = std::make_unique<index::IndexBuffer>();
  int num_segments = 0;
  std::vector<index::DocId> numbers;
  for (int i = 0; i < num_docs; ++i) {
    const Vector vector = corpus.document();  // drawn in any case: the queries follow
    if (there) continue;
    index::ParsedDocument document;
    document.mapping = mapping;
    for (const auto& [token, weight] : vector)
      document.values.push_back({mapping->find("v"), names[static_cast<size_t>(token)], index::encode_feature_weight(weight)});
    ASSIGN_OR_RETURN(const index::DocId doc, buffer->add(document, std::to_string(i)));
    buffer->set_seq_no(doc, i);
    if (buffer->bytes() < kBufferBytes && i + 1 < num_docs) continue;
    RETURN_IF_ERROR(buffer->write(folder / base::format("s{:04}.seg", num_segments++), numbers));
    buffer = std::make_unique<index::IndexBuffer>();
  }
  return merge_all(folder, mapping);
}

search::SparseVectorWeight bind(const Vector& query, const index::Snapshot& snapshot, search::ScoreMode mode) {
  std::vector<search::SparseToken> tokens;
  for (const auto& [token, weight] : query)
    tokens.push_back({name_of(token), weight, search::term_statistics(snapshot, "v", name_of(token))});
  return search::SparseVectorWeight("v", std::move(tokens), mode);
}

struct Timed {
  search::ShardTopDocs top;
  double us = 0;
};

/// The best of three. `track_total_hits_up_to` INT32_MAX: every match is counted, so nothing is left out.
Timed run(const Vector& query, const index::Snapshot& snapshot, search::ScoreMode mode, int32_t track_total_hits_up_to) {
  Timed timed;
  timed.us = std::numeric_limits<double>::max();
  search::QueryPhaseOptions options;
  options.num_hits = 100;
  options.track_total_hits_up_to = track_total_hits_up_to;
  for (int pass = 0; pass < 3; ++pass) {
    const auto start = std::chrono::steady_clock::now();
    const search::SparseVectorWeight weight = bind(query, snapshot, mode);
    timed.top = search::find_top_docs(snapshot, weight, options, base::Cancellation());
    timed.us = std::min(timed.us, std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  return timed;
}

bool equal(const search::ShardTopDocs& a, const search::ShardTopDocs& b) {
  return std::equal(a.docs.begin(), a.docs.end(), b.docs.begin(), b.docs.end(),
                    [](const auto& x, const auto& y) { return x.doc == y.doc && x.score == y.score; });
}

double percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(part * static_cast<double>(values.size() - 1))];
}

Status measure(const std::filesystem::path& folder, int num_docs) {
  constexpr int kNumQueries = 200;
  constexpr int kComparedOneByOne = 10;  // also with the scorer that goes from document to document
  ASSIGN_OR_RETURN(const auto mapping, sparse_mapping());
  Corpus corpus;
  RETURN_IF_ERROR(make_index(corpus, num_docs, folder, mapping));
  ASSIGN_OR_RETURN(const auto snapshot, SegmentsSnapshot::open(folder, mapping));
  std::vector<double> pruned_us;
  std::vector<double> all_us;
  double one_by_one_us = 0;
  for (int i = 0; i < kNumQueries; ++i) {
    const Vector query = corpus.query();
    const Timed pruned = run(query, *snapshot, search::ScoreMode::kTopScores, 0);
    const Timed all = run(query, *snapshot, search::ScoreMode::kTopScores, std::numeric_limits<int32_t>::max());
    bool same = equal(pruned.top, all.top);
    if (i < kComparedOneByOne) {
      const Timed one_by_one = run(query, *snapshot, search::ScoreMode::kComplete, 0);
      one_by_one_us += one_by_one.us / kComparedOneByOne;
      same = same && equal(all.top, one_by_one.top);
    }
    if (!same) return base::Error(base::ErrorCode::kInternal, "query [{}] finds other documents", i);
    pruned_us.push_back(pruned.us);
    all_us.push_back(all.us);
  }
  double pruned_sum = 0;
  double all_sum = 0;
  for (const double us : pruned_us) pruned_sum += us;
  for (const double us : all_us) all_sum += us;
  std::printf("%d documents, %d queries, top 100, all equal\n", static_cast<int>(snapshot->num_docs()), kNumQueries);
  std::printf("  document by document: mean %.0f us of the first %d\n", one_by_one_us, kComparedOneByOne);
  std::printf("  every list added up: mean %.0f us, p50 %.0f, p99 %.0f\n", all_sum / kNumQueries, percentile(all_us, 0.5),
              percentile(all_us, 0.99));
  std::printf("  pruned:              mean %.0f us, p50 %.0f, p99 %.0f\n", pruned_sum / kNumQueries, percentile(pruned_us, 0.5),
              percentile(pruned_us, 0.99));
  std::printf("  pruned / every list: %.3f of the time (wanted 0.333 at most)\n", pruned_sum / all_sum);
  return {};
}

}  // namespace
}  // namespace selene::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: sparse_speed FOLDER [DOCS]\n";
    return 1;
  }
  const auto status = selene::bench::measure(argv[1], argc > 2 ? std::atoi(argv[2]) : 500'000);
  if (status) return 0;
  std::cerr << "sparse_speed: " << status.error().reason() << "\n";
  return 1;
}
