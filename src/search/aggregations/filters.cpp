// filter, filters, missing, global: buckets told by queries.

#include <limits>
#include <optional>

#include "base/format.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/single_bucket.h"
#include "search/aggregations/values_source.h"
#include "search/query/filter_context.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

/// Whether documents match a query, asked in ascending order within a segment. One thread.
class Matcher {
 public:
  Matcher(const Query& query, const AggregationContext& context) : query_(&query), scope_(context.nested_scope) {}
  base::Status begin_target(const AggregationContext& context, const LocalTarget& target) {
    BindContext bind = context.backend.bind_context(target);
    bind.nested_scope = scope_;
    Result<WeightPtr> bound = bind_filter(*query_, bind);
    if (!bound.has_value()) return query_creation_error(std::move(bound).error(), *target.index);
    weight_ = std::move(bound).value();
    return {};
  }
  void begin_segment(const AggregationSegment& segment) { scorer_ = weight_->scorer(segment.segment); }
  bool matches(DocId doc) { return scorer_ != nullptr && scorer_->advance(doc) == doc; }

 private:
  const Query* query_;
  std::string_view scope_;  ///< of the nested aggregation around it
  WeightPtr weight_;
  ScorerPtr scorer_;
};

class FilterSpec final : public SingleBucketSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  QueryPtr query;
};

class Filter final : public SingleBucket {
 public:
  Filter(const FilterSpec& spec, AggregationContext& context, AggregatorList subs)
      : SingleBucket(spec, context, std::move(subs)), matcher_(*spec.query, context) {}
  base::Status begin_target(const LocalTarget& target) override {
    RETURN_IF_ERROR(matcher_.begin_target(context_, target));
    return SingleBucket::begin_target(target);
  }
  void begin_segment(const AggregationSegment& segment) override {
    matcher_.begin_segment(segment);
    SingleBucket::begin_segment(segment);
  }

 private:
  bool takes(DocId doc) override { return matcher_.matches(doc); }
  Matcher matcher_;
};

class MissingSpec final : public SingleBucketSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  ValuesRequest source;
};

class Missing final : public SingleBucket {
 public:
  Missing(const MissingSpec& spec, AggregationContext& context, AggregatorList subs)
      : SingleBucket(spec, context, std::move(subs)), source_(spec.source) {}
  base::Status begin_target(const LocalTarget& target) override {
    RETURN_IF_ERROR(source_.begin_target(target, context_.backend.now_ms()));
    return SingleBucket::begin_target(target);
  }
  void begin_segment(const AggregationSegment& segment) override {
    source_.begin_segment(segment);
    SingleBucket::begin_segment(segment);
  }

 private:
  bool takes(DocId doc) override { return source_.count(doc) == 0; }
  ValuesSource source_;
};

class GlobalSpec final : public SingleBucketSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
};

class FiltersSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return Values::kBuckets; }
  size_t num_buckets() const { return queries.size() + (other_key.empty() ? 0 : 1); }

  std::vector<std::string> keys;  ///< of `queries`; empty texts if they have no names
  std::vector<QueryPtr> queries;
  bool keyed = true;
  std::string other_key;  ///< empty: no bucket for what matches none
};

class Filters final : public BucketAggregator {
 public:
  Filters(const FiltersSpec& spec, AggregationContext& context, AggregatorList subs)
      : BucketAggregator(spec, context, std::move(subs)), filters_(spec) {
    for (const QueryPtr& query : spec.queries) matchers_.emplace_back(*query, context);
  }
  base::Status begin_target(const LocalTarget& target) override {
    for (Matcher& matcher : matchers_) RETURN_IF_ERROR(matcher.begin_target(context_, target));
    return BucketAggregator::begin_target(target);
  }
  void begin_segment(const AggregationSegment& segment) override {
    for (Matcher& matcher : matchers_) matcher.begin_segment(segment);
    BucketAggregator::begin_segment(segment);
  }
  base::Status collect(DocId doc, float score, size_t bucket) override {
    const size_t first = bucket * filters_.num_buckets();
    bool any = false;
    for (size_t i = 0; i < matchers_.size(); ++i) {
      if (!matchers_[i].matches(doc)) continue;
      any = true;
      RETURN_IF_ERROR(collect_bucket(doc, score, first + i));
    }
    if (any || filters_.other_key.empty()) return {};
    return collect_bucket(doc, score, first + matchers_.size());
  }
  Result<Aggregation> result(size_t bucket) override {
    Aggregation aggregation = named("filters", filters_.keyed ? Aggregation::Shape::kKeyedBuckets : Aggregation::Shape::kBuckets);
    for (size_t i = 0; i < filters_.num_buckets(); ++i) {
      ASSIGN_OR_RETURN(AggregationBucket one, bucket_of(bucket == kNoBucket ? kNoBucket : bucket * filters_.num_buckets() + i));
      one.key = i < filters_.keys.size() ? filters_.keys[i] : filters_.other_key;
      aggregation.buckets.push_back(std::move(one));
    }
    return aggregation;
  }

