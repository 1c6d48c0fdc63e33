#include "search/query/field_weights.h"

#include "base/format.h"
#include "index/mapping/ip_address.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/collection_snapshot.h"
#include "search/exec/doc_set_weight.h"
#include "search/exec/feature_weight.h"
#include "search/exec/term_weight.h"
#include "search/query/parse_support.h"
#include "search/query/range_field_weight.h"

namespace selene::search {
namespace {

/// `true` or `false` of a boolean field: Elasticsearch indexes them as terms, so they score by their rarity.
WeightPtr boolean_weight(const BindContext& context, const index::MappedField& field, const EncodedRange& range, float boost) {
  FieldStatistics statistics;
  int64_t doc_freq = 0;
  std::vector<DocId> docs;
  const auto add = [&](const index::NumericDocValues& numbers) {
    for (const int64_t value : {0, 1}) {
      docs.clear();
      numbers.range(value, value, docs);
      statistics.sum_doc_freq += static_cast<int64_t>(docs.size());
      if (value == range.low) doc_freq += static_cast<int64_t>(docs.size());
    }
    docs.clear();
    numbers.range(0, 1, docs);
    statistics.doc_count += static_cast<int64_t>(docs.size());
  };
  for_each_of_collection(context.snapshot, [&](const index::Snapshot& one) {
    for (const index::SegmentView& segment : one.segments()) {
      if (const index::NumericDocValues* const numbers = segment.reader->numbers(field.name)) add(*numbers);
    }
  });
  if (doc_freq == 0) return std::make_unique<MatchNoneWeight>();
  const Bm25Scorer bm25(field.similarity, boost, bm25_idf(doc_freq, std::max(doc_freq, statistics.doc_count)),
                        average_length(statistics, false));
  return numeric_range_weight(field, range, bm25.score(1, 1));
}

}  // namespace

base::Status check_searchable(const index::MappedField& field) {
  if (field.index || (field.doc_values && field.type != index::FieldType::kText)) return {};
  return base::Error(base::ErrorCode::kIllegalArgument, "Cannot search on field [{}] since it is not indexed.", field.name);
}

TermPlace term_place(const index::MappedField& field) {
  if (field.flattened_key.empty()) return {field, {}};
  return {*field.keyed, field.flattened_key + '\0'};
}

WeightPtr term_range_weight(const index::MappedField& field, TermBounds bounds, float boost) {
  const TermPlace place = term_place(field);
  if (!place.prefix.empty()) {
    // Of a flattened key: the terms that start with it.
    bounds.low = place.prefix + bounds.low.value_or("");
    bounds.high_inclusive = bounds.high && bounds.high_inclusive;
    bounds.high = bounds.high ? place.prefix + *bounds.high : field.flattened_key + '\1';
  }
  FilterKey key;
  key.kind('r').add(place.field.name);
  for (const auto* bound : {&bounds.low, &bounds.high}) {
    key.add(int64_t{bound->has_value()}).add(bound->has_value() ? std::string_view(**bound) : std::string_view());
  }
  key.add(int64_t{bounds.low_inclusive}).add(int64_t{bounds.high_inclusive});
  auto fill = [name = place.field.name, bounds = std::move(bounds)](const SegmentContext& segment, std::vector<DocId>& docs) {
    const index::FieldTerms* const terms = segment.reader().terms(name);
    if (terms == nullptr) return;
    const auto cursor = terms->terms();
    if (bounds.low) cursor->seek(*bounds.low);
    for (; cursor->valid(); cursor->next()) {
      const std::string_view term = cursor->term();
      if (bounds.low && !bounds.low_inclusive && term == *bounds.low) continue;
      if (bounds.high && (term > *bounds.high || (term == *bounds.high && !bounds.high_inclusive))) break;
      append_postings(terms->postings(cursor->meta()), docs);
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, field.name + ":[.. TO ..]", std::move(key));
}

base::Result<WeightPtr> ip_weight(const index::MappedField& field, std::string_view text, float boost) {
  TermBounds bounds;
  if (text.find('/') != std::string_view::npos) {
    ASSIGN_OR_RETURN(index::IpRange range, index::parse_cidr(text));
    bounds.low = std::move(range.low);
    bounds.high = std::move(range.high);
  } else {
    ASSIGN_OR_RETURN(bounds.low, index::parse_ip(text));
    bounds.high = bounds.low;
  }
  return term_range_weight(field, std::move(bounds), boost);
}

base::Status check_takes_patterns(const index::MappedField& field, std::string_view query) {
  if (field.type == index::FieldType::kConstantKeyword) return {};
  if (!holds_terms(field)) {
    const std::string_view types = query == "regexp" ? "keyword and text" : "keyword, text and wildcard";
    return base::Error(base::ErrorCode::kQueryShard, "Can only use {} queries on {} fields - not on [{}] which is of type [{}]",
                       query, types, field.name, field.type_name);
  }
  if (!field.flattened_key.empty() && query != "prefix") {
    return base::Error(base::ErrorCode::kIllegalArgument, "[{}] queries are not currently supported on keyed [flattened] fields.",
                       query);
  }
  return check_searchable(field);
}

WeightPtr constant_keyword_weight(const index::MappedField& field, const std::function<bool(std::string_view)>& matches,
                                  float boost) {
  if (field.constant_value && matches(*field.constant_value)) return std::make_unique<MatchAllWeight>(boost);
  return std::make_unique<MatchNoneWeight>();
}

namespace {

/// Types without exact values of their own.
base::Error no_exact_values(const index::MappedField& field) {
  using index::FieldType;
  if (field.type == FieldType::kRankFeature)
    return base::Error(base::ErrorCode::kIllegalArgument, "Queries on [rank_feature] fields are not supported");
  if (field.type == FieldType::kBinary) return base::Error(base::ErrorCode::kQueryShard, "Binary fields do not support searching");
  return base::Error(base::ErrorCode::kIllegalArgument,
                     "Geometry fields do not support exact searching, use dedicated geometry queries instead: [{}]", field.name);
}

}  // namespace

WeightPtr text_term_weight(const BindContext& context, const index::MappedField& field, std::string_view term, float boost) {
  if (const TermPlace place = term_place(field); !place.prefix.empty()) {
    auto weight = TermWeight::create(context.snapshot, place.field, place.prefix + std::string(term), boost);
    if (weight == nullptr) return std::make_unique<MatchNoneWeight>();
    return weight;
  }
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
  FilterKey key;
  key.kind('n').add(field.name).add(range.low).add(range.high);
  return std::make_unique<DocSetWeight>(std::move(fill), boost, base::format("{}:[{} TO {}]", field.name, range.low, range.high),
                                        std::move(key));
}

WeightPtr ids_weight(std::vector<std::string> ids, float boost) {
  auto fill = [ids = std::move(ids)](const SegmentContext& segment, std::vector<DocId>& docs) {
    for (const std::string& id : ids) {
      if (const auto doc = segment.reader().find_id(id)) docs.push_back(*doc);
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, "_id:(...)");
}

namespace {

/// Documents of which a value of the field `name` was ignored.
WeightPtr ignored_weight(const BindContext& context, std::string_view name, float boost) {
  index::MappedField field;
  field.name = index::kIgnoredField;
  field.type = index::FieldType::kKeyword;
  field.norms = field.positions = field.freqs = false;
  return text_term_weight(context, field, name, boost);
}

}  // namespace

base::Result<WeightPtr> exact_weight(const BindContext& context, std::string_view field_name, base::JsonValue value, float boost) {
  if (field_name == "_id") return ids_weight({scalar_text(value)}, boost);
  if (field_name == "_index") {
    if (scalar_text(value) == context.snapshot.index_name()) return std::make_unique<MatchAllWeight>(boost);
    return std::make_unique<MatchNoneWeight>();
  }
  if (field_name == "_ignored") return ignored_weight(context, scalar_text(value), boost);
  const index::MappedField* const field = context.mapping().find(field_name);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  if (index::is_range(field->type)) return range_field_weight(*field, {{value}, {value}, {}, {}}, context.now_ms, boost);
  if (field->type != index::FieldType::kConstantKeyword && field->type != index::FieldType::kBinary)
    RETURN_IF_ERROR(check_searchable(*field));
  if (holds_terms(*field)) return text_term_weight(context, *field, normalized_term(*field, scalar_text(value)), boost);
  switch (field->type) {
    case index::FieldType::kIp: return ip_weight(*field, scalar_text(value), boost);
    case index::FieldType::kConstantKeyword:
      return constant_keyword_weight(
          *field, [&](std::string_view constant) { return constant == scalar_text(value); }, boost);
    case index::FieldType::kRankFeatures:
    case index::FieldType::kSparseVector:
      return std::make_unique<FeatureWeight>(field->name, scalar_text(value), [boost](float weight) { return boost * weight; });
    case index::FieldType::kDenseVector:
      return base::Error(base::ErrorCode::kIllegalArgument, "Field [{}] of type [dense_vector] doesn't support term queries",
                         field->name);
    case index::FieldType::kRankFeature:
    case index::FieldType::kBinary:
    case index::FieldType::kSemanticText:
    case index::FieldType::kGeoPoint: return no_exact_values(*field);
    default: break;
  }
  ASSIGN_OR_RETURN(const auto range, encode_term(*field, value, context.now_ms));
  if (!range) return std::make_unique<MatchNoneWeight>();
  if (field->type == index::FieldType::kBoolean) return boolean_weight(context, *field, *range, boost);
  return numeric_range_weight(*field, *range, boost);
}

}  // namespace selene::search
