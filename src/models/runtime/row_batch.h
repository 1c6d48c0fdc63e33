#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/runtime/encoder.h"
#include "models/runtime/sparse_encoder.h"

namespace selene::models {

/// Rows one behind the other, owned.
struct RowBatch {
  std::vector<int32_t> input_ids;
  std::vector<int32_t> token_type_ids;
  std::vector<int32_t> row_starts = {0};

  void clear() {
    input_ids.clear();
    token_type_ids.clear();
    row_starts.assign(1, 0);
  }
  size_t num_rows() const { return row_starts.size() - 1; }
  void append(std::span<const int32_t> ids, std::span<const int32_t> types) {
    input_ids.insert(input_ids.end(), ids.begin(), ids.end());
    token_type_ids.insert(token_type_ids.end(), types.begin(), types.end());
    row_starts.push_back(static_cast<int32_t>(input_ids.size()));
  }
  void append(const RowBatch& from, size_t row) {
    const auto begin = static_cast<size_t>(from.row_starts[row]);
    const auto length = static_cast<size_t>(from.row_starts[row + 1]) - begin;
    append(std::span(from.input_ids).subspan(begin, length), std::span(from.token_type_ids).subspan(begin, length));
  }
  PackedBatch view() const { return {input_ids, token_type_ids, row_starts}; }
};

/// What rows give: `width` numbers each (logits, embeddings), or a list of token weights each.
struct BatchOutput {
  size_t width = 0;
  std::vector<float> values;
  std::vector<std::vector<TokenWeight>> weights;

  void resize(size_t num_rows) { width > 0 ? values.resize(num_rows * width) : weights.resize(num_rows); }
  /// Takes rows [first, first + num_rows) of a batch's output, to stand at `at` here.
  void take(BatchOutput& from, size_t first, size_t num_rows, size_t at) {
    const auto place = [](auto& rows, size_t row, size_t row_width) {
      return rows.begin() + static_cast<std::ptrdiff_t>(row * row_width);
    };
    if (width > 0) {
      std::copy_n(place(from.values, first, width), num_rows * width, place(values, at, width));
    } else {
      std::move(place(from.weights, first, 1), place(from.weights, first + num_rows, 1), place(weights, at, 1));
    }
  }
};

}  // namespace selene::models