 private:
  const FiltersSpec& filters_;
  std::vector<Matcher> matchers_;
};

template <class AggregatorType, class Spec>
Result<AggregatorPtr> make(const Spec& spec, AggregationContext& context) {
  ASSIGN_OR_RETURN(AggregatorList subs, AggregatorList::create(spec.subs, context));
  return AggregatorPtr(std::make_unique<AggregatorType>(spec, context, std::move(subs)));
}

Result<AggregatorPtr> FilterSpec::create(AggregationContext& context) const { return make<Filter>(*this, context); }
Result<AggregatorPtr> MissingSpec::create(AggregationContext& context) const { return make<Missing>(*this, context); }
Result<AggregatorPtr> GlobalSpec::create(AggregationContext& context) const { return make<SingleBucket>(*this, context); }
Result<AggregatorPtr> FiltersSpec::create(AggregationContext& context) const { return make<Filters>(*this, context); }

base::Status read_filters(const AggregationParser& parser, JsonMember member, FiltersSpec& spec) {
  QueryParser queries{parser.document, 0};
  spec.keyed = member.value.is_object();
  if (member.value.is_object()) {
    for (const auto [key, value] : member.value.as_object()) {
      ASSIGN_OR_RETURN(QueryPtr query, parse_query(queries, value));
      spec.keys.emplace_back(key);
      spec.queries.push_back(std::move(query));
    }
    return {};
  }
  if (!member.value.is_array()) return parser.unknown_field(member);
  for (const base::JsonValue value : member.value.as_array()) {
    ASSIGN_OR_RETURN(QueryPtr query, parse_query(queries, value));
    spec.keys.emplace_back();
    spec.queries.push_back(std::move(query));
  }
  return {};
}

}  // namespace

Result<AggregationSpecPtr> parse_filter(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<FilterSpec>();
  QueryParser queries{parser.document, 0};
  ASSIGN_OR_RETURN(spec->query, parse_query(queries, body));
  return AggregationSpecPtr(std::move(spec));
}

Result<AggregationSpecPtr> parse_filters(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<FiltersSpec>();
  bool has_other = false;
  std::string other_key = "_other_";
  std::optional<bool> keyed;
  for (const JsonMember member : body.as_object()) {
    if (member.key == "filters") {
      RETURN_IF_ERROR(read_filters(parser, member, *spec));
    } else if (member.key == "other_bucket") {
      ASSIGN_OR_RETURN(has_other, read_bool(member.value, member.key));
    } else if (member.key == "other_bucket_key" && member.value.is_string()) {
      other_key = std::string(member.value.as_string());
      has_other = true;
    } else if (member.key == "keyed") {
      ASSIGN_OR_RETURN(keyed, read_bool(member.value, member.key));
    } else {
      return parser.unknown_field(member);
    }
  }
  if (spec->queries.empty()) return Error(ErrorCode::kIllegalArgument, "[filters] cannot be empty.");
  if (has_other) spec->other_key = other_key;
  if (keyed) spec->keyed = *keyed && spec->keyed;
  return AggregationSpecPtr(std::move(spec));
}

Result<AggregationSpecPtr> parse_missing(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<MissingSpec>();
  spec->source.type = parser.type;
  for (const JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, spec->source.read(member));
    if (!known) return parser.unknown_field(member);
  }
  if (spec->source.field.empty())
    return Error(ErrorCode::kIllegalArgument, "Required one of fields [field, script], but none were specified. ");
  return AggregationSpecPtr(std::move(spec));
}

Result<AggregationSpecPtr> parse_global(const AggregationParser& parser, base::JsonValue body) {
  for (const JsonMember member : body.as_object()) return parser.unknown_field(member);
  return AggregationSpecPtr(std::make_unique<GlobalSpec>());
}

}  // namespace selene::search
