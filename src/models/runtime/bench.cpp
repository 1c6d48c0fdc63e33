#include "models/runtime/bench.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "models/architectures/registry.h"
#include "models/archives/mapped_file.h"
#include "models/kernels/kernel_table.h"
#include "models/runtime/issue_peak.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using Clock = std::chrono::steady_clock;

constexpr double kTimedSeconds = 4.0;
constexpr int32_t kMinRepetitions = 5;
constexpr int32_t kMaxRepetitions = 10'000;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct Pairs {
  std::vector<int32_t> input_ids;
  std::vector<int32_t> token_type_ids;
  std::vector<int32_t> row_starts = {0};
  PackedBatch view() const { return {input_ids, token_type_ids, row_starts}; }
};

Error bad_pairs(const BenchOptions& options, std::string reason) {
  return Error(ErrorCode::kIllegalArgument, "[{}]: {}", options.pairs_file.string(), std::move(reason));
}

base::Status append_ids(JsonValue row, std::string_view field, const BenchOptions& options, std::vector<int32_t>& ids) {
  if (!row.is_array()) return bad_pairs(options, base::format("[{}] is not an array of arrays of token ids", field));
  for (const JsonValue id : row.as_array()) {
    if (id.type() != base::JsonType::kInt64 || id.as_int64() < 0 || id.as_int64() > INT32_MAX) {
      return bad_pairs(options, base::format("[{}] holds something that is no token id", field));
    }
    ids.push_back(static_cast<int32_t>(id.as_int64()));
  }
  return {};
}

base::Result<Pairs> read_pairs(const BenchOptions& options) {
  ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(options.pairs_file));
  ASSIGN_OR_RETURN(const base::JsonDocument document,
                   base::JsonDocument::parse({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}));
  const JsonValue ids = document.root()["input_ids"];
  const JsonValue types = document.root()["token_type_ids"];
  if (!ids.is_array()) return bad_pairs(options, "there is no array [input_ids]");
  Pairs pairs;
  for (const JsonValue row : ids.as_array()) {
    RETURN_IF_ERROR(append_ids(row, "input_ids", options, pairs.input_ids));
    pairs.row_starts.push_back(static_cast<int32_t>(pairs.input_ids.size()));
  }
  if (types.is_array()) {
    for (const JsonValue row : types.as_array()) RETURN_IF_ERROR(append_ids(row, "token_type_ids", options, pairs.token_type_ids));
  } else {
    pairs.token_type_ids.assign(pairs.input_ids.size(), 0);
  }
  if (pairs.row_starts.size() < 2) return bad_pairs(options, "[input_ids] is empty");
  return pairs;
}

/// 100 pairs, lengths about lognormal around 104 tokens, from 30 to 400, cut to the model's.
Pairs make_pairs(int32_t max_length) {
  constexpr int32_t kPairs = 100;
  constexpr int32_t kQueryTokens = 11;
  std::minstd_rand random(7);
  std::lognormal_distribution<double> length_of(4.644, 0.55);
  Pairs pairs;
  for (int32_t p = 0; p < kPairs; ++p) {
    const int32_t length = std::min(std::clamp(static_cast<int32_t>(length_of(random)), 30, 400), max_length);
    for (int32_t t = 0; t < length; ++t) {
      pairs.input_ids.push_back(static_cast<int32_t>(random() % 1000));
      pairs.token_type_ids.push_back(t < kQueryTokens ? 0 : 1);
    }
    pairs.row_starts.push_back(static_cast<int32_t>(pairs.input_ids.size()));
  }
  return pairs;
}

struct Measured {
  double load_seconds = 0;
  std::vector<double> times;
  std::vector<float> logits;
};

