#include "index/segments/segment_merger.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "index/segments/mapped_segment_reader.h"
#include "index/segments/segment_writer.h"
#include "index/vectors/segment_vectors.h"

namespace selene::index {
namespace {

using Numbers = std::vector<std::vector<DocId>>;

class SegmentMerger {
 public:
  SegmentMerger(std::span<const MergeSource> sources, const Numbers& numbers, SegmentWriter& out)
      : sources_(sources), numbers_(numbers), out_(out) {}

  void merge_field(std::string_view field) {
    std::vector<DocId> docs = docs_with_field(field);
    if (docs.empty()) return;
    out_.begin_field(field);
    merge_terms(field);
    merge_numbers(field);
    merge_keywords(field);
    merge_vectors(field);
    out_.docs_with_field(docs);
  }

 private:
  DocId number(size_t source, DocId doc) const { return numbers_[source][static_cast<size_t>(doc)]; }

  std::vector<DocId> docs_with_field(std::string_view field) const {
    std::vector<DocId> docs;
    for (size_t s = 0; s < sources_.size(); ++s) {
      const std::vector<DocId>* old = sources_[s].reader->docs_with_field(field);
      if (old == nullptr) continue;
      for (const DocId doc : *old) {
        if (number(s, doc) >= 0) docs.push_back(number(s, doc));
      }
    }
    return docs;
  }

  struct TermSource {
    size_t source;
    const FieldTerms* terms;
    std::unique_ptr<TermsCursor> cursor;
  };

  void merge_terms(std::string_view field) {
    std::vector<TermSource> inputs;
    bool norms = false;
    bool positions = true;
    auto freq_kind = FreqKind::kOccurrences;
    for (size_t s = 0; s < sources_.size(); ++s) {
      const FieldTerms* terms = sources_[s].reader->terms(field);
      if (terms == nullptr) continue;
      inputs.push_back({s, terms, terms->terms()});
      norms = norms || terms->norms() != nullptr;
      if (terms->freqs_are_weights()) freq_kind = FreqKind::kWeights;
      positions = positions && has_positions(*sources_[s].reader, field);
    }
    if (inputs.empty()) return;
    seen_.assign(static_cast<size_t>(out_.max_doc()), 0);
    if (norms) gather_norms(inputs);
    out_.begin_terms(norms ? norms_.data() : nullptr, positions, freq_kind);
    merge_lists(inputs, positions);
    out_.end_terms(static_cast<int32_t>(std::count(seen_.begin(), seen_.end(), uint8_t{1})));
  }

  void gather_norms(const std::vector<TermSource>& inputs) {
    norms_.assign(static_cast<size_t>(out_.max_doc()), 0);
    for (const TermSource& input : inputs) {
      const uint8_t* old = input.terms->norms();
      if (old == nullptr) continue;
      for (DocId doc = 0; doc < sources_[input.source].reader->max_doc(); ++doc) {
        if (const DocId n = number(input.source, doc); n >= 0) norms_[static_cast<size_t>(n)] = old[doc];
      }
    }
  }

  void merge_lists(std::vector<TermSource>& inputs, bool positions) {
    std::erase_if(inputs, [](const TermSource& input) { return !input.cursor->valid(); });
    const auto later = [&](size_t a, size_t b) {
      const int order = inputs[a].cursor->term().compare(inputs[b].cursor->term());
      return order != 0 ? order > 0 : a > b;  // equal terms: in the order of the sources
    };
    std::vector<size_t> heap(inputs.size());
    for (size_t i = 0; i < heap.size(); ++i) heap[i] = i;
    std::make_heap(heap.begin(), heap.end(), later);
    std::string term;
    while (!heap.empty()) {
      term.assign(inputs[heap.front()].cursor->term());
      bool any = false;
      while (!heap.empty() && inputs[heap.front()].cursor->term() == term) {
        std::pop_heap(heap.begin(), heap.end(), later);
        TermSource& input = inputs[heap.back()];
        any |= copy_list(input, positions);
        input.cursor->next();
        if (input.cursor->valid()) {
          std::push_heap(heap.begin(), heap.end(), later);
        } else {
          heap.pop_back();
        }
      }
      if (any) out_.end_term(term);
    }
  }

  bool copy_list(const TermSource& input, bool positions) {
    bool any = false;
    PostingsCursor cursor = input.terms->postings(input.cursor->meta());
    for (DocId doc = cursor.doc(); doc != kNoMoreDocs; doc = cursor.next()) {
      const DocId n = number(input.source, doc);
      if (n < 0) continue;
      out_.postings().add(n, static_cast<uint32_t>(cursor.freq()), positions ? cursor.positions() : std::span<const uint32_t>());
      seen_[static_cast<size_t>(n)] = 1;
      any = true;
    }
    return any;
  }

  void merge_numbers(std::string_view field) {
    std::vector<DocId> docs;
    std::vector<int64_t> values;
    bool any = false;
    bool sorted = false;
    for (size_t s = 0; s < sources_.size(); ++s) {
      const SegmentReader& reader = *sources_[s].reader;
      const NumericDocValues* old = reader.numbers(field);
      if (old == nullptr) continue;
      any = true;
      sorted = sorted || has_sorted_numbers(reader, field);
      for (DocId doc = 0; doc < reader.max_doc(); ++doc) {
        if (number(s, doc) < 0) continue;
        for (int32_t i = 0; i < old->count(doc); ++i) {
          docs.push_back(number(s, doc));
          values.push_back(old->value(doc, i));
        }
      }
    }
    if (any) out_.numbers(docs, values, sorted ? NumericOrder::kSorted : NumericOrder::kNone);
  }

