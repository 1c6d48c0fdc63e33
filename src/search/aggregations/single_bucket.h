#pragma once

#include <limits>
#include <utility>

#include "search/aggregations/aggregator.h"

namespace selene::search {

/// Base of aggregators with one bucket for each of their parent's, of the same number.
class SingleBucket : public BucketAggregator {
 public:
  SingleBucket(const AggregationSpec& spec, AggregationContext& context, AggregatorList subs)
      : BucketAggregator(spec, context, std::move(subs)) {}
  base::Status collect(DocId doc, float score, size_t bucket) override {
    return takes(doc) ? collect_bucket(doc, score, bucket) : base::Status();
  }
  base::Result<Aggregation> result(size_t bucket) override {
    Aggregation aggregation = named(spec_.type, Aggregation::Shape::kSingleBucket);
    ASSIGN_OR_RETURN(AggregationBucket one, bucket_of(bucket));
    aggregation.values.emplace_back("_count", static_cast<double>(one.doc_count));
    aggregation.buckets.push_back(std::move(one));
    return aggregation;
  }
  double metric(size_t bucket, std::string_view property) const override {
    if (property != "value" && property != "doc_count" && property != "_count") return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(doc_count(bucket));
  }

 protected:
  virtual bool takes(DocId /*doc*/) { return true; }
};

class SingleBucketSpec : public AggregationSpec {
 public:
  Values values() const override { return Values::kBucket; }
};

}  // namespace selene::search
