#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/format.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/exec/nested_weight.h"
#include "search/exec/top_docs_heap.h"
#include "search/fetch/hits_request.h"
#include "search/fetch/nested_object.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

class TopHitsSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return Values::kNone; }
  HitsRequest hits;
};

/// Order of hits: by the plan, or by score; ties by document.
struct Before {
  const SortPlan* plan = nullptr;
  bool operator()(const FoundHit& a, const FoundHit& b) const {
    if (plan != nullptr) {
      const int order = plan->compare(a.keys, b.keys);
      return order != 0 ? order < 0 : a.address < b.address;
    }
    return a.score != b.score ? a.score > b.score : a.address < b.address;
  }
};

class TopHits final : public Aggregator {
 public:
  TopHits(const TopHitsSpec& spec, AggregationContext& context, std::optional<SortPlan> plan)
      : spec_(spec), context_(context), scope_(context.nested_scope), plan_(std::move(plan)) {}

  bool needs_scores() const override { return shows_scores() || plan_->reads_scores(); }
  base::Status begin_target(const LocalTarget& target) override {
    shard_ = static_cast<int32_t>(&target - context_.backend.targets().data());
    RETURN_IF_ERROR(check_window(context_.backend.bind_context(target)));
    if (!plan_) return {};
    ASSIGN_OR_RETURN(SortReader reader, SortReader::create(*plan_, *target.snapshot, shard_, context_.backend.now_ms(),
                                                           context_.backend.bind_context(target).runtime_error));
    reader_ = std::move(reader);
    return {};
  }
  void begin_segment(const AggregationSegment& segment) override {
    doc_base_ = segment.segment.view.doc_base;
    if (reader_) reader_->set_segment(segment.segment);
  }
  base::Status collect(DocId doc, float score, size_t bucket) override {
    const HitsRequest& wanted = spec_.hits;
    while (bucket >= buckets_.size()) {
      buckets_.push_back(
          {0,
           std::numeric_limits<float>::quiet_NaN(),
           {static_cast<size_t>(wanted.from) + static_cast<size_t>(wanted.size), Before{plan_ ? &*plan_ : nullptr}}});
    }
    Bucket& into = buckets_[bucket];
    ++into.total;
    if (shows_scores() && !(score <= into.max_score)) into.max_score = score;
    FoundHit hit{{shard_, doc_base_ + doc}, shows_scores() ? score : std::numeric_limits<float>::quiet_NaN(), {}};
    if (reader_) reader_->read(doc, score, hit.keys);
    if (into.heap.competes(hit)) into.heap.push(std::move(hit));
    return {};
  }
  Result<Aggregation> result(size_t bucket) override {
    Aggregation aggregation;
    aggregation.typed_as = "top_hits";
    std::vector<FoundHit> hits;
    int64_t total = 0;
    float max_score = std::numeric_limits<float>::quiet_NaN();
    if (bucket < buckets_.size()) {
      total = buckets_[bucket].total;
      max_score = buckets_[bucket].max_score;
      hits = buckets_[bucket].heap.take_sorted();
    }
    hits.erase(hits.begin(),
               hits.begin() + static_cast<std::ptrdiff_t>(std::min(hits.size(), static_cast<size_t>(spec_.hits.from))));
    base::JsonWriter out;
    out.begin_object().key("total").begin_object().field("value", total).field("relation", "eq").end_object();
    out.key("max_score");
    std::isnan(max_score) || hits.empty() ? out.null() : out.value(max_score);
    out.key("hits");
    RETURN_IF_ERROR(scope_.empty() ? write_hits(context_.backend, hits, plan_ ? &*plan_ : nullptr, spec_.hits.fetch, out)
                                   : write_objects(hits, out));
    out.end_object();
    append_member(aggregation.body, "hits", out.text());
    return aggregation;
  }
  double metric(size_t /*bucket*/, std::string_view /*property*/) const override {
    return std::numeric_limits<double>::quiet_NaN();
  }

