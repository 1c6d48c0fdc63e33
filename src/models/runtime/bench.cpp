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
#include "models/layers/weight_loader.h"
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
  double limit_seconds = 0;
};

base::Status measure(const BenchOptions& options, const CrossEncoder& encoder, const PackedBatch& batch, int32_t num_threads,
                     Measured& measured) {
  const auto workspace = encoder.make_workspace(num_threads);
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
  json.end_array().field("rss_mb", peak_resident_mib()).field("limit_s", measured.limit_seconds).end_object();
  out << json.text() << '\n';
}

/// What the multiplications alone would take.
double limit_seconds(const KernelTable& table, Tier tier, const EncoderWork& work, int32_t num_threads) {
  const NumberType linear = linear_type(tier);
  const NumberType attention = tier == Tier::kFp32 ? NumberType::kF32 : table.attention_type;
  return work.linear_flops / issue_peak_flops(table, linear, num_threads) +
         work.attention_flops / issue_peak_flops(table, attention, num_threads);
}

void print_heading(const BenchOptions& options, const KernelTable& table, const Pairs& pairs, std::ostream& out) {
  const PackedBatch batch = pairs.view();
  out << base::format("{}: {} pairs, {} tokens, kernels {}\n", options.folder.filename().string(), batch.num_rows(),
                      batch.input_ids.size(), table.isa);
  out << base::format("{:4} {:>7} {:>7} {:>11} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>6} {:>8}\n", "tier", "threads", "load s",
                      "weights MiB", "median s", "fastest", "slowest", "pairs/s", "tokens/s", "limit s", "share", "RSS MiB");
}

void print_row(const CrossEncoder& encoder, const Pairs& pairs, int32_t num_threads, const Measured& measured, std::ostream& out) {
  std::vector<double> sorted = measured.times;
  std::sort(sorted.begin(), sorted.end());
  const double median = sorted[sorted.size() / 2];
  const PackedBatch batch = pairs.view();
  out << base::format("{:4} {:7} {:7.3f} {:11.1f} {:9.4f} {:9.4f} {:9.4f} {:9.1f} {:9.0f} {:9.4f} {:4.0f} % {:8.0f}\n",
                      tier_name(encoder.tier()), num_threads, measured.load_seconds,
                      static_cast<double>(encoder.weight_bytes()) / 1048576.0, median, sorted.front(), sorted.back(),
                      batch.num_rows() / median, static_cast<double>(batch.input_ids.size()) / median, measured.limit_seconds,
                      100.0 * measured.limit_seconds / median, peak_resident_mib());
}

base::Status bench_tier(const BenchOptions& options, Tier tier, const KernelTable& table, Pairs& pairs, std::ostream& out) {
  const auto begin = Clock::now();
  ASSIGN_OR_RETURN(const std::unique_ptr<CrossEncoder> encoder, load_cross_encoder(options.folder, tier, &table));
  const double load_seconds = seconds_since(begin);
  if (pairs.row_starts.size() < 2) {
    pairs = make_pairs(encoder->max_length());
    if (options.output == BenchOutput::kTable) print_heading(options, table, pairs, out);
  }
  for (const int32_t num_threads : options.num_threads) {
    Measured measured;
    measured.load_seconds = load_seconds;
    RETURN_IF_ERROR(measure(options, *encoder, pairs.view(), num_threads, measured));
    measured.limit_seconds = limit_seconds(table, tier, encoder->work(pairs.view()), num_threads);
    if (options.output == BenchOutput::kJson) {
      print_json(measured, out);
    } else {
      print_row(*encoder, pairs, num_threads, measured, out);
    }
    out.flush();
  }
  return {};
}

}  // namespace

base::Status run_bench(const BenchOptions& options, std::ostream& out) {
  ASSIGN_OR_RETURN(const KernelTable* table, active_kernels());
  Pairs pairs;
  if (!options.pairs_file.empty()) {
    ASSIGN_OR_RETURN(pairs, read_pairs(options));
    if (options.output == BenchOutput::kTable) print_heading(options, *table, pairs, out);
  }
  for (const Tier tier : options.tiers) RETURN_IF_ERROR(bench_tier(options, tier, *table, pairs, out));
  return {};
}

}  // namespace selene::models
