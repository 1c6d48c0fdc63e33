#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "base/result.h"
#include "index/formats/numeric_doc_values.h"
#include "index/formats/postings_writer.h"
#include "index/formats/segment_file.h"
#include "index/formats/terms_dictionary.h"
#include "index/vectors/hnsw_graph.h"
#include "index/vectors/vector_rows.h"

namespace selene::index {

/// Writes one segment file, field by field in any order. Each call between two `begin_field`s belongs to the first. One thread.
class SegmentWriter {
 public:
  static base::Result<std::unique_ptr<SegmentWriter>> create(const std::filesystem::path& path, DocId max_doc, base::Env& files);

  void begin_field(std::string_view name);
  /// Terms follow in byte order: postings().add(...) for each document, then end_term(term). `norms`: [max_doc] or null, kept
  /// until end_terms.
  void begin_terms(const uint8_t* norms, bool positions, FreqKind freq_kind = FreqKind::kOccurrences);
  PostingsWriter& postings() { return *postings_; }
  void end_term(std::string_view term);
  /// `doc_count`: documents with at least one term.
  void end_terms(int32_t doc_count);
  void numbers(std::span<const DocId> docs, std::span<const int64_t> values, NumericOrder order);
  void keywords(std::span<const std::string_view> terms, std::span<const DocId> docs, std::span<const int32_t> ordinals);
  /// One row for each document of docs_with_field, in that order; with codes where the options want them.
  void vectors(const VectorOptions& options, std::span<const VectorRow> rows);
  /// A graph over the same rows where the options want one, starting with that of a segment they come from. Takes long.
  struct OldGraph {
    const HnswGraph* graph = nullptr;   ///< null: none
    std::span<const int32_t> ordinals;  ///< what its vectors are called in `rows`, -1 if they are gone
  };
  void vector_graph(const VectorOptions& options, std::span<const VectorRow> rows, const OldGraph& old);
  void docs_with_field(std::span<const DocId> docs);

  /// Both [max_doc].
  base::Status finish(std::span<const std::string_view> ids, std::span<const int64_t> seq_nos);
  DocId max_doc() const { return max_doc_; }

 private:
  struct Field {
    std::string name;
    bool positions = false;
    bool weights = false;
    int32_t doc_count = 0;
    int64_t sum_total_term_freq = 0;
    int64_t sum_doc_freq = 0;
    float mean_length = 1;
  };
  SegmentWriter(std::unique_ptr<SegmentFileWriter> file, DocId max_doc) : file_(std::move(file)), max_doc_(max_doc) {}
  void write_seq_nos(std::span<const int64_t> seq_nos);
  uint32_t field() const { return static_cast<uint32_t>(fields_.size() - 1); }

  std::unique_ptr<SegmentFileWriter> file_;
  DocId max_doc_;
  std::vector<Field> fields_;
  const uint8_t* norms_ = nullptr;
  std::optional<PostingsWriter> postings_;
  TermsWriter terms_;
};

}  // namespace selene::index
