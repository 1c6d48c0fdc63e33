#include "index/segments/mapped_segment_reader.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "index/formats/docs_with_field.h"
#include "index/formats/document_ids.h"
#include "index/formats/keyword_doc_values.h"
#include "index/formats/numeric_doc_values.h"
#include "index/formats/postings_reader.h"
#include "index/formats/terms_dictionary.h"
#include "index/vectors/segment_vectors.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

class MappedFieldTerms final : public FieldTerms {
 public:
  std::optional<TermMeta> find(std::string_view term) const override { return terms_.find(term); }
  std::unique_ptr<TermsCursor> terms() const override { return terms_.cursor(); }
  PostingsCursor postings(const TermMeta& meta) const override { return postings_.open(meta); }
  PostingList list(const TermMeta& meta) const override { return postings_.list(meta); }
  int32_t doc_count() const override { return doc_count_; }
  int64_t sum_total_term_freq() const override { return sum_total_term_freq_; }
  int64_t sum_doc_freq() const override { return sum_doc_freq_; }
  int64_t num_terms() const override { return terms_.num_terms(); }
  const uint8_t* norms() const override { return norms_; }
  float mean_length() const override { return mean_length_; }
  bool freqs_are_weights() const override { return freqs_are_weights_; }

  TermsReader terms_;
  PostingsCursorFactory postings_;
  const uint8_t* norms_ = nullptr;
  int32_t doc_count_ = 0;
  int64_t sum_total_term_freq_ = 0;
  int64_t sum_doc_freq_ = 0;
  float mean_length_ = 1;
  bool freqs_are_weights_ = false;
};

struct Field {
  bool positions = false;
  bool sorted_numbers = false;
  std::unique_ptr<MappedFieldTerms> terms;
  std::unique_ptr<NumericDocValues> numbers;
  std::unique_ptr<KeywordDocValues> keywords;
  std::unique_ptr<const SegmentVectors> vectors;
  std::string_view docs_section;
  mutable std::once_flag docs_once;
  mutable std::vector<DocId> docs;
};

