#include "search/query/field_weights.h"

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/doc_set_weight.h"
#include "search/exec/term_weight.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

/// `true` or `false` of a boolean field: Elasticsearch indexes them as terms, so they score by their rarity.
WeightPtr boolean_weight(const BindContext& context, const index::MappedField& field, const EncodedRange& range, float boost) {
  FieldStatistics statistics;
  int64_t doc_freq = 0;
  std::vector<DocId> docs;
  for (const index::SegmentView& segment : context.snapshot.segments()) {
    const index::NumericDocValues* const numbers = segment.reader->numbers(field.name);
    if (numbers == nullptr) continue;
    for (const int64_t value : {0, 1}) {
      docs.clear();
      numbers->range(value, value, docs);
      statistics.sum_doc_freq += static_cast<int64_t>(docs.size());
      if (value == range.low) doc_freq += static_cast<int64_t>(docs.size());
    }
    docs.clear();
    numbers->range(0, 1, docs);
    statistics.doc_count += static_cast<int64_t>(docs.size());
  }
  if (doc_freq == 0) return std::make_unique<MatchNoneWeight>();
  const Bm25Scorer bm25(boost, bm25_idf(doc_freq, std::max(doc_freq, statistics.doc_count)), average_length(statistics, false));
  return numeric_range_weight(field, range, bm25.score(1, 1));
}

}  // namespace

base::Status check_searchable(const index::MappedField& field) {
  if (field.index || (field.doc_values && field.type != index::FieldType::kText)) return {};
  return base::Error(base::ErrorCode::kIllegalArgument, "Cannot search on field [{}] since it is not indexed.", field.name);
}

WeightPtr text_term_weight(const BindContext& context, const index::MappedField& field, std::string_view term, float boost) {
  if (auto weight = TermWeight::create(context.snapshot, field, term, boost)) return scored_as(field, std::move(weight), boost);
  return std::make_unique<MatchNoneWeight>();
}

WeightPtr scored_as(const index::MappedField& field, WeightPtr weight, float boost) {
  if (!field.constant_score) return weight;
  return std::make_unique<ConstantScoreWeight>(std::move(weight), boost);
}

std::string normalized_term(const index::MappedField& field, std::string_view text) {
  if (field.type != index::FieldType::kKeyword || field.normalizer == nullptr) return std::string(text);
  index::TokenBuffer tokens;
  field.normalizer->analyze(text, tokens);
  return tokens.tokens().empty() ? std::string() : std::string(tokens.term(tokens.tokens().front()));
}

WeightPtr numeric_range_weight(const index::MappedField& field, const EncodedRange& range, float boost) {
  if (range.low > range.high) return std::make_unique<MatchNoneWeight>();
  auto fill = [name = field.name, range](const SegmentContext& segment, std::vector<DocId>& docs) {
    const index::NumericDocValues* const numbers = segment.reader().numbers(name);
    if (numbers != nullptr) numbers->range(range.low, range.high, docs);
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, base::format("{}:[{} TO {}]", field.name, range.low, range.high));
}

WeightPtr ids_weight(std::vector<std::string> ids, float boost) {
  auto fill = [ids = std::move(ids)](const SegmentContext& segment, std::vector<DocId>& docs) {
    for (const std::string& id : ids) {
      if (const auto doc = segment.reader().find_id(id)) docs.push_back(*doc);
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, "_id:(...)");
}

base::Result<WeightPtr> exact_weight(const BindContext& context, std::string_view field_name, base::JsonValue value, float boost) {
  if (field_name == "_id") return ids_weight({scalar_text(value)}, boost);
  if (field_name == "_index") {
    if (scalar_text(value) == context.snapshot.index_name()) return std::make_unique<MatchAllWeight>(boost);
    return std::make_unique<MatchNoneWeight>();
  }
  const index::MappedField* const field = context.mapping().find(field_name);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  RETURN_IF_ERROR(check_searchable(*field));
  if (holds_terms(*field)) return text_term_weight(context, *field, normalized_term(*field, scalar_text(value)), boost);
  ASSIGN_OR_RETURN(const auto range, encode_term(*field, value, context.now_ms));
  if (!range) return std::make_unique<MatchNoneWeight>();
  if (field->type == index::FieldType::kBoolean) return boolean_weight(context, *field, *range, boost);
  return numeric_range_weight(*field, *range, boost);
}

}  // namespace selene::search