 private:
  bool shows_scores() const { return !plan_ || plan_->needs_scores() || spec_.hits.track_scores; }
  /// Hits that are nested objects.
  base::Status write_objects(const std::vector<FoundHit>& hits, base::JsonWriter& out) const {
    out.begin_array();
    for (const FoundHit& hit : hits) RETURN_IF_ERROR(write_object(hit, out));
    out.end_array();
    return {};
  }
  base::Status write_object(const FoundHit& hit, base::JsonWriter& out) const {
    const LocalTarget& target = context_.backend.target(hit.address);
    const index::Snapshot& snapshot = *target.snapshot;
    const index::SegmentView& view = snapshot.segment_of(hit.address.doc);
    const SegmentContext segment{view, static_cast<size_t>(&view - snapshot.segments().data())};
    const DocId object = hit.address.doc - view.doc_base;
    const DocId root = NestedParents(segment, {}).at_or_after(object);
    const DocId wanted[] = {view.doc_base + root};
    ASSIGN_OR_RETURN(const auto documents, snapshot.documents(wanted));
    ASSIGN_OR_RETURN(const base::JsonDocument source, base::JsonDocument::parse(documents.front()->source));
    std::optional<Highlighter> highlighter;
    FetchOptions options = spec_.hits.fetch;
    options.source = options.source.for_index(*target.index, snapshot.mapping());
    if (options.highlight != nullptr) {
      ASSIGN_OR_RETURN(highlighter, Highlighter::create(*options.highlight, context_.backend.bind_context(target),
                                                        options.highlighted_queries, nullptr));
    }
    out.begin_object();
    const NestedObject shown{snapshot, segment, object, scope_, *documents.front(), source.root()};
    RETURN_IF_ERROR(write_nested_object(shown, hit.score, options, highlighter ? &*highlighter : nullptr, out));
    if (plan_) {
      out.key("sort");
      plan_->write(hit.keys, out);
    }
    out.end_object();
    return {};
  }
  base::Status check_window(const BindContext& bind) const {
    const int64_t window = int64_t{spec_.hits.from} + spec_.hits.size;
    const int64_t limit = bind.limit("index.max_inner_result_window", 100);
    if (window <= limit) return {};
    return Error(ErrorCode::kIllegalArgument,
                 "Top hits result window is too large, the top hits aggregator [{}]'s from + size must be less than or equal to: "
                 "[{}] but was [{}]. This limit can be set by changing the [index.max_inner_result_window] index level setting.",
                 spec_.name, limit, window);
  }

  struct Bucket {
    int64_t total = 0;
    float max_score = 0;
    TopDocsHeap<FoundHit, Before> heap;
  };

  const TopHitsSpec& spec_;
  AggregationContext& context_;
  std::string_view scope_;  ///< the nested path whose objects are the hits; empty: root documents
  std::optional<SortPlan> plan_;
  std::optional<SortReader> reader_;
  int32_t shard_ = 0;
  DocId doc_base_ = 0;
  std::vector<Bucket> buckets_;
};

Result<AggregatorPtr> TopHitsSpec::create(AggregationContext& context) const {
  std::optional<SortPlan> plan;
  if (!hits.sort.empty()) {
    std::vector<const index::Snapshot*> snapshots;
    for (const LocalTarget& target : context.backend.targets()) snapshots.push_back(target.snapshot.get());
    ASSIGN_OR_RETURN(plan, SortPlan::create(hits.sort, snapshots));
  }
  return AggregatorPtr(std::make_unique<TopHits>(*this, context, std::move(plan)));
}

}  // namespace

Result<AggregationSpecPtr> parse_top_hits(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<TopHitsSpec>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, spec->hits.read(parser.document, member));
    if (!known) {
      return parsing_error({parser.document, 0}, member.value,
                           base::format("Unknown key for a {} in [{}].", token_name(member.value), parser.name));
    }
  }
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
