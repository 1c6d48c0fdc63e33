#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/formats/postings_cursor.h"

namespace selene::index {

using DocId = int32_t;  ///< in one segment, [0, max_doc)
inline constexpr DocId kNoMoreDocs = std::numeric_limits<DocId>::max();

/// Where a term's postings are and how many there are. A plain value.
struct TermMeta {
  int32_t doc_freq = 0;  ///< documents holding the term, deleted ones too
  int64_t total_term_freq = 0;
  uint64_t postings_offset = 0;  ///< meaning is the format's own
  uint64_t positions_offset = 0;
};

/// Walks terms in byte order. One thread; valid as long as its SegmentReader.
class TermsCursor {
 public:
  virtual ~TermsCursor() = default;
  virtual bool valid() const = 0;
  virtual std::string_view term() const = 0;  ///< until the next call of next() / seek()
  virtual TermMeta meta() const = 0;
  virtual void next() = 0;
  virtual void seek(std::string_view target) = 0;  ///< the first term >= target
};

/// What one segment knows of one indexed text or keyword field. Immutable, thread-safe.
class FieldTerms {
 public:
  virtual ~FieldTerms() = default;
  virtual std::optional<TermMeta> find(std::string_view term) const = 0;
  virtual std::unique_ptr<TermsCursor> terms() const = 0;
  /// Cursor with frequencies; positions readable if the field has them.
  virtual PostingsCursor postings(const TermMeta& meta) const = 0;
  virtual PostingList list(const TermMeta& meta) const = 0;
  virtual int32_t doc_count() const = 0;            ///< documents with at least one term: N of BM25
  virtual int64_t sum_total_term_freq() const = 0;  ///< avgdl of BM25 = this / doc_count
  virtual int64_t sum_doc_freq() const = 0;
  virtual int64_t num_terms() const = 0;
  /// One byte a document (Lucene SmallFloat.intToByte4 of the token count), [max_doc]; null if the field has no norms.
  virtual const uint8_t* norms() const = 0;
  /// The mean of the lengths that the norms stand for, which the bounds of PostingList were made with; 1 without norms.
  virtual float mean_length() const = 0;
  /// Whether frequencies are weights (encode_feature_weight) and blocks know their largest.
  virtual bool freqs_are_weights() const = 0;
};

/// Numbers of one field, several a document allowed, ascending within a document. Immutable, thread-safe.
class NumericDocValues {
 public:
  virtual ~NumericDocValues() = default;
  virtual int32_t count(DocId doc) const = 0;             ///< values of this document, 0 if it has none
  virtual int64_t value(DocId doc, int32_t i) const = 0;  ///< encoded as FieldValue::number; 0 <= i < count(doc)
  /// Appends, ascending, the documents (deleted ones too) with a value in [low, high].
  virtual void range(int64_t low, int64_t high, std::vector<DocId>& docs) const = 0;
};

/// Keywords of one field as ordinals into the segment's sorted distinct values. Immutable, thread-safe.
class KeywordDocValues {
 public:
  virtual ~KeywordDocValues() = default;
  virtual int32_t count(DocId doc) const = 0;
  virtual int32_t ordinal(DocId doc, int32_t i) const = 0;  ///< ascending and distinct within a document
  virtual int32_t num_ordinals() const = 0;
  virtual std::string_view term(int32_t ordinal) const = 0;
};

/// The segment field that holds the path of each nested object's mapping as its one term.
inline constexpr std::string_view kNestedPathField = "_nested_path";

/// The segment field with the names of the fields whose values were ignored.
inline constexpr std::string_view kIgnoredField = "_ignored";

/// Which documents of a segment are nested objects: hidden ones that stand right before the document they belong to, inner ones
/// before outer ones (Lucene's blocks). Immutable, thread-safe.
class NestedDocs {
 public:
  /// `docs`: the nested ones, ascending. REQUIRES: max_doc - 1 is not among them.
  NestedDocs(const std::vector<DocId>& docs, DocId max_doc) : bits_((static_cast<size_t>(max_doc) + 63) / 64, 0) {
    for (const DocId doc : docs) bits_[static_cast<size_t>(doc) >> 6] |= uint64_t{1} << (doc & 63);
  }
  bool nested(DocId doc) const { return (bits_[static_cast<size_t>(doc) >> 6] >> (doc & 63)) & 1; }
  /// The document that a nested one belongs to; itself for others.
  DocId root_of(DocId doc) const {
    while (nested(doc)) ++doc;
    return doc;
  }
  /// The first document of the block that ends with `root`.
  DocId block_begin(DocId root) const {
    while (root > 0 && nested(root - 1)) --root;
    return root;
  }

 private:
  std::vector<uint64_t> bits_;
};

class SegmentVectors;  // index/vectors/segment_vectors.h

/// One immutable, memory-mapped segment. Thread-safe. Lookups give null where the segment has nothing of that field.
class SegmentReader {
 public:
  virtual ~SegmentReader() = default;
  virtual std::string_view name() const = 0;
  virtual DocId max_doc() const = 0;
  virtual const FieldTerms* terms(std::string_view field) const = 0;
  virtual const NumericDocValues* numbers(std::string_view field) const = 0;
  virtual const KeywordDocValues* keywords(std::string_view field) const = 0;
  /// One vector for each document of docs_with_field, in that order.
  virtual const SegmentVectors* vectors(std::string_view /*field*/) const { return nullptr; }
  /// Documents that have a value of the field, ascending (the `exists` query); null if none has.
  virtual const std::vector<DocId>* docs_with_field(std::string_view field) const = 0;
  virtual std::string_view id(DocId doc) const = 0;
  virtual std::optional<DocId> find_id(std::string_view id) const = 0;
  virtual int64_t seq_no(DocId doc) const = 0;
  /// Null if no document has nested objects. The id of a nested document is empty.
  virtual const NestedDocs* nested() const { return nullptr; }
  virtual int64_t size_bytes() const = 0;
};

}  // namespace selene::index
