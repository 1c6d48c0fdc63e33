// First-stage retrieval on the segments alone, one thread, as the programs of bench/search/peers measure it.
//
//   search_speed index DOCS FOLDER            one text a line; prints seconds, CPU seconds and bytes before and after a merge to
//   one search_speed query QUERIES FOLDER OUT     kind and text a line; writes kind, k, microseconds, hits, best and last score

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>

#include "bench_segments.h"
#include "index/segments/index_buffer.h"
#include "index/segments/segment_merger.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/phrase_weight.h"
#include "search/exec/query_phase.h"
#include "search/exec/term_weight.h"

namespace selene::bench {
namespace {

using base::Result;
using base::Status;

constexpr size_t kBufferBytes = size_t{256} << 20;  // as the peers

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
  double cpu() const { return cpu_seconds() - cpu_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double cpu_ = cpu_seconds();
};

uintmax_t folder_bytes(const std::filesystem::path& folder) {
  uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) bytes += entry.file_size();
  return bytes;
}

/// Fills buffers and writes each as a segment, in order.
class Indexer {
 public:
  Indexer(std::filesystem::path folder, std::shared_ptr<const index::Mapping> mapping)
      : folder_(std::move(folder)), mapping_(std::move(mapping)) {}

  Status add(std::string_view text) {
    index::ParsedDocument document;
    document.mapping = mapping_;
    document.values = {{mapping_->find("body"), text, 0}, {mapping_->find("id"), {}, num_docs_}};
    ASSIGN_OR_RETURN(const index::DocId doc, buffer_->add(document, std::to_string(num_docs_)));
    buffer_->set_seq_no(doc, num_docs_++);
    return buffer_->bytes() < kBufferBytes ? Status() : write();
  }
  Status write() {
    if (buffer_->num_docs() == 0) return {};
    std::vector<index::DocId> numbers;
    RETURN_IF_ERROR(buffer_->write(next_path(), numbers));
    buffer_ = std::make_unique<index::IndexBuffer>();
    return {};
  }
  Status merge() {
    ASSIGN_OR_RETURN(const auto snapshot, SegmentsSnapshot::open(folder_, mapping_));
    if (snapshot->segments().size() < 2) return {};
    std::vector<index::MergeSource> sources;
    for (const index::SegmentView& view : snapshot->segments()) sources.push_back({view.reader.get(), nullptr});
    std::vector<std::vector<index::DocId>> numbers;
    RETURN_IF_ERROR(index::merge_segments(sources, next_path(), numbers));
    for (const index::SegmentView& view : snapshot->segments()) std::filesystem::remove(folder_ / view.reader->name());
    return {};
  }
  int64_t num_docs() const { return num_docs_; }

 private:
  std::filesystem::path next_path() { return folder_ / base::format("s{:08}.seg", num_segments_++); }

  std::filesystem::path folder_;
  std::shared_ptr<const index::Mapping> mapping_;
  std::unique_ptr<index::IndexBuffer> buffer_ = std::make_unique<index::IndexBuffer>();
  int64_t num_docs_ = 0;
  int num_segments_ = 0;
};

Status index_documents(const std::string& documents, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  ASSIGN_OR_RETURN(const auto mapping, bench_mapping());
  std::ifstream in(documents);
  if (!in) return base::Error(base::ErrorCode::kIo, "cannot read [{}]", documents);
  Indexer indexer(folder, mapping);
  const Stopwatch watch;
  std::string line;
  while (std::getline(in, line)) RETURN_IF_ERROR(indexer.add(line));
  RETURN_IF_ERROR(indexer.write());
  const double seconds = watch.seconds();
  std::printf("index_s %.2f cpu_s %.2f docs_per_s %.0f size %ju\n", seconds, watch.cpu(),
              static_cast<double>(indexer.num_docs()) / seconds, folder_bytes(folder));
  const Stopwatch merge_watch;
  RETURN_IF_ERROR(indexer.merge());
  std::printf("merge_s %.2f cpu_s %.2f size %ju\n", merge_watch.seconds(), merge_watch.cpu(), folder_bytes(folder));
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak_rss_mb %ld\n", usage.ru_maxrss / 1024);
  return {};
}

struct BenchQuery {
  std::string kind;
  std::vector<std::string> words;
};

std::vector<BenchQuery> read_queries(const std::string& path) {
  std::vector<BenchQuery> queries;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    BenchQuery& query = queries.emplace_back();
    std::istringstream words(line);
    words >> query.kind;
    for (std::string word; words >> word;) query.words.push_back(word);
  }
  return queries;
}