class MappedSegmentReader final : public SegmentReader {
 public:
  MappedSegmentReader(std::shared_ptr<const SegmentFile> file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  Status load() {
    Status status = load_sections();
    if (status) return {};
    return Error(ErrorCode::kCorruptIndex, "segment file [{}] is damaged", file_->path().string()).with_cause(status.error());
  }

  std::string_view name() const override { return name_; }
  DocId max_doc() const override { return max_doc_; }
  const FieldTerms* terms(std::string_view field) const override {
    const Field* found = find(field);
    return found == nullptr ? nullptr : found->terms.get();
  }
  const NumericDocValues* numbers(std::string_view field) const override {
    const Field* found = find(field);
    return found == nullptr ? nullptr : found->numbers.get();
  }
  const KeywordDocValues* keywords(std::string_view field) const override {
    const Field* found = find(field);
    return found == nullptr ? nullptr : found->keywords.get();
  }
  const SegmentVectors* vectors(std::string_view field) const override {
    const Field* found = find(field);
    return found == nullptr ? nullptr : found->vectors.get();
  }
  const std::vector<DocId>* docs_with_field(std::string_view field) const override {
    const Field* found = find(field);
    if (found == nullptr) return nullptr;
    std::call_once(found->docs_once, [&] {
      if (auto docs = read_docs_with_field(found->docs_section, max_doc_)) found->docs = std::move(*docs);
    });
    return found->docs.empty() ? nullptr : &found->docs;
  }
  std::string_view id(DocId doc) const override { return ids_.id(doc); }
  std::optional<DocId> find_id(std::string_view id) const override { return ids_.find(id); }
  int64_t seq_no(DocId doc) const override {
    return static_cast<int64_t>(static_cast<uint64_t>(smallest_seq_no_) + static_cast<uint64_t>(doc) +
                                seq_nos_[static_cast<uint64_t>(doc)]);
  }
  const NestedDocs* nested() const override { return nested_ ? &*nested_ : nullptr; }
  int64_t size_bytes() const override { return static_cast<int64_t>(file_->bytes().size()); }

  const Field* find(std::string_view field) const {
    const auto at = fields_.find(field);
    return at == fields_.end() ? nullptr : &at->second;
  }
  const std::map<std::string, Field, std::less<>>& fields() const { return fields_; }

 private:
  static Error corrupt(std::string_view what) { return Error(ErrorCode::kCorruptIndex, "damaged {}", what); }

  Status load_sections() {
    ByteReader in(file_->find(SectionKind::kFields, kNoField));
    const uint64_t max_doc = in.varint();
    const uint64_t num_fields = in.varint();
    if (!in.ok() || max_doc >= static_cast<uint64_t>(kNoMoreDocs)) return corrupt("list of fields");
    max_doc_ = static_cast<DocId>(max_doc);
    for (uint64_t i = 0; i < num_fields && in.ok(); ++i) RETURN_IF_ERROR(load_field(static_cast<uint32_t>(i), in));
    if (!in.ok() || !in.done()) return corrupt("list of fields");
    ASSIGN_OR_RETURN(ids_, DocumentIds::open(file_->find(SectionKind::kIds, kNoField), max_doc_));
    ByteReader seq_nos(file_->find(SectionKind::kSeqNos, kNoField));
    smallest_seq_no_ = seq_nos.fixed<int64_t>();
    seq_nos_ = PackedInts::read(seq_nos);
    if (!seq_nos.ok() || seq_nos_.size() != max_doc) return corrupt("sequence numbers");
    return load_nested();
  }

  Status load_nested() {
    const std::vector<DocId>* const docs = docs_with_field(kNestedPathField);
    if (docs == nullptr) return {};
    if (docs->back() + 1 >= max_doc_) return corrupt("nested documents");
    nested_.emplace(*docs, max_doc_);
    return {};
  }

  Status load_field(uint32_t number, ByteReader& in) {
    Field& field = fields_[std::string(in.string())];
    const auto flags = in.fixed<uint8_t>();
    field.positions = (flags & kFieldHasPositions) != 0;
    const uint64_t doc_count = in.varint();
    const uint64_t sum_total_term_freq = in.varint();
    const uint64_t sum_doc_freq = in.varint();
    const auto mean_length = in.fixed<float>();
    if (!(mean_length > 0 && mean_length < 1e10F)) return corrupt("mean length");
    if (doc_count > static_cast<uint64_t>(max_doc_)) return corrupt("field statistics");
    if (file_->has(SectionKind::kTerms, number)) {
      field.terms = std::make_unique<MappedFieldTerms>();
      field.terms->doc_count_ = static_cast<int32_t>(doc_count);
      field.terms->sum_total_term_freq_ = static_cast<int64_t>(sum_total_term_freq);
      field.terms->sum_doc_freq_ = static_cast<int64_t>(sum_doc_freq);
      field.terms->mean_length_ = mean_length;
      field.terms->freqs_are_weights_ = (flags & kFieldHasWeights) != 0;
      RETURN_IF_ERROR(load_terms(number, field));
    }
    if (file_->has(SectionKind::kNumbers, number)) {
      const std::string_view section = file_->find(SectionKind::kNumbers, number);
      field.sorted_numbers = !section.empty() && section[0] == 1;
      ASSIGN_OR_RETURN(field.numbers, open_numeric_doc_values(section, max_doc_));
    }
    if (file_->has(SectionKind::kKeywords, number)) {
      ASSIGN_OR_RETURN(field.keywords, open_keyword_doc_values(file_->find(SectionKind::kKeywords, number), max_doc_));
    }
    if (file_->has(SectionKind::kVectors, number)) {
      VectorSections sections{file_->find(SectionKind::kVectors, number), {}, {}};
      if (file_->has(SectionKind::kVectorCodes, number)) sections.codes = file_->find(SectionKind::kVectorCodes, number);
      if (file_->has(SectionKind::kVectorGraph, number)) sections.graph = file_->find(SectionKind::kVectorGraph, number);
      ASSIGN_OR_RETURN(field.vectors, SegmentVectors::open(sections));
    }
    field.docs_section = file_->find(SectionKind::kDocsWithField, number);
    return {};
  }

  Status load_terms(uint32_t number, Field& field) const {
    ASSIGN_OR_RETURN(field.terms->terms_, TermsReader::open(file_->find(SectionKind::kTerms, number)));
    if (file_->has(SectionKind::kNorms, number)) {
      const std::string_view norms = file_->find(SectionKind::kNorms, number);
      if (norms.size() != static_cast<size_t>(max_doc_)) return corrupt("norms");
      field.terms->norms_ = reinterpret_cast<const uint8_t*>(norms.data());
    }
    field.terms->postings_ =
        PostingsCursorFactory(file_->find(SectionKind::kPostings, number), field.terms->norms_, field.positions, max_doc_);
    return {};
  }

  std::shared_ptr<const SegmentFile> file_;
  std::string name_;
  DocId max_doc_ = 0;
  std::map<std::string, Field, std::less<>> fields_;
  DocumentIds ids_;
  int64_t smallest_seq_no_ = 0;
  PackedInts seq_nos_;  ///< what is added to it and to the document
  std::optional<NestedDocs> nested_;
};

}  // namespace

Result<std::shared_ptr<const SegmentReader>> open_segment(const std::filesystem::path& path, std::string name,
                                                          SegmentFile::Verify verify) {
  ASSIGN_OR_RETURN(auto file, SegmentFile::open(path, verify));
  auto reader = std::make_shared<MappedSegmentReader>(std::move(file), std::move(name));
  RETURN_IF_ERROR(reader->load());
  return std::shared_ptr<const SegmentReader>(std::move(reader));
}

std::vector<std::string> field_names(const SegmentReader& segment) {
  std::vector<std::string> names;
  for (const auto& [name, field] : static_cast<const MappedSegmentReader&>(segment).fields()) names.push_back(name);
  return names;
}

bool has_positions(const SegmentReader& segment, std::string_view field) {
  const Field* found = static_cast<const MappedSegmentReader&>(segment).find(field);
  return found != nullptr && found->terms != nullptr && found->positions;
}

bool lacks_graph(const SegmentReader& segment) {
  const auto& fields = static_cast<const MappedSegmentReader&>(segment).fields();
  return std::ranges::any_of(fields, [](const auto& field) { return field.second.vectors && lacks_graph(*field.second.vectors); });
}

bool has_sorted_numbers(const SegmentReader& segment, std::string_view field) {
  const Field* found = static_cast<const MappedSegmentReader&>(segment).find(field);
  return found != nullptr && found->sorted_numbers;
}

}  // namespace selene::index
