#include "index/segments/index_buffer.h"

#include <algorithm>
#include <limits>

#include "index/formats/norms.h"

namespace selene::index {
namespace {

constexpr size_t kMaxTermBytes = 32766;  // Lucene, IndexWriter.MAX_TERM_LENGTH

base::Error immense_term(std::string_view field, std::string_view term) {
  std::string prefix;
  for (size_t i = 0; i < 30 && i < term.size(); ++i) {
    if (i > 0) prefix += ", ";
    prefix += std::to_string(static_cast<int>(static_cast<signed char>(term[i])));
  }
  return base::Error(
      base::ErrorCode::kIllegalArgument,
      "Document contains at least one immense term in field=\"{}\" (whose UTF8 encoding is longer than the max length {}), "
      "all of which were skipped.  Please correct the analyzer to not produce such terms.  The prefix of the first immense "
      "term is: '[{}]...'",
      field, kMaxTermBytes, prefix);
}

MappedField hidden_keyword(std::string_view name) {
  MappedField field;
  field.name = name;
  field.type = FieldType::kKeyword;
  field.norms = field.positions = field.freqs = false;
  return field;
}

const MappedField& nested_path_field() {
  static const MappedField kField = [] {
    MappedField field = hidden_keyword(kNestedPathField);
    field.doc_values = false;
    return field;
  }();
  return kField;
}

const MappedField& ignored_field() {
  static const MappedField kField = hidden_keyword(kIgnoredField);
  return kField;
}

}  // namespace

/// Tokens of one field grouped by term, terms in arrival order's numbers; within a term by document and position.
struct IndexBuffer::Inverted {
  std::vector<uint32_t> sorted;  ///< term numbers in byte order
  std::vector<uint32_t> begins;  ///< by term number, into docs and positions
  std::vector<uint32_t> ends;
  std::vector<DocId> docs;
  std::vector<uint32_t> positions;
  std::vector<uint8_t> norms;
  int32_t doc_count = 0;
};

IndexBuffer::Field& IndexBuffer::field_of(const MappedField& mapped) {
  if (const auto cached = cached_fields_.find(&mapped); cached != cached_fields_.end()) return *cached->second;
  auto& field = fields_[mapped.name];
  if (field == nullptr) {
    field = std::make_unique<Field>();
    field->name = mapped.name;
    const FieldStorage storage = storage_of(mapped.type);
    field->text = storage == FieldStorage::kText;
    field->keyword = storage == FieldStorage::kKeyword;
    field->feature = storage == FieldStorage::kFeature;
    field->index = mapped.index;
    field->positions = field->text && mapped.positions;
    field->freqs = field->text && mapped.freqs;
    field->norms = field->text && mapped.norms;
    field->doc_values = mapped.doc_values && !field->text && !field->feature;
  }
  field->vector = mapped.vector;  // index options may have changed
  cached_fields_.emplace(&mapped, field.get());
  return *field;
}

IndexBuffer::Run& IndexBuffer::run_of(Field& field, DocId doc) {
  if (field.runs.empty() || field.runs.back().doc != doc) field.runs.push_back({doc, 0, 0, 0});
  return field.runs.back();
}

base::Result<DocId> IndexBuffer::add(const ParsedDocument& document, std::string_view id) {
  if (cached_mapping_ != document.mapping) {
    cached_fields_.clear();
    cached_mapping_ = document.mapping;
  }
  base::Status status;
  for (const NestedDocument& nested : document.nested) {
    const DocId doc = num_docs();
    docs_.push_back({});
    status = add_values(doc, nested.values);
    if (status) status = add_values(doc, {{&nested_path_field(), nested.path, 0}});
    if (!status) break;
  }
  const DocId doc = num_docs();
  docs_.push_back({std::string(id), kNoSeqNo, static_cast<DocId>(document.nested.size())});
  if (status) status = add_values(doc, document.values);
  for (const std::string& name : document.ignored) {
    if (status) status = add_values(doc, {{&ignored_field(), name, 0}});
  }
  update_bytes(id);
  if (!status) return std::move(status).error();
  return doc;
}

base::Status IndexBuffer::add_values(DocId doc, const std::vector<FieldValue>& values) {
  for (const FieldValue& value : values) {
    Field& field = field_of(*value.field);
    Run& run = run_of(field, doc);
    if (field.text) {
      if (field.index) RETURN_IF_ERROR(add_text(field, run, value));
    } else if (field.keyword) {
      if (field.index || field.doc_values) RETURN_IF_ERROR(add_keyword(field, run, value.text));
    } else if (field.feature) {
      RETURN_IF_ERROR(add_feature(field, run, value));
    } else if (field.vector != nullptr) {
      // A nested object's copy in the document around it: the first one counts.
      if (run.num_tokens++ == 0) add_vector(field, value);
    } else {
      field.number_docs.push_back(doc);
      field.numbers.push_back(value.number);
    }
  }
  return {};
}

base::Status IndexBuffer::add_feature(Field& field, Run& run, const FieldValue& value) {
  if (value.text.size() > kMaxTermBytes) return immense_term(field.name, value.text);
  field.token_terms.push_back(field.terms.add(value.text));
  field.token_positions.push_back(static_cast<uint32_t>(value.number));
  ++run.num_tokens;
  return {};
}

void IndexBuffer::add_vector(Field& field, const FieldValue& value) {
  std::string row(value.text);
  field.magnitudes.push_back(to_row(*field.vector, row));
  field.rows.push_back(std::move(row));
}

base::Status IndexBuffer::add_text(Field& field, Run& run, const FieldValue& value) {
  value.field->analyzer->analyze(value.text, tokens_);
  const uint32_t base = run.next_position;
  uint32_t last = base == 0 ? std::numeric_limits<uint32_t>::max() : base - 1;
  for (const TokenBuffer::Token& token : tokens_.tokens()) {
    const std::string_view term = tokens_.term(token);
    if (term.size() > kMaxTermBytes) return immense_term(field.name, term);
    const uint32_t position = base + token.position;
    if (position != last || !value.field->similarity.discount_overlaps) ++run.length;
    last = position;
    field.token_terms.push_back(field.terms.add(term));
    if (field.positions) field.token_positions.push_back(position);
    ++run.num_tokens;
  }
  // Holes behind the last token count too: a stop word that ends a value is a position.
  run.next_position = base + tokens_.num_positions() + static_cast<uint32_t>(std::max(value.field->position_increment_gap, 0));
  return {};
}

base::Status IndexBuffer::add_keyword(Field& field, Run& run, std::string_view value) {
  if (value.size() > kMaxTermBytes) return immense_term(field.name, value);
  field.token_terms.push_back(field.terms.add(value));
  ++run.num_tokens;
  return {};
}

void IndexBuffer::update_bytes(std::string_view id) {
  ids_bytes_ += id.size() + sizeof(Doc);
  if (docs_.size() % 16 != 0) return;  // a walk over all fields
  size_t total = ids_bytes_;
  for (const auto& [name, field] : fields_) {
    total += sizeof(Field) + field->terms.bytes() + field->token_terms.bytes() + field->token_positions.bytes() +
             field->runs.capacity() * sizeof(Run) + field->numbers.capacity() * (sizeof(int64_t) + sizeof(DocId));
    if (!field->rows.empty()) total += field->rows.size() * (field->rows.front().size() + sizeof(std::string) + sizeof(float));
  }
  bytes_ = total;
}

base::Status IndexBuffer::write(const std::filesystem::path& path, std::vector<DocId>& numbers, base::Env& files) const {
  numbers.assign(docs_.size(), -1);
  std::vector<std::string_view> ids;
  std::vector<int64_t> seq_nos;
  for (size_t i = 0; i < docs_.size(); ++i) {
    if (docs_[i].seq_no == kNoSeqNo) continue;
    numbers[i] = static_cast<DocId>(ids.size());
    ids.push_back(docs_[i].id);
    seq_nos.push_back(docs_[i].seq_no);
  }
  ASSIGN_OR_RETURN(auto out, SegmentWriter::create(path, static_cast<DocId>(ids.size()), files));
  for (const auto& [name, field] : fields_) write_field(*field, numbers, *out);
  return out->finish(ids, seq_nos);
}

void IndexBuffer::write_field(const Field& field, const std::vector<DocId>& numbers, SegmentWriter& out) const {
  std::vector<DocId> docs;
  for (const Run& run : field.runs) {
    if (numbers[static_cast<size_t>(run.doc)] >= 0) docs.push_back(numbers[static_cast<size_t>(run.doc)]);
  }
  if (docs.empty()) return;
  out.begin_field(field.name);
  if (field.text || field.keyword || field.feature) {
    const Inverted inverted = invert(field, numbers);
    if (field.index) write_terms(field, inverted, out);
    if (field.doc_values) write_keywords(field, inverted, numbers, out);
  } else if (field.vector != nullptr) {
    write_vectors(field, numbers, out);
  } else {
    write_numbers(field, numbers, out);
  }
  out.docs_with_field(docs);
}

IndexBuffer::Inverted IndexBuffer::invert(const Field& field, const std::vector<DocId>& numbers) const {
  Inverted inverted;
  inverted.sorted = field.terms.sorted();
  inverted.begins.resize(field.terms.size());
  uint32_t total = 0;
  for (const uint32_t term : inverted.sorted) {
    inverted.begins[term] = total;
    total += field.terms.count(term);
  }
  inverted.ends = inverted.begins;
  inverted.docs.resize(total);
  const bool logged = field.positions || field.feature;
  if (logged) inverted.positions.resize(total);
  const auto num_docs_written = static_cast<size_t>(std::count_if(numbers.begin(), numbers.end(), [](DocId n) { return n >= 0; }));
  if (field.norms) inverted.norms.assign(num_docs_written, 0);

  size_t token = 0;
  for (const Run& run : field.runs) {
    const DocId doc = numbers[static_cast<size_t>(run.doc)];
    if (doc < 0) {
      token += run.num_tokens;
      continue;
    }
    if (run.num_tokens > 0) ++inverted.doc_count;
    if (field.norms) inverted.norms[static_cast<size_t>(doc)] = encode_norm(run.length);
    for (const size_t end = token + run.num_tokens; token < end; ++token) {
      const uint32_t at = inverted.ends[field.token_terms[token]]++;
      inverted.docs[at] = doc;
      if (logged) inverted.positions[at] = field.token_positions[token];
    }
  }
  return inverted;
}

void IndexBuffer::write_terms(const Field& field, const Inverted& inverted, SegmentWriter& out) {
  out.begin_terms(field.norms ? inverted.norms.data() : nullptr, field.positions,
                  field.feature ? FreqKind::kWeights : FreqKind::kOccurrences);
  for (const uint32_t term : inverted.sorted) {
    const uint32_t end = inverted.ends[term];
    uint32_t begin = inverted.begins[term];
    if (begin == end) continue;
    while (begin < end) {
      uint32_t next = begin + 1;
      while (next < end && inverted.docs[next] == inverted.docs[begin]) ++next;
      std::span<const uint32_t> positions;
      if (field.positions) positions = {inverted.positions.data() + begin, next - begin};
      uint32_t freq = field.freqs ? next - begin : 1;
      // Of a feature that came several times the largest weight counts.
      if (field.feature) freq = *std::max_element(inverted.positions.begin() + begin, inverted.positions.begin() + next);
      out.postings().add(inverted.docs[begin], freq, positions);
      begin = next;
    }
    out.end_term(field.terms.term(term));
  }
  out.end_terms(inverted.doc_count);
}

void IndexBuffer::write_keywords(const Field& field, const Inverted& inverted, const std::vector<DocId>& numbers,
                                 SegmentWriter& out) {
  std::vector<std::string_view> terms;
  std::vector<int32_t> ordinal_of(field.terms.size(), -1);
  for (const uint32_t term : inverted.sorted) {
    if (inverted.begins[term] == inverted.ends[term]) continue;
    ordinal_of[term] = static_cast<int32_t>(terms.size());
    terms.push_back(field.terms.term(term));
  }
  std::vector<DocId> docs;
  std::vector<int32_t> ordinals;
  size_t token = 0;
  for (const Run& run : field.runs) {
    const size_t end = token + run.num_tokens;
    const DocId doc = numbers[static_cast<size_t>(run.doc)];
    const size_t first = ordinals.size();
    for (; token < end; ++token) {
      if (doc >= 0) ordinals.push_back(ordinal_of[field.token_terms[token]]);
    }
    const auto begin = ordinals.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, ordinals.end());
    ordinals.erase(std::unique(begin, ordinals.end()), ordinals.end());
    docs.resize(ordinals.size(), doc);
  }
  out.keywords(terms, docs, ordinals);
}

