#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "models/architectures/registry.h"
#include "models/kernels/kernel_table.h"
#include "models/runtime/cross_encoder.h"

namespace selene::models {

/// A folder of tests/golden: a small model, rows of token ids, and the logits transformers gives for each row alone.
struct GoldenCase {
  std::filesystem::path folder;
  std::vector<std::vector<int32_t>> input_ids;
  std::vector<std::vector<int32_t>> token_type_ids;
  std::vector<std::vector<double>> logits;
};

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<std::vector<int32_t>> id_rows(base::JsonValue rows) {
  std::vector<std::vector<int32_t>> out;
  for (const base::JsonValue row : rows.as_array()) {
    out.emplace_back();
    for (const base::JsonValue id : row.as_array()) out.back().push_back(static_cast<int32_t>(id.as_int64()));
  }
  return out;
}

inline GoldenCase read_golden(const std::string& name) {
  GoldenCase golden;
  golden.folder = std::filesystem::path(SELENE_SOURCE_DIR) / "tests" / "golden" / name;
  const std::string text = read_text(golden.folder / "golden.json");
  const auto document = base::JsonDocument::parse(text);
  EXPECT_TRUE(document.has_value()) << golden.folder;
  if (!document) return golden;
  golden.input_ids = id_rows(document->root()["input_ids"]);
  golden.token_type_ids = id_rows(document->root()["token_type_ids"]);
  const base::JsonValue logits = document->root()["logits"];
  if (!logits.is_array()) return golden;  // a text model's
  for (const base::JsonValue row : logits.as_array()) {
    golden.logits.emplace_back();
    for (const base::JsonValue logit : row.as_array()) golden.logits.back().push_back(logit.as_double());
  }
  return golden;
}

/// Rows of a case, in the order of `rows`, as one batch.
struct GoldenBatch {
  std::vector<int32_t> ids;
  std::vector<int32_t> types;
  std::vector<int32_t> starts = {0};

  GoldenBatch(const GoldenCase& golden, const std::vector<size_t>& rows) {
    for (const size_t row : rows) {
      ids.insert(ids.end(), golden.input_ids[row].begin(), golden.input_ids[row].end());
      types.insert(types.end(), golden.token_type_ids[row].begin(), golden.token_type_ids[row].end());
      starts.push_back(static_cast<int32_t>(ids.size()));
    }
  }
  PackedBatch view() const { return {ids, types, starts}; }
};

/// Logits of a batch, [rows, num_labels]; empty after a failed expectation.
inline std::vector<float> logits_of(const CrossEncoder& encoder, const GoldenBatch& batch, int32_t num_threads = 1) {
  const auto workspace = encoder.make_workspace(num_threads);
  std::vector<float> logits((batch.starts.size() - 1) * static_cast<size_t>(encoder.num_labels()));
  const base::Status status = encoder.forward(batch.view(), *workspace, {}, logits);
  EXPECT_TRUE(status.has_value()) << status.error().reason();
  return status.has_value() ? logits : std::vector<float>();
}

inline std::vector<size_t> all_rows(const GoldenCase& golden) {
  std::vector<size_t> rows;
  for (size_t i = 0; i < golden.input_ids.size(); ++i) rows.push_back(i);
  return rows;
}

/// Largest difference from the golden logits with each instruction set; expects it under `tolerance`.
inline void expect_golden_logits(const std::string& name, Tier tier, double tolerance) {
  const GoldenCase golden = read_golden(name);
  for (const KernelTable& table : supported_kernels()) {
    SCOPED_TRACE(name + " " + std::string(table.isa) + " " + std::string(tier_name(tier)));
    const auto encoder = load_cross_encoder(golden.folder, tier, &table);
    ASSERT_TRUE(encoder.has_value()) << encoder.error().reason();
    const std::vector<float> logits = logits_of(**encoder, GoldenBatch(golden, all_rows(golden)));
    const auto labels = static_cast<size_t>((*encoder)->num_labels());
    ASSERT_EQ(logits.size(), golden.logits.size() * labels);
    for (size_t row = 0; row < golden.logits.size(); ++row) {
      ASSERT_EQ(golden.logits[row].size(), labels);
      for (size_t label = 0; label < labels; ++label) {
        EXPECT_NEAR(logits[row * labels + label], golden.logits[row][label], tolerance) << "row " << row << " label " << label;
      }
    }
  }
}

/// Each row alone, all together in two orders, and on three threads: the same bits.
inline void expect_row_independence(const std::string& name, Tier tier) {
  const GoldenCase golden = read_golden(name);
  std::vector<size_t> backwards = all_rows(golden);
  std::reverse(backwards.begin(), backwards.end());
  for (const KernelTable& table : supported_kernels()) {
    SCOPED_TRACE(name + " " + std::string(table.isa) + " " + std::string(tier_name(tier)));
    const auto encoder = load_cross_encoder(golden.folder, tier, &table);
    ASSERT_TRUE(encoder.has_value()) << encoder.error().reason();
    const auto labels = static_cast<size_t>((*encoder)->num_labels());
    const std::vector<float> together = logits_of(**encoder, GoldenBatch(golden, all_rows(golden)));
    EXPECT_EQ(together, logits_of(**encoder, GoldenBatch(golden, all_rows(golden)), 3));
    const std::vector<float> reversed = logits_of(**encoder, GoldenBatch(golden, backwards));
    for (size_t row = 0; row < backwards.size(); ++row) {
      const std::vector<float> alone = logits_of(**encoder, GoldenBatch(golden, {row}));
      for (size_t label = 0; label < labels; ++label) {
        EXPECT_EQ(alone[label], together[row * labels + label]) << "row " << row;
        EXPECT_EQ(alone[label], reversed[(backwards.size() - 1 - row) * labels + label]) << "row " << row;
      }
    }
  }
}

}  // namespace selene::models
