// Each kernel of each instruction set, at MiniLM's and BERT base's sizes, with its rate beside the processor's issue peak.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "models/archives/safetensors.h"
#include "models/kernels/kernel_table.h"
#include "models/layers/linear.h"
#include "models/ops/packed_matrix.h"
#include "models/runtime/issue_peak.h"

namespace selene::models {
namespace {

constexpr int32_t kRows = 48;  // a row block of the encoder

Buffer<float> random_rows(int64_t rows, int64_t cols) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  Buffer<float> x(rows * row_stride(cols));
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < cols; ++c) x[r * row_stride(cols) + c] = normal(random);
  }
  return x;
}

void report_flops(benchmark::State& state, double flops_per_iteration, double peak) {
  state.counters["FLOP/s"] = benchmark::Counter(flops_per_iteration, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["of_peak"] = benchmark::Counter(flops_per_iteration / peak, benchmark::Counter::kIsIterationInvariantRate);
}

void gemm(benchmark::State& state, const KernelTable& table, NumberType type, int32_t k, int32_t n, Activation activation) {
  const Buffer<float> weights = random_rows(1, int64_t{n} * k);
  const TensorView view{"w", DType::kF32, {n, k}, std::as_bytes(std::span(weights.data(), static_cast<size_t>(int64_t{n} * k)))};
  const MatrixPart part{&view, 0, n};
  auto packed = PackedMatrix::pack(table, type, {&part, 1}, k);
  if (!packed) return state.SkipWithError(packed.error().reason().c_str());
  Linear layer;
  layer.weight = std::move(*packed);
  const Buffer<float> x = random_rows(kRows, k);
  InputScratch scratch;
  const LinearInput input = convert_input(table, type, x.data(), kRows, k, scratch);
  Buffer<float> y(kRows * row_stride(n));
  for (auto _ : state) {
    layer.forward(table, input, kRows, {.y = y.data(), .activation = activation});
    benchmark::ClobberMemory();
  }
  report_flops(state, 2.0 * kRows * k * n, issue_peak_flops(table, type, 1));
}

void attention(benchmark::State& state, const KernelTable& table, NumberType type, int32_t length, int32_t head_dim) {
  const Buffer<float> values = random_rows(3 * length, head_dim);
  Buffer<uint16_t> rounded(values.size());
  table.to_bf16_rows(values.data(), row_stride(head_dim), 3 * length, head_dim, rounded.data(), row_stride(head_dim));
  const int64_t part = int64_t{length} * row_stride(head_dim);
  Buffer<float> out(part);
  Buffer<char> scratch(table.attention_scratch(length, head_dim));
  AttentionHead head;
  const auto at = [&](int64_t i) {
    return type == NumberType::kBf16 ? static_cast<const void*>(rounded.data() + i * part) : values.data() + i * part;
  };
  head.q = at(0);
  head.k = at(1);
  head.v = at(2);
  head.q_stride = head.kv_stride = head.out_stride = row_stride(head_dim);
  head.num_queries = head.num_keys = length;
  head.head_dim = head_dim;
  head.scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
  head.out = out.data();
  head.scratch = scratch.data();
  for (auto _ : state) {
    type == NumberType::kBf16 ? table.attention_fast(head) : table.attention_f32(head);
    benchmark::ClobberMemory();
  }
  report_flops(state, 4.0 * length * length * head_dim, issue_peak_flops(table, type, 1));
}

template <class Body>
void rows(benchmark::State& state, int32_t cols, Body body) {
  const Buffer<float> x = random_rows(kRows, cols);
  Buffer<float> y(x.size());
  for (auto _ : state) {
    body(x, y);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * kRows * cols * static_cast<int64_t>(sizeof(float)));
}

void register_rows(const KernelTable& table, const std::string& isa, int32_t cols) {
  const std::string suffix = "/" + isa + "/" + std::to_string(cols);
  const int64_t stride = row_stride(cols);
  benchmark::RegisterBenchmark(("layer_norm" + suffix).c_str(), [&table, cols, stride](benchmark::State& state) {
    const Buffer<float> gamma = random_rows(1, cols);
    rows(state, cols, [&](const Buffer<float>& x, Buffer<float>& y) {
      table.layer_norm(x.data(), stride, gamma.data(), gamma.data(), y.data(), stride, kRows, cols, 1e-12F);
    });
  });
  benchmark::RegisterBenchmark(("quantize_rows" + suffix).c_str(), [&table, cols, stride](benchmark::State& state) {
    Buffer<float> scales(kRows);
    rows(state, cols, [&](const Buffer<float>& x, Buffer<float>& y) {
      table.quantize_rows(x.data(), stride, kRows, cols, y.data(), stride * table.i8_act_bytes, scales.data());
    });
  });
  for (const auto& [name, activation] : {std::pair{"gelu", Activation::kGelu}, std::pair{"gelu_coarse", Activation::kGeluCoarse}}) {
    benchmark::RegisterBenchmark((name + suffix).c_str(), [&table, cols, activation = activation](benchmark::State& state) {
      rows(state, cols,
           [&](const Buffer<float>&, Buffer<float>& y) { table.activate(y.data(), int64_t{kRows} * cols, activation); });
    });
  }
}

void register_table(const KernelTable& table) {
  const std::string isa(table.isa);
  struct Size {
    int32_t k, n;
  };
  for (const auto& [name, type] : {std::pair{"gemm_f32", NumberType::kF32}, std::pair{"gemm_bf16", NumberType::kBf16},
                                   std::pair{"gemm_i8", NumberType::kI8}}) {
    for (const Size size : {Size{384, 1536}, Size{1536, 384}, Size{768, 3072}}) {
      const std::string full = std::string(name) + "/" + isa + "/" + std::to_string(size.k) + "x" + std::to_string(size.n);
      benchmark::RegisterBenchmark(full.c_str(), [&table, type = type, size](benchmark::State& state) {
        gemm(state, table, type, size.k, size.n, Activation::kNone);
      });
    }
  }
  for (const int32_t length : {32, 120, 512}) {
    const std::string suffix = "/" + isa + "/" + std::to_string(length) + "x32";
    benchmark::RegisterBenchmark(("attention_f32" + suffix).c_str(), [&table, length](benchmark::State& state) {
      attention(state, table, NumberType::kF32, length, 32);
    });
    if (table.attention_type != NumberType::kBf16) continue;
    benchmark::RegisterBenchmark(("attention_bf16" + suffix).c_str(), [&table, length](benchmark::State& state) {
      attention(state, table, NumberType::kBf16, length, 32);
    });
  }
  for (const int32_t cols : {384, 1536}) register_rows(table, isa, cols);
}

const int kRegistered = [] {
  for (const KernelTable& table : supported_kernels()) register_table(table);
  return 0;
}();

}  // namespace
}  // namespace selene::models
