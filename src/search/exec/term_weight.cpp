#include "search/exec/term_weight.h"

#include <algorithm>

#include "base/format.h"
#include "index/formats/norms.h"
#include "search/exec/disjunction_bulk_scorer.h"

namespace selene::search {

float TermScorer::max_score() const {
  float best = 0;
  for (const auto& impact : cursor_.list_impacts()) best = std::max(best, score_of(impact.freq, impact.norm));
  return best;
}

float TermScorer::block_max_score(DocId target, DocId* last_doc) {
  const float bound = cursor_.block_bound(target, last_doc);
  return bound == 0 ? 0 : bm25_.bound_score(bound * bound_scale_);
}

namespace {

constexpr float kNoMeanLength = 1e-30F;  // makes every bound the term's weight

bool is_text(const index::MappedField& field) { return field.type == index::FieldType::kText; }

}  // namespace

std::unique_ptr<TermWeight> TermWeight::create(const index::Snapshot& snapshot, const index::MappedField& field,
                                               std::string_view term, float boost) {
  TermStatistics statistics = term_statistics(snapshot, field.name, term);
  if (statistics.doc_freq == 0) return nullptr;
  const int64_t doc_freq = statistics.doc_freq;
  return std::make_unique<TermWeight>(field, std::string(term), std::move(statistics), doc_freq,
                                      field_statistics(snapshot, field.name), boost);
}

TermWeight::TermWeight(const index::MappedField& field, std::string term, TermStatistics statistics, int64_t doc_freq,
                       const FieldStatistics& field_statistics, float boost)
    : field_(field.name),
      term_(std::move(term)),
      has_freqs_(is_text(field) && field.freqs),
      has_norms_(is_text(field) && field.norms),
      statistics_(std::move(statistics)),
      doc_freq_(doc_freq),
      doc_count_(std::max(field_statistics.doc_count, doc_freq)),
      bm25_(field.similarity, boost, bm25_idf(doc_freq_, doc_count_), average_length(field_statistics, has_freqs_)) {}

float bound_length(const index::FieldTerms& terms, bool has_norms) {
  return has_norms || terms.norms() == nullptr ? terms.mean_length() : kNoMeanLength;
}

std::unique_ptr<TermScorer> TermWeight::term_scorer(const SegmentContext& segment) const {
  const auto& meta = statistics_.metas[segment.ordinal];
  if (!meta) return nullptr;
  const index::FieldTerms* terms = segment.reader().terms(field_);
  return std::make_unique<TermScorer>(terms->postings(*meta), bm25_, has_norms_ ? terms->norms() : nullptr, has_freqs_,
                                      bound_length(*terms, has_norms_));
}

std::unique_ptr<BulkTerm> TermWeight::bulk_term(const SegmentContext& segment) const {
  const auto& meta = statistics_.metas[segment.ordinal];
  if (!meta) return nullptr;
  const index::FieldTerms* terms = segment.reader().terms(field_);
  return std::make_unique<BulkTerm>(terms->list(*meta), bm25_, has_norms_ ? terms->norms() : nullptr, has_freqs_,
                                    bound_length(*terms, has_norms_));
}

std::unique_ptr<BulkScorer> TermWeight::bulk_scorer(const SegmentContext& segment) const {
  std::vector<std::unique_ptr<BulkTerm>> terms;
  if (auto term = bulk_term(segment)) terms.push_back(std::move(term));
  return DisjunctionBulkScorer::create(std::move(terms), segment);
}

bool TermWeight::add_filter_key(FilterKey& key) const {
  key.kind('t').add(field_).add(term_).set_cost(FilterKey::Cost::kQuick);
  return true;
}

int64_t TermWeight::known_matches(const index::Snapshot& snapshot) const { return live_matches(snapshot, statistics_); }

Explanation explain_idf(int64_t doc_freq, int64_t doc_count) {
  return {true,
          bm25_idf(doc_freq, doc_count),
          "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5)) from:",
          {{true, static_cast<float>(doc_freq), "n, number of documents containing term", {}},
           {true, static_cast<float>(doc_count), "N, total number of documents with field", {}}}};
}

Explanation explain_bm25(const Bm25Scorer& bm25, float freq, std::string_view freq_description, uint8_t norm, Explanation idf) {
  const float score = bm25.score(freq, norm);
  if (bm25.similarity().kind == index::Similarity::Kind::kBoolean)
    return {true, score, "score(BooleanWeight), computed from:", {{true, bm25.boost(), "boost, query boost", {}}}};
  const float tf = bm25.weight() == 0 ? 0 : score / bm25.weight();
  Explanation result{true, score, base::format("score(freq={:.1f}), computed as boost * idf * tf from:", freq), {}};
  const index::Similarity& similarity = bm25.similarity();
  result.details.push_back({true, bm25.boost() * (1.0F + similarity.k1), "boost", {}});
  result.details.push_back(std::move(idf));
  result.details.push_back({true,
                            tf,
                            "tf, computed as freq / (freq + k1 * (1 - b + b * dl / avgdl)) from:",
                            {{true, freq, std::string(freq_description), {}},
                             {true, similarity.k1, "k1, term saturation parameter", {}},
                             {true, similarity.b, "b, length normalization parameter", {}},
                             {true, static_cast<float>(index::decode_norm(norm)), "dl, length of field", {}},
                             {true, bm25.avgdl(), "avgdl, average length of field", {}}}});
  return result;
}

Explanation TermWeight::explain(const SegmentContext& segment, DocId doc) const {
  const auto& meta = statistics_.metas[segment.ordinal];
  if (!meta) return {false, 0, "no matching term", {}};
  const index::FieldTerms* terms = segment.reader().terms(field_);
  index::PostingsCursor cursor = terms->postings(*meta);
  if (cursor.advance(doc) != doc) return {false, 0, "no matching term", {}};
  const uint8_t norm = has_norms_ && terms->norms() != nullptr ? terms->norms()[doc] : uint8_t{1};
  const float freq = has_freqs_ ? static_cast<float>(cursor.freq()) : 1.0F;
  Explanation inner =
      explain_bm25(bm25_, freq, "freq, occurrences of term within document", norm, explain_idf(doc_freq_, doc_count_));
  const float value = inner.value;
  return {
      true, value, base::format("weight({}:{} in {}) [PerFieldSimilarity], result of:", field_, term_, doc), {std::move(inner)}};
}

}  // namespace selene::search