search::WeightPtr bind(const BenchQuery& query, const index::Snapshot& snapshot, const index::MappedField& field,
                       search::ScoreMode mode = search::ScoreMode::kTopScores) {
  if (query.kind.starts_with("phr")) {
    std::vector<search::PhraseWeight::Slot> slots;
    for (size_t i = 0; i < query.words.size(); ++i) slots.push_back({static_cast<int32_t>(i), {query.words[i]}});
    return std::make_unique<search::PhraseWeight>(snapshot, field, std::move(slots), 0, 1.0F);
  }
  search::BooleanWeight::Clauses clauses;
  const bool all = query.kind.starts_with("and");
  for (const std::string& word : query.words) {
    auto term = search::TermWeight::create(snapshot, field, word, 1.0F);
    if (term != nullptr) {
      (all ? clauses.must : clauses.should).push_back(std::move(term));
    } else if (all) {
      return std::make_unique<search::MatchNoneWeight>();
    }
  }
  return std::make_unique<search::BooleanWeight>(std::move(clauses), mode);
}

void run_queries(const std::vector<BenchQuery>& queries, const index::Snapshot& snapshot, int32_t k, std::FILE* out) {
  const index::MappedField& field = *snapshot.mapping().find("body");
  search::QueryPhaseOptions options;
  options.num_hits = k;
  options.track_total_hits_up_to = k;
  for (const BenchQuery& query : queries) {
    const auto start = std::chrono::steady_clock::now();
    const search::WeightPtr weight = bind(query, snapshot, field);
    const search::ShardTopDocs top = search::find_top_docs(snapshot, *weight, options, base::Cancellation());
    const double us = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
    if (out == nullptr || top.docs.empty()) continue;
    std::fprintf(out, "%s\t%d\t%.1f\t%zu\t%.4f\t%.4f\n", query.kind.c_str(), k, us, top.docs.size(),
                 static_cast<double>(top.docs.front().score), static_cast<double>(top.docs.back().score));
  }
}

Status query_documents(const std::string& queries_path, const std::filesystem::path& folder, const std::string& out_path) {
  constexpr int kNumPasses = 4;  // the first one warms up
  ASSIGN_OR_RETURN(const auto mapping, bench_mapping());
  ASSIGN_OR_RETURN(const auto snapshot, SegmentsSnapshot::open(folder, mapping));
  std::printf("segments %zu docs %ld\n", snapshot->segments().size(), static_cast<long>(snapshot->num_docs()));
  const std::vector<BenchQuery> queries = read_queries(queries_path);
  std::FILE* const out = std::fopen(out_path.c_str(), "w");
  if (out == nullptr) return base::Error(base::ErrorCode::kIo, "cannot write [{}]", out_path);
  for (int pass = 0; pass < kNumPasses; ++pass) {
    for (const int32_t k : {10, 100, 1000}) run_queries(queries, *snapshot, k, pass == 0 ? nullptr : out);
  }
  std::fclose(out);
  return {};
}

bool equal(const search::ShardTopDocs& a, const search::ShardTopDocs& b) {
  return std::equal(a.docs.begin(), a.docs.end(), b.docs.begin(), b.docs.end(),
                    [](const auto& x, const auto& y) { return x.doc == y.doc && x.score == y.score; });
}

Status verify_queries(const std::string& queries_path, const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(const auto mapping, bench_mapping());
  ASSIGN_OR_RETURN(const auto snapshot, SegmentsSnapshot::open(folder, mapping));
  const index::MappedField& field = *mapping->find("body");
  int num_compared = 0;
  for (const BenchQuery& query : read_queries(queries_path)) {
    for (const int32_t k : {1, 10, 100, 1000}) {
      search::QueryPhaseOptions options;
      options.num_hits = k;
      options.track_total_hits_up_to = k;
      const auto fast = bind(query, *snapshot, field);
      const auto slow = bind(query, *snapshot, field, search::ScoreMode::kComplete);
      const auto best = search::find_top_docs(*snapshot, *fast, options, base::Cancellation());
      options.track_total_hits_up_to = std::numeric_limits<int32_t>::max();
      const auto all = search::find_top_docs(*snapshot, *slow, options, base::Cancellation());
      ++num_compared;
      if (equal(best, all)) continue;
      return base::Error(base::ErrorCode::kInternal, "[{}] of {} words finds other documents among the best [{}]", query.kind,
                         query.words.size(), k);
    }
  }
  std::printf("%d searches, all equal\n", num_compared);
  return {};
}

}  // namespace
}  // namespace selene::bench

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  selene::base::Status status =
      selene::base::Error(selene::base::ErrorCode::kIllegalArgument,
                          "usage: search_speed index DOCS FOLDER | query QUERIES FOLDER OUT | verify QUERIES FOLDER");
  if (args.size() == 3 && args[0] == "index") status = selene::bench::index_documents(args[1], args[2]);
  if (args.size() == 4 && args[0] == "query") status = selene::bench::query_documents(args[1], args[2], args[3]);
  if (args.size() == 3 && args[0] == "verify") status = selene::bench::verify_queries(args[1], args[2]);
  if (status) return 0;
  std::cerr << "search_speed: " << status.error().reason() << "\n";
  return 1;
}
