#include "search/aggregations/aggregator.h"

#include "base/format.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

/// Buckets that collecting may make before it gives up: memory, not the answer's size, is what they cost.
constexpr int64_t kMaxOrdinals = 20'000'000;

}  // namespace

base::Status AggregationContext::add_buckets(int64_t count) {
  num_buckets += count;
  if (num_buckets <= max_buckets) return {};
  return Error(
             ErrorCode::kTooManyBuckets,
             "Trying to create too many buckets. Must be less than or equal to: [{}] but this number of buckets was exceeded. This "
             "limit can be set by changing the [search.max_buckets] cluster level setting.",
             max_buckets)
      .with_number("max_buckets", max_buckets);
}

Result<AggregatorList> AggregatorList::create(const std::vector<AggregationSpecPtr>& specs, AggregationContext& context) {
  std::vector<const AggregationSpec*> pointers;
  for (const AggregationSpecPtr& spec : specs) pointers.push_back(spec.get());
  return create(pointers, context);
}

Result<AggregatorList> AggregatorList::create(const std::vector<const AggregationSpec*>& specs, AggregationContext& context) {
  AggregatorList list;
  for (const AggregationSpec* const spec : specs) {
    ASSIGN_OR_RETURN(AggregatorPtr aggregator, spec->create(context));
    list.specs_.push_back(spec);
    list.aggregators_.push_back(std::move(aggregator));
  }
  return list;
}

base::Status AggregatorList::begin_target(const LocalTarget& target) {
  for (const AggregatorPtr& aggregator : aggregators_) RETURN_IF_ERROR(aggregator->begin_target(target));
  return {};
}

void AggregatorList::begin_segment(const AggregationSegment& segment) {
  for (const AggregatorPtr& aggregator : aggregators_) aggregator->begin_segment(segment);
}

base::Status AggregatorList::end_target() {
  for (const AggregatorPtr& aggregator : aggregators_) RETURN_IF_ERROR(aggregator->end_target());
  return {};
}

Result<std::vector<Aggregation>> AggregatorList::results(size_t bucket) {
  std::vector<Aggregation> results;
  results.reserve(aggregators_.size());
  for (size_t i = 0; i < aggregators_.size(); ++i) {
    ASSIGN_OR_RETURN(Aggregation result, aggregators_[i]->result(bucket));
    result.name = specs_[i]->name;
    result.meta = specs_[i]->meta;
    RETURN_IF_ERROR(apply_parent_pipelines(specs_[i]->pipelines, result));
    results.push_back(std::move(result));
  }
  return results;
}

const Aggregator* AggregatorList::find(std::string_view name) const {
  for (size_t i = 0; i < specs_.size(); ++i) {
    if (specs_[i]->name == name) return aggregators_[i].get();
  }
  return nullptr;
}

bool AggregatorList::needs_scores() const {
  for (const AggregatorPtr& aggregator : aggregators_) {
    if (aggregator->needs_scores()) return true;
  }
  return false;
}

Aggregation BucketAggregator::named(std::string_view typed_as, Aggregation::Shape shape) const {
  Aggregation aggregation;
  aggregation.name = spec_.name;
  aggregation.typed_as = typed_as;
  aggregation.shape = shape;
  return aggregation;
}

Result<AggregationBucket> BucketAggregator::bucket_of(size_t ordinal) {
  AggregationBucket bucket;
  bucket.doc_count = doc_count(ordinal);
  RETURN_IF_ERROR(context_.add_buckets(1));
  ASSIGN_OR_RETURN(bucket.subs, subs_.results(ordinal));
  RETURN_IF_ERROR(apply_sibling_pipelines(spec_.pipelines, bucket.subs));
  return bucket;
}

base::Status BucketAggregator::grow(size_t ordinal) {
  const size_t wanted = ordinal + 1;
  context_.num_ordinals += static_cast<int64_t>(wanted - doc_counts_.size());
  if (context_.num_ordinals > kMaxOrdinals) {
    return Error(ErrorCode::kCircuitBreaking,
                 "[request] Data too large: aggregation [{}] has made more than [{}] buckets while collecting", spec_.name,
                 kMaxOrdinals);
  }
  doc_counts_.resize(wanted, 0);
  return {};
}

}  // namespace selene::search