void IndexBuffer::write_vectors(const Field& field, const std::vector<DocId>& numbers, SegmentWriter& out) {
  std::vector<VectorRow> rows;
  for (size_t i = 0; i < field.runs.size(); ++i) {
    if (numbers[static_cast<size_t>(field.runs[i].doc)] >= 0) rows.push_back({field.rows[i].data(), field.magnitudes[i]});
  }
  out.vectors(*field.vector, rows);
}

void IndexBuffer::write_numbers(const Field& field, const std::vector<DocId>& numbers, SegmentWriter& out) {
  std::vector<std::pair<DocId, int64_t>> pairs;
  pairs.reserve(field.numbers.size());
  for (size_t i = 0; i < field.numbers.size(); ++i) {
    const DocId doc = numbers[static_cast<size_t>(field.number_docs[i])];
    if (doc >= 0) pairs.emplace_back(doc, field.numbers[i]);
  }
  if (!std::is_sorted(pairs.begin(), pairs.end())) std::sort(pairs.begin(), pairs.end());
  std::vector<DocId> docs(pairs.size());
  std::vector<int64_t> values(pairs.size());
  for (size_t i = 0; i < pairs.size(); ++i) std::tie(docs[i], values[i]) = pairs[i];
  out.numbers(docs, values, field.index ? NumericOrder::kSorted : NumericOrder::kNone);
}

}  // namespace selene::index
