// nested, reverse_nested: from documents to their nested objects and back.

#include <optional>

#include "base/format.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/single_bucket.h"
#include "search/exec/nested_weight.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// A path that is an object or a field, but no nested object. One that is not mapped is fine: it holds nothing.
base::Status check_nested(std::string_view type, const std::string& path, const LocalTarget& target) {
  const index::Mapping& mapping = target.snapshot->mapping();
  if (mapping.is_nested(path) || (!mapping.is_object(path) && mapping.find(path) == nullptr)) return {};
  return Error(ErrorCode::kAggregationExecution, "[{}] nested path [{}] is not nested", type, path);
}

/// The sub-aggregations, made for documents of another nested path.
Result<AggregatorList> create_subs(const AggregationSpec& spec, AggregationContext& context, std::string_view scope) {
  const std::string_view outer = std::exchange(context.nested_scope, scope);
  Result<AggregatorList> subs = AggregatorList::create(spec.subs, context);
  context.nested_scope = outer;
  return subs;
}

class NestedSpec final : public SingleBucketSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  std::string path;
};

/// A document's objects go to all its buckets at once, so that those below still see documents in ascending order.
/// Source: Lucene's and Elasticsearch's block order: objects stand before the document that holds them.
class Nested final : public SingleBucket {
 public:
  Nested(const NestedSpec& spec, AggregationContext& context, AggregatorList subs)
      : SingleBucket(spec, context, std::move(subs)), path_(spec.path), scope_(context.nested_scope) {}
  void begin_segment(const AggregationSegment& segment) override {
    keep(pass_on());
    parents_.reset();
    objects_.clear();
    next_object_ = 0;
    if (segment.segment.reader().nested() != nullptr) {
      objects_ = nested_docs(segment.segment, path_);
      parents_.emplace(segment.segment, scope_);
    }
    SingleBucket::begin_segment(segment);
  }
  base::Status collect(DocId doc, float score, size_t bucket) override {
    if (!buckets_.empty() && doc != parent_) RETURN_IF_ERROR(pass_on());
    parent_ = doc;
    score_ = score;
    buckets_.push_back(bucket);
    return {};
  }
  base::Status end_target() override {
    RETURN_IF_ERROR(pass_on());
    RETURN_IF_ERROR(std::exchange(failed_, {}));
    return SingleBucket::end_target();
  }

 private:
  /// The objects of the document that was collected last.
  base::Status pass_on() {
    const std::vector<size_t> buckets = std::exchange(buckets_, {});
    if (buckets.empty() || !parents_) return {};
    const DocId begin = parents_->begin_of(parent_);
    while (next_object_ < objects_.size() && objects_[next_object_] < begin) ++next_object_;
    for (; next_object_ < objects_.size() && objects_[next_object_] < parent_; ++next_object_) {
      for (const size_t bucket : buckets) RETURN_IF_ERROR(collect_bucket(objects_[next_object_], score_, bucket));
    }
    return {};
  }
  void keep(base::Status status) {
    if (!status.has_value() && failed_.has_value()) failed_ = std::move(status);
  }

  const std::string& path_;
  std::string_view scope_;
  std::optional<NestedParents> parents_;  ///< none: the segment has no nested objects
  std::vector<DocId> objects_;            ///< of path_ in the segment
  size_t next_object_ = 0;
  DocId parent_ = 0;
  float score_ = 0;              ///< of `parent_`
  std::vector<size_t> buckets_;  ///< of `parent_`
  base::Status failed_;          ///< of a segment's last document
};

class ReverseNestedSpec final : public SingleBucketSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  std::string path;  ///< empty: root documents
};

/// Each document around the objects once a bucket.
class ReverseNested final : public SingleBucket {
 public:
  ReverseNested(const ReverseNestedSpec& spec, AggregationContext& context, AggregatorList subs)
      : SingleBucket(spec, context, std::move(subs)), path_(spec.path) {}
  base::Status begin_target(const LocalTarget& target) override {
    if (!path_.empty()) {
      base::Status nested = check_nested(spec_.type, path_, target);
      if (!nested.has_value()) return Error(ErrorCode::kIllegalArgument, "{}", nested.error().reason());
    }
    return SingleBucket::begin_target(target);
  }
  void begin_segment(const AggregationSegment& segment) override {
    parents_.reset();
    last_.clear();
    if (segment.segment.reader().nested() != nullptr) parents_.emplace(segment.segment, path_);
    SingleBucket::begin_segment(segment);
  }
  base::Status collect(DocId doc, float score, size_t bucket) override {
    if (!parents_) return {};
    const DocId parent = parents_->at_or_after(doc);
    if (bucket >= last_.size()) last_.resize(bucket + 1, kNoMoreDocs);
    if (parent == kNoMoreDocs || last_[bucket] == parent) return {};
    last_[bucket] = parent;
    return collect_bucket(parent, score, bucket);
  }

 private:
  const std::string& path_;
  std::optional<NestedParents> parents_;
  std::vector<DocId> last_;  ///< by bucket: the document counted last
};

Result<AggregatorPtr> NestedSpec::create(AggregationContext& context) const {
  ASSIGN_OR_RETURN(AggregatorList below, create_subs(*this, context, path));
  return AggregatorPtr(std::make_unique<Nested>(*this, context, std::move(below)));
}

Result<AggregatorPtr> ReverseNestedSpec::create(AggregationContext& context) const {
  if (context.nested_scope.empty()) {
    return Error(ErrorCode::kIllegalArgument, "Reverse nested aggregation [{}] can only be used inside a [nested] aggregation",
                 name);
  }
  if (!path.empty() && context.nested_scope != path && !context.nested_scope.starts_with(path + ".")) {
    return Error(ErrorCode::kIllegalArgument, "Reverse nested path [{}] is not a parent of the current nested scope [{}]", path,
                 context.nested_scope);
  }
  ASSIGN_OR_RETURN(AggregatorList below, create_subs(*this, context, path));
  return AggregatorPtr(std::make_unique<ReverseNested>(*this, context, std::move(below)));
}

}  // namespace

Result<AggregationSpecPtr> parse_nested(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<NestedSpec>();
  for (const auto [key, value] : body.as_object()) {
    if (key != "path" || !value.is_string())
      return parsing_error({parser.document, 0}, value,
                           base::format("Unexpected token {} in [{}].", token_name(value), parser.name));
    spec->path = value.as_string();
  }
  if (spec->path.empty()) {
    return parsing_error({parser.document, 0}, body, base::format("Missing [path] field for nested aggregation [{}]", parser.name));
  }
  return AggregationSpecPtr(std::move(spec));
}

Result<AggregationSpecPtr> parse_reverse_nested(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<ReverseNestedSpec>();
  for (const auto [key, value] : body.as_object()) {
    if (key != "path" || !value.is_string())
      return parsing_error({parser.document, 0}, value,
                           base::format("Unknown key for a {} in [{}]: [{}].", token_name(value), parser.name, key));
    spec->path = value.as_string();
  }
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
