#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/env.h"
#include "base/result.h"
#include "index/analysis/analyzer.h"
#include "index/mapping/document_parser.h"
#include "index/segments/segment_reader.h"
#include "index/segments/segment_writer.h"
#include "index/segments/term_table.h"
#include "index/vectors/vector_rows.h"

namespace selene::index {

/// Numbers appended one by one, kept in pieces so that growing copies nothing. One thread.
class NumberLog {
 public:
  void push_back(uint32_t number) {
    if (size_ % kPiece == 0) pieces_.push_back(std::make_unique<uint32_t[]>(kPiece));
    pieces_[size_ / kPiece][size_ % kPiece] = number;
    ++size_;
  }
  uint32_t operator[](size_t i) const { return pieces_[i / kPiece][i % kPiece]; }
  size_t bytes() const { return pieces_.size() * kPiece * sizeof(uint32_t); }

 private:
  static constexpr size_t kPiece = 4096;
  std::vector<std::unique_ptr<uint32_t[]>> pieces_;
  size_t size_ = 0;
};

/// Documents on their way to a segment: analysed and logged token by token, sorted by term when written. A document counts only
/// after `set_seq_no`; one without is left out of the segment. One thread at a time; the engine sees to that.
class IndexBuffer {
 public:
  static constexpr int64_t kNoSeqNo = -1;

  /// Adds a document and gives its number here. Errors (the number is then used up, without a seq_no): kIllegalArgument, a term
  /// longer than 32766 bytes.
  base::Result<DocId> add(const ParsedDocument& document, std::string_view id);
  void set_seq_no(DocId doc, int64_t seq_no) {
    for (DocId part = doc - num_nested(doc); part <= doc; ++part) docs_[static_cast<size_t>(part)].seq_no = seq_no;
  }
  /// Documents right before `doc` that hold its nested objects.
  DocId num_nested(DocId doc) const { return docs_[static_cast<size_t>(doc)].num_nested; }

  DocId num_docs() const { return static_cast<DocId>(docs_.size()); }
  std::string_view id(DocId doc) const { return docs_[static_cast<size_t>(doc)].id; }
  int64_t seq_no(DocId doc) const { return docs_[static_cast<size_t>(doc)].seq_no; }
  /// Memory held, roughly.
  size_t bytes() const { return bytes_; }

  /// Writes all documents that count. `numbers[doc]` becomes a document's number in the segment, -1 if it was left out.
  /// REQUIRES: one document counts at least.
  base::Status write(const std::filesystem::path& path, std::vector<DocId>& numbers, base::Env& files = base::system_env()) const;

 private:
  struct Run {  ///< one document's values of one field
    DocId doc;
    uint32_t num_tokens;
    uint32_t length;         ///< tokens that moved the position on: the norm's length
    uint32_t next_position;  ///< of the next value's first token
  };
  struct Field {
    std::string name;
    bool text = false;
    bool keyword = false;
    bool feature = false;  ///< frequencies are given; they stand in token_positions
    bool index = false;
    bool positions = false;
    bool freqs = false;
    bool norms = false;
    bool doc_values = false;
    TermTable terms;
    NumberLog token_terms;
    NumberLog token_positions;
    std::vector<Run> runs;
    std::vector<DocId> number_docs;
    std::vector<int64_t> numbers;
    std::shared_ptr<const VectorOptions> vector;  ///< dense_vector only
    std::deque<std::string> rows;                 ///< one vector a run
    std::vector<float> magnitudes;
  };
  struct Doc {
    std::string id;
    int64_t seq_no = kNoSeqNo;
    DocId num_nested = 0;
  };
  struct Inverted;

  Field& field_of(const MappedField& mapped);
  base::Status add_values(DocId doc, const std::vector<FieldValue>& values);
  static base::Status add_feature(Field& field, Run& run, const FieldValue& value);
  static void add_vector(Field& field, const FieldValue& value);
  static Run& run_of(Field& field, DocId doc);
  base::Status add_text(Field& field, Run& run, const FieldValue& value);
  base::Status add_keyword(Field& field, Run& run, std::string_view value);
  void update_bytes(std::string_view id);

  Inverted invert(const Field& field, const std::vector<DocId>& numbers) const;
  void write_field(const Field& field, const std::vector<DocId>& numbers, SegmentWriter& out) const;
  static void write_terms(const Field& field, const Inverted& inverted, SegmentWriter& out);
  static void write_keywords(const Field& field, const Inverted& inverted, const std::vector<DocId>& numbers, SegmentWriter& out);
  static void write_vectors(const Field& field, const std::vector<DocId>& numbers, SegmentWriter& out);
  static void write_numbers(const Field& field, const std::vector<DocId>& numbers, SegmentWriter& out);

  std::deque<Doc> docs_;  ///< ids stay where they are
  std::map<std::string, std::unique_ptr<Field>, std::less<>> fields_;
  std::shared_ptr<const Mapping> cached_mapping_;  ///< keeps the keys of `cached_fields_` alive
  std::unordered_map<const MappedField*, Field*> cached_fields_;
  TokenBuffer tokens_;
  size_t bytes_ = 0;
  size_t ids_bytes_ = 0;
};

}  // namespace selene::index