base::Status measure(const BenchOptions& options, const CrossEncoder& encoder, const PackedBatch& batch, Measured& measured) {
  const auto workspace = encoder.make_workspace(options.num_threads);
  measured.logits.resize(static_cast<size_t>(batch.num_rows()) * static_cast<size_t>(encoder.num_labels()));
  RETURN_IF_ERROR(encoder.forward(batch, *workspace, {}, measured.logits));
  const auto begin = Clock::now();
  for (int32_t i = 0; i < kMaxRepetitions; ++i) {
    if (options.repetitions > 0 ? i >= options.repetitions : i >= kMinRepetitions && seconds_since(begin) > kTimedSeconds) break;
    const auto start = Clock::now();
    RETURN_IF_ERROR(encoder.forward(batch, *workspace, {}, measured.logits));
    measured.times.push_back(seconds_since(start));
  }
  return {};
}

double peak_resident_mib() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

void print_json(const Measured& measured, std::ostream& out) {
  base::JsonWriter json;
  json.begin_object().field("load_s", measured.load_seconds);
  json.key("times").begin_array();
  for (const double seconds : measured.times) json.value(seconds);
  json.end_array().key("scores").begin_array();
  for (const float logit : measured.logits) json.value(logit);
  json.end_array().field("rss_mb", peak_resident_mib()).end_object();
  out << json.text() << '\n';
}

void print_table(const BenchOptions& options, const CrossEncoder& encoder, const PackedBatch& batch, const Measured& measured,
                 std::string_view isa, double peak_flops, std::ostream& out) {
  std::vector<double> sorted = measured.times;
  std::sort(sorted.begin(), sorted.end());
  const double median = sorted[sorted.size() / 2];
  const double flops = encoder.flops(batch);
  const auto pairs = static_cast<double>(batch.num_rows());
  const auto tokens = static_cast<double>(batch.input_ids.size());
  out << base::format("model      {}  tier {}  kernels {}  threads {}\n", options.folder.filename().string(),
                      tier_name(encoder.tier()), isa, options.num_threads);
  out << base::format("load       {:.3f} s   weights {:.1f} MiB   peak resident {:.0f} MiB\n", measured.load_seconds,
                      static_cast<double>(encoder.weight_bytes()) / 1048576.0, peak_resident_mib());
  out << base::format("work       {:.0f} pairs, {:.0f} tokens, {:.1f} GFLOP\n", pairs, tokens, flops / 1e9);
  out << base::format("request    median {:.4f} s   fastest {:.4f} s   slowest {:.4f} s   ({} times)\n", median, sorted.front(),
                      sorted.back(), sorted.size());
  out << base::format("rate       {:.1f} pairs/s   {:.0f} tokens/s   {:.0f} GFLOP/s\n", pairs / median, tokens / median,
                      flops / median / 1e9);
  out << base::format("limit      {:.0f} GFLOP/s issue peak of {} threads in {}; reached {:.0f} %\n", peak_flops / 1e9,
                      options.num_threads, tier_name(encoder.tier()), 100.0 * flops / median / peak_flops);
}

}  // namespace

base::Status run_bench(const BenchOptions& options, std::ostream& out) {
  ASSIGN_OR_RETURN(const KernelTable* table, active_kernels());
  Measured measured;
  const auto begin = Clock::now();
  ASSIGN_OR_RETURN(const std::unique_ptr<CrossEncoder> encoder, load_cross_encoder(options.folder, options.tier, table));
  measured.load_seconds = seconds_since(begin);
  Pairs pairs;
  if (options.pairs_file.empty()) {
    pairs = make_pairs(encoder->max_length());
  } else {
    ASSIGN_OR_RETURN(pairs, read_pairs(options));
  }
  RETURN_IF_ERROR(measure(options, *encoder, pairs.view(), measured));
  if (options.output == BenchOutput::kJson) {
    print_json(measured, out);
    return {};
  }
  const double peak = issue_peak_flops(*table, options.tier, options.num_threads);
  print_table(options, *encoder, pairs.view(), measured, table->isa, peak, out);
  return {};
}

}  // namespace selene::models
