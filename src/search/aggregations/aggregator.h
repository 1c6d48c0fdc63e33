#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "search/aggregations/aggregation.h"
#include "search/aggregations/pipeline.h"
#include "search/backends/local_backend.h"

namespace selene::search {

/// One run of the aggregations of a request over all its indices.
struct AggregationContext {
  const LocalBackend& backend;
  const base::Cancellation& cancellation;
  int64_t max_buckets = 65536;  ///< search.max_buckets
  int64_t num_buckets = 0;      ///< in the result so far
  int64_t num_ordinals = 0;     ///< made while collecting, of all aggregators
  std::string_view nested_scope =
      {};  ///< while aggregators are made: path of the nested objects they collect; empty: root documents

  /// Counts buckets of the result. Errors: kTooManyBuckets.
  base::Status add_buckets(int64_t count);
};

/// Where documents come from while they are collected.
struct AggregationSegment {
  const LocalTarget& target;
  int32_t shard;
  const SegmentContext& segment;
};

/// Collects documents into buckets that its parent numbers: [0, n), dense. One thread; one run.
class Aggregator {
 public:
  static constexpr size_t kNoBucket = std::numeric_limits<size_t>::max();

  virtual ~Aggregator() = default;
  /// Before the first document of an index. Errors: what Elasticsearch says on a shard (wrong field type, no doc values).
  virtual base::Status begin_target(const LocalTarget& target) = 0;
  virtual void begin_segment(const AggregationSegment& segment) = 0;
  /// `bucket`: of the parent. Documents come in ascending order.
  virtual base::Status collect(DocId doc, float score, size_t bucket) = 0;
  /// Behind the last document of an index.
  virtual base::Status end_target() { return {}; }
  /// What was collected in `bucket`; one that was never collected into (or kNoBucket) is empty.
  virtual base::Result<Aggregation> result(size_t bucket) = 0;
  /// A number of `bucket` for ordering: `property` is "value", "avg", ... or "doc_count". NaN: none.
  virtual double metric(size_t bucket, std::string_view property) const = 0;
  /// The aggregator below it that a path continues to; null for metrics.
  virtual const Aggregator* child(std::string_view /*name*/) const { return nullptr; }
  /// Whether `collect` reads the score.
  virtual bool needs_scores() const { return false; }
};
using AggregatorPtr = std::unique_ptr<Aggregator>;

/// An aggregation as asked for: parsed once, makes an aggregator for each run. Immutable; holds views of the request body.
class AggregationSpec {
 public:
  virtual ~AggregationSpec() = default;
  virtual base::Result<AggregatorPtr> create(AggregationContext& context) const = 0;
  /// What an order by this aggregation must name; see check_order_path.
  enum class Values : uint8_t { kSingle, kMultiple, kBucket, kBuckets, kNone };
  virtual Values values() const = 0;
  /// Whether it has the value `name` (kMultiple).
  virtual bool has_value(std::string_view /*name*/) const { return false; }

  std::string name;
  std::string_view type;  ///< "terms", ...
  std::string meta;       ///< JSON, or empty
  std::vector<std::unique_ptr<AggregationSpec>> subs;
  std::vector<PipelineSpec> pipelines;  ///< beside `subs`
};
using AggregationSpecPtr = std::unique_ptr<AggregationSpec>;

/// Aggregators of sibling aggregations, each collecting into the same buckets.
class AggregatorList {
 public:
  static base::Result<AggregatorList> create(const std::vector<AggregationSpecPtr>& specs, AggregationContext& context);
  static base::Result<AggregatorList> create(const std::vector<const AggregationSpec*>& specs, AggregationContext& context);

  base::Status begin_target(const LocalTarget& target);
  void begin_segment(const AggregationSegment& segment);
  base::Status end_target();
  base::Status collect(DocId doc, float score, size_t bucket) {
    for (const AggregatorPtr& aggregator : aggregators_) RETURN_IF_ERROR(aggregator->collect(doc, score, bucket));
    return {};
  }
  base::Result<std::vector<Aggregation>> results(size_t bucket);
  const Aggregator* find(std::string_view name) const;
  bool needs_scores() const;
  bool empty() const { return aggregators_.empty(); }

 private:
  std::vector<const AggregationSpec*> specs_;
  std::vector<AggregatorPtr> aggregators_;
};

/// Base of aggregators that make buckets: counts documents and passes them on to the aggregations below.
class BucketAggregator : public Aggregator {
 public:
  BucketAggregator(const AggregationSpec& spec, AggregationContext& context, AggregatorList subs)
      : spec_(spec), context_(context), subs_(std::move(subs)) {}
  base::Status begin_target(const LocalTarget& target) override { return subs_.begin_target(target); }
  void begin_segment(const AggregationSegment& segment) override { subs_.begin_segment(segment); }
  base::Status end_target() override { return subs_.end_target(); }
  const Aggregator* child(std::string_view name) const override { return subs_.find(name); }
  bool needs_scores() const override { return subs_.needs_scores(); }
  double metric(size_t /*bucket*/, std::string_view /*property*/) const override {
    return std::numeric_limits<double>::quiet_NaN();
  }

 protected:
  /// One more document in own bucket `ordinal`.
  base::Status collect_bucket(DocId doc, float score, size_t ordinal) {
    if (ordinal >= doc_counts_.size()) RETURN_IF_ERROR(grow(ordinal));
    ++doc_counts_[ordinal];
    return subs_.collect(doc, score, ordinal);
  }
  int64_t doc_count(size_t ordinal) const { return ordinal < doc_counts_.size() ? doc_counts_[ordinal] : 0; }
  /// An aggregation of this name and meta.
  Aggregation named(std::string_view typed_as, Aggregation::Shape shape) const;
  /// The bucket `ordinal` (kNoBucket: an empty one) with its sub-aggregations; counted against search.max_buckets.
  base::Result<AggregationBucket> bucket_of(size_t ordinal);

  const AggregationSpec& spec_;
  AggregationContext& context_;
  AggregatorList subs_;

 private:
  /// Errors: kCircuitBreaking (far more buckets than any answer may have).
  base::Status grow(size_t ordinal);

  std::vector<int64_t> doc_counts_;
};

}  // namespace selene::search