  void merge_keywords(std::string_view field) {
    std::vector<std::string_view> terms;
    bool any = false;
    for (size_t s = 0; s < sources_.size(); ++s) any |= gather_used_terms(s, field, terms);
    if (!any) return;
    std::sort(terms.begin(), terms.end());
    terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
    std::vector<DocId> docs;
    std::vector<int32_t> ordinals;
    for (size_t s = 0; s < sources_.size(); ++s) {
      const KeywordDocValues* old = sources_[s].reader->keywords(field);
      if (old == nullptr) continue;
      const std::vector<int32_t> new_ordinals = map_ordinals(*old, terms);
      for (DocId doc = 0; doc < sources_[s].reader->max_doc(); ++doc) {
        if (number(s, doc) < 0) continue;
        for (int32_t i = 0; i < old->count(doc); ++i) {
          docs.push_back(number(s, doc));
          ordinals.push_back(new_ordinals[static_cast<size_t>(old->ordinal(doc, i))]);
        }
      }
    }
    out_.keywords(terms, docs, ordinals);
  }

  /// Options may change from segment to segment (but for what rows are made of); those of the newest hold. The largest graph is
  /// reused.
  void merge_vectors(std::string_view field) {
    std::vector<VectorRow> rows;
    const VectorOptions* options = nullptr;
    SegmentWriter::OldGraph old_graph;
    std::vector<int32_t> largest;
    for (size_t s = 0; s < sources_.size(); ++s) {
      const SegmentVectors* const old = sources_[s].reader->vectors(field);
      const std::vector<DocId>* const docs = sources_[s].reader->docs_with_field(field);
      if (old == nullptr || docs == nullptr || docs->size() != old->size()) continue;
      options = &old->rows().options();
      std::vector<int32_t> ordinals(old->size(), -1);
      for (uint32_t ordinal = 0; ordinal < old->size(); ++ordinal) {
        if (number(s, (*docs)[ordinal]) < 0) continue;
        ordinals[ordinal] = static_cast<int32_t>(rows.size());
        rows.push_back(old->rows().row(ordinal));
      }
      if (!old->graph() || old->size() < largest.size()) continue;
      old_graph.graph = &*old->graph();
      largest = std::move(ordinals);
    }
    if (options == nullptr || rows.empty()) return;
    old_graph.ordinals = largest;
    out_.vectors(*options, rows);
    out_.vector_graph(*options, rows, old_graph);
  }

  bool gather_used_terms(size_t source, std::string_view field, std::vector<std::string_view>& terms) const {
    const KeywordDocValues* old = sources_[source].reader->keywords(field);
    if (old == nullptr) return false;
    std::vector<uint8_t> used(static_cast<size_t>(old->num_ordinals()), 0);
    for (DocId doc = 0; doc < sources_[source].reader->max_doc(); ++doc) {
      if (number(source, doc) < 0) continue;
      for (int32_t i = 0; i < old->count(doc); ++i) used[static_cast<size_t>(old->ordinal(doc, i))] = 1;
    }
    for (int32_t ordinal = 0; ordinal < old->num_ordinals(); ++ordinal) {
      if (used[static_cast<size_t>(ordinal)] != 0) terms.push_back(old->term(ordinal));
    }
    return true;
  }

  /// -1 for terms that no live document holds.
  static std::vector<int32_t> map_ordinals(const KeywordDocValues& old, const std::vector<std::string_view>& terms) {
    std::vector<int32_t> mapped(static_cast<size_t>(old.num_ordinals()), -1);
    for (int32_t ordinal = 0; ordinal < old.num_ordinals(); ++ordinal) {
      const auto at = std::lower_bound(terms.begin(), terms.end(), old.term(ordinal));
      if (at != terms.end() && *at == old.term(ordinal))
        mapped[static_cast<size_t>(ordinal)] = static_cast<int32_t>(at - terms.begin());
    }
    return mapped;
  }

  std::span<const MergeSource> sources_;
  const Numbers& numbers_;
  SegmentWriter& out_;
  std::vector<uint8_t> norms_;
  std::vector<uint8_t> seen_;
};

}  // namespace

base::Status merge_segments(std::span<const MergeSource> sources, const std::filesystem::path& path, Numbers& numbers,
                            base::Env& files) {
  numbers.assign(sources.size(), {});
  std::vector<std::string_view> ids;
  std::vector<int64_t> seq_nos;
  std::set<std::string> fields;
  for (size_t s = 0; s < sources.size(); ++s) {
    const SegmentReader& reader = *sources[s].reader;
    numbers[s].assign(static_cast<size_t>(reader.max_doc()), -1);
    for (DocId doc = 0; doc < reader.max_doc(); ++doc) {
      if (sources[s].live_docs != nullptr && !sources[s].live_docs->live(doc)) continue;
      numbers[s][static_cast<size_t>(doc)] = static_cast<DocId>(ids.size());
      ids.push_back(reader.id(doc));
      seq_nos.push_back(reader.seq_no(doc));
    }
    for (std::string& name : field_names(reader)) fields.insert(std::move(name));
  }
  if (ids.size() >= static_cast<size_t>(kNoMoreDocs)) {
    return base::Error(base::ErrorCode::kIllegalArgument, "a segment holds at most [{}] documents", kNoMoreDocs);
  }
  ASSIGN_OR_RETURN(auto out, SegmentWriter::create(path, static_cast<DocId>(ids.size()), files));
  SegmentMerger merger(sources, numbers, *out);
  for (const std::string& field : fields) merger.merge_field(field);
  return out->finish(ids, seq_nos);
}

}  // namespace selene::index
