#include "index/segments/segment_writer.h"

#include <algorithm>
#include <array>
#include <limits>

#include "index/formats/docs_with_field.h"
#include "index/formats/document_ids.h"
#include "index/formats/keyword_doc_values.h"
#include "index/formats/norms.h"
#include "index/formats/packed_ints.h"
#include "index/vectors/hnsw_builder.h"
#include "index/vectors/segment_vectors.h"

namespace selene::index {
namespace {

/// Of the lengths that the norms stand for; documents without a length do not count.
float mean_length(std::span<const uint8_t> norms) {
  std::array<int64_t, 256> counts{};
  for (const uint8_t norm : norms) ++counts[norm];
  int64_t num_docs = 0;
  double sum = 0;
  for (size_t norm = 1; norm < counts.size(); ++norm) {
    num_docs += counts[norm];
    sum += static_cast<double>(counts[norm]) * decode_norm(static_cast<uint8_t>(norm));
  }
  return num_docs == 0 ? 1 : static_cast<float>(sum / static_cast<double>(num_docs));
}

}  // namespace

base::Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(const std::filesystem::path& path, DocId max_doc,
                                                                   base::Env& files) {
  ASSIGN_OR_RETURN(auto file, SegmentFileWriter::create(path, files));
  return std::unique_ptr<SegmentWriter>(new SegmentWriter(std::move(file), max_doc));
}

void SegmentWriter::begin_field(std::string_view name) { fields_.push_back({.name = std::string(name)}); }

void SegmentWriter::begin_terms(const uint8_t* norms, bool positions, FreqKind freq_kind) {
  norms_ = norms;
  fields_.back().positions = positions;
  fields_.back().weights = freq_kind == FreqKind::kWeights;
  if (norms != nullptr) fields_.back().mean_length = mean_length({norms, static_cast<size_t>(max_doc_)});
  postings_.emplace(*file_, norms, fields_.back().mean_length, positions, freq_kind);
  file_->begin_section(SectionKind::kPostings, field());
}

void SegmentWriter::end_term(std::string_view term) {
  const TermMeta meta = postings_->finish_term();
  terms_.add(term, meta);
  fields_.back().sum_doc_freq += meta.doc_freq;
  fields_.back().sum_total_term_freq += meta.total_term_freq;
}

void SegmentWriter::end_terms(int32_t doc_count) {
  file_->end_section();
  postings_.reset();
  fields_.back().doc_count = doc_count;
  file_->section(SectionKind::kTerms, field(), terms_.finish());
  if (norms_ != nullptr) {
    file_->section(SectionKind::kNorms, field(), {reinterpret_cast<const char*>(norms_), static_cast<size_t>(max_doc_)});
  }
}

void SegmentWriter::numbers(std::span<const DocId> docs, std::span<const int64_t> values, NumericOrder order) {
  file_->section(SectionKind::kNumbers, field(), write_numeric_doc_values(docs, values, max_doc_, order));
}

void SegmentWriter::keywords(std::span<const std::string_view> terms, std::span<const DocId> docs,
                             std::span<const int32_t> ordinals) {
  file_->section(SectionKind::kKeywords, field(), write_keyword_doc_values(terms, docs, ordinals, max_doc_));
}

void SegmentWriter::vectors(const VectorOptions& options, std::span<const VectorRow> rows) {
  file_->begin_section(SectionKind::kVectors, field());
  VectorRows::write(options, rows, *file_);
  file_->end_section();
  if (!wants_codes(options, rows.size())) return;
  file_->begin_section(SectionKind::kVectorCodes, field());
  CodeRows::write(options, rows, *file_);
  file_->end_section();
}

void SegmentWriter::vector_graph(const VectorOptions& options, std::span<const VectorRow> rows, const OldGraph& old) {
  if (!wants_graph(options, rows.size())) return;
  const BuildVectors vectors(options, rows);
  HnswBuilder builder(vectors, options.index_options.m, options.index_options.ef_construction);
  if (old.graph != nullptr && old.graph->m() == options.index_options.m) builder.reuse(*old.graph, old.ordinals);
  builder.insert_rest();
  file_->begin_section(SectionKind::kVectorGraph, field());
  builder.write(*file_);
  file_->end_section();
}

void SegmentWriter::docs_with_field(std::span<const DocId> docs) {
  file_->section(SectionKind::kDocsWithField, field(), write_docs_with_field(docs, max_doc_));
}

/// What a number is ahead of its document's: nothing, for documents written one after another.
void SegmentWriter::write_seq_nos(std::span<const int64_t> seq_nos) {
  int64_t smallest = std::numeric_limits<int64_t>::max();
  for (size_t doc = 0; doc < seq_nos.size(); ++doc) smallest = std::min(smallest, seq_nos[doc] - static_cast<int64_t>(doc));
  std::vector<uint64_t> ahead(seq_nos.size());
  for (size_t doc = 0; doc < seq_nos.size(); ++doc) {
    ahead[doc] = static_cast<uint64_t>(seq_nos[doc] - static_cast<int64_t>(doc) - smallest);
  }
  ByteWriter out;
  out.fixed(smallest);
  write_packed_ints(ahead, out);
  file_->section(SectionKind::kSeqNos, kNoField, out.bytes());
}

base::Status SegmentWriter::finish(std::span<const std::string_view> ids, std::span<const int64_t> seq_nos) {
  file_->section(SectionKind::kIds, kNoField, write_document_ids(ids));
  write_seq_nos(seq_nos);

  ByteWriter out;
  out.varint(static_cast<uint64_t>(max_doc_));
  out.varint(fields_.size());
  for (const Field& field : fields_) {
    out.string(field.name);
    out.fixed(static_cast<uint8_t>((field.positions ? kFieldHasPositions : 0) | (field.weights ? kFieldHasWeights : 0)));
    out.varint(static_cast<uint64_t>(field.doc_count));
    out.varint(static_cast<uint64_t>(field.sum_total_term_freq));
    out.varint(static_cast<uint64_t>(field.sum_doc_freq));
    out.fixed(field.mean_length);
  }
  file_->section(SectionKind::kFields, kNoField, out.bytes());
  return file_->finish();
}

}  // namespace selene::index
