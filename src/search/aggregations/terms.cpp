#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "index/mapping/document_parser.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/bucket_order.h"
#include "search/aggregations/bucket_ordinals.h"
#include "search/aggregations/term_selection.h"
#include "search/aggregations/values_source.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Result;
using Kind = ValuesSource::Kind;

class TermsSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return Values::kBuckets; }

  ValuesRequest source;
  int32_t size = 10;
  std::optional<int32_t> given_shard_size;
  int32_t shard_size() const { return std::max(size, given_shard_size.value_or(size + size / 2 + 10)); }
  int64_t min_doc_count = 1;
  bool shows_error = false;
  BucketOrder order = {{"_count", true}};
  TermSelection selection;
};

/// A bucket while it is ranked. `values`: one for each key of the order that is a metric.
struct Candidate {
  size_t ordinal = Aggregator::kNoBucket;
  int64_t key = 0;
  int64_t doc_count = 0;
  std::vector<double> values;
};

class Terms final : public BucketAggregator {
 public:
  Terms(const TermsSpec& spec, AggregationContext& context, AggregatorList subs)
      : BucketAggregator(spec, context, std::move(subs)), terms_(spec), source_(spec.source) {}

  base::Status begin_target(const LocalTarget& target) override {
    RETURN_IF_ERROR(source_.begin_target(target, context_.backend.now_ms()));
    if (source_.kind() == Kind::kInteger || source_.kind() == Kind::kFloating)
      RETURN_IF_ERROR(terms_.selection.check_numeric(spec_.name));
    return BucketAggregator::begin_target(target);
  }
  void begin_segment(const AggregationSegment& segment) override {
    BucketAggregator::begin_segment(segment);
    source_.begin_segment(segment);
    keys_.assign(static_cast<size_t>(source_.num_ordinals()), kUnknown);
    if (terms_.min_doc_count == 0) add_all_terms(segment.segment.reader().max_doc());
  }
  base::Status collect(DocId doc, float score, size_t bucket) override {
    const int32_t count = source_.count(doc);
    int64_t before = kExcluded;
    for (int32_t i = 0; i < count; ++i) {
      const int64_t key = key_of(doc, i);
      if (key == kExcluded || (i > 0 && key == before)) continue;
      before = key;
      RETURN_IF_ERROR(collect_bucket(doc, score, ordinals_.find_or_add(bucket, key)));
    }
    return {};
  }
  Result<Aggregation> result(size_t bucket) override;

 private:
  static constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kExcluded = kUnknown + 1;

  bool is_text() const { return source_.kind() == Kind::kText || source_.kind() == Kind::kUnmapped; }
  int64_t key_of_text(std::string_view text) {
    const bool takes = source_.format().kind() == ValueFormat::Kind::kAddress
                           ? terms_.selection.takes_text(source_.format().text_of_term(text))
                           : terms_.selection.takes_text(text);
    return takes ? texts_.find_or_add(text) : kExcluded;
  }
  int64_t key_of(DocId doc, int32_t i) {
    if (!is_text()) {
      const int64_t encoded = source_.encoded(doc, i);
      return terms_.selection.takes_number(source_.number(doc, i)) ? encoded : kExcluded;
    }
    const int32_t ordinal = source_.ordinal(doc, i);
    if (ordinal < 0) return key_of_text(source_.text(doc, i));
    int64_t& key = keys_[static_cast<size_t>(ordinal)];
    if (key == kUnknown) key = key_of_text(source_.term(ordinal));
    return key;
  }
  /// min_doc_count 0 shows terms of documents that did not match, too.
  void add_all_terms(DocId max_doc) {
    for (DocId doc = 0; !is_text() && doc < max_doc; ++doc) {
      for (int32_t i = 0; i < source_.count(doc); ++i) {
        if (const int64_t key = key_of(doc, i); key != kExcluded) all_keys_.insert(key);
      }
    }
    for (int32_t ordinal = 0; ordinal < source_.num_ordinals(); ++ordinal) {
      const int64_t key = key_of_text(source_.term(ordinal));
      if (key != kExcluded) all_keys_.insert(key);
    }
  }
  bool before(const Candidate& a, const Candidate& b) const;
  int compare_keys(int64_t a, int64_t b) const {
    if (is_text()) return texts_.text(a).compare(texts_.text(b));
    return a < b ? -1 : a > b ? 1 : 0;
  }
  std::vector<Candidate> candidates(size_t bucket);
  /// Counts are exact, but Elasticsearch calls them unknown (-1) in an order that is neither by key nor by most documents, once
  /// there are more terms than a shard would send.
  int32_t error_bound(size_t num_terms) const {
    const BucketOrderKey& first = terms_.order.front();
    const bool is_known = first.path == "_key" || (first.path == "_count" && first.descending);
    return !is_known && num_terms >= static_cast<size_t>(terms_.shard_size()) ? -1 : 0;
  }
  void write_key(int64_t key, AggregationBucket& into) const;
  std::string_view typed_as() const { return is_text() ? "sterms" : source_.kind() == Kind::kFloating ? "dterms" : "lterms"; }

  const TermsSpec& terms_;
  ValuesSource source_;
  TextNumbers texts_;
  BucketOrdinals ordinals_;
  std::vector<int64_t> keys_;  ///< of the segment's ordinals
  std::set<int64_t> all_keys_;
};

bool Terms::before(const Candidate& a, const Candidate& b) const {
  size_t metric = 0;
  for (const BucketOrderKey& key : terms_.order) {
    int order = 0;
    if (key.path == "_count") {
      order = a.doc_count < b.doc_count ? -1 : a.doc_count > b.doc_count ? 1 : 0;
    } else if (key.path == "_key") {
      order = compare_keys(a.key, b.key);
    } else {
      const double x = a.values[metric];
      const double y = b.values[metric++];
      if (std::isnan(x) || std::isnan(y)) {  // buckets without a value come last
        if (std::isnan(x) != std::isnan(y)) return std::isnan(y);
        continue;
      }
      order = x < y ? -1 : x > y ? 1 : 0;
    }
    if (order != 0) return (order < 0) != key.descending;
  }
  return compare_keys(a.key, b.key) < 0;
}

std::vector<Candidate> Terms::candidates(size_t bucket) {
  std::vector<Candidate> all;
  std::set<int64_t> unseen = all_keys_;
  for (const size_t ordinal : ordinals_.of_parent(bucket)) {
    Candidate candidate{ordinal, ordinals_.key(ordinal), doc_count(ordinal), {}};
    unseen.erase(candidate.key);
    if (candidate.doc_count < terms_.min_doc_count) continue;
    all.push_back(std::move(candidate));
  }
  for (const int64_t key : unseen) all.push_back({kNoBucket, key, 0, {}});
  for (Candidate& candidate : all) {
    for (const BucketOrderKey& key : terms_.order) {
      if (key.path != "_count" && key.path != "_key") candidate.values.push_back(order_value(subs_, key.path, candidate.ordinal));
    }
  }
  return all;
}

void Terms::write_key(int64_t key, AggregationBucket& into) const {
  if (is_text()) {
    into.key = source_.format().text_of_term(texts_.text(key));
    append_member(into.members, "key", base::quote(into.key));
    return;
  }
  const ValueFormat& format = source_.format();
  if (source_.kind() == Kind::kFloating) {
    into.key_number = index::decode_sortable(key);
    into.key = base::format_number(into.key_number);
    append_member(into.members, "key", into.key);
    if (format.shows_text()) append_member(into.members, "key_as_string", base::quote(format.text(into.key_number)));
    return;
  }
  into.key_number = static_cast<double>(key);
  into.key = format.text_of_integer(key);
  append_member(into.members, "key", format.kind() == ValueFormat::Kind::kUnsigned ? into.key : std::to_string(key));
  if (format.shows_text()) append_member(into.members, "key_as_string", base::quote(into.key));
}

Result<Aggregation> Terms::result(size_t bucket) {
  std::vector<Candidate> all = candidates(bucket);
  const auto precedes = [this](const Candidate& a, const Candidate& b) { return before(a, b); };
  const auto wanted = std::min(all.size(), static_cast<size_t>(terms_.size));
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted), all.end(), precedes);
  int64_t other = 0;
  for (size_t i = wanted; i < all.size(); ++i) other += all[i].doc_count;
  Aggregation aggregation = named(typed_as(), Aggregation::Shape::kBuckets);
  const std::string error = std::to_string(error_bound(all.size()));
  append_member(aggregation.body, "doc_count_error_upper_bound", error);
  append_member(aggregation.body, "sum_other_doc_count", std::to_string(other));
  for (size_t i = 0; i < wanted; ++i) {
    ASSIGN_OR_RETURN(AggregationBucket one, bucket_of(all[i].ordinal));
    write_key(all[i].key, one);
    if (terms_.shows_error) append_member(one.more, "doc_count_error_upper_bound", error);
    aggregation.buckets.push_back(std::move(one));
  }
  return aggregation;
}

Result<AggregatorPtr> TermsSpec::create(AggregationContext& context) const {
  RETURN_IF_ERROR(check_bucket_order(order, subs));
  ASSIGN_OR_RETURN(AggregatorList list, AggregatorList::create(subs, context));
  return AggregatorPtr(std::make_unique<Terms>(*this, context, std::move(list)));
}

}  // namespace

Result<AggregationSpecPtr> parse_terms(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<TermsSpec>();
  spec->source.type = parser.type;
  for (const base::JsonMember member : body.as_object()) {
    const auto [key, value] = member;
    if (key == "size" || key == "shard_size") {
      ASSIGN_OR_RETURN(const int32_t size, parser.read_count(member, 1));
      if (key == "size") {
        spec->size = size;
      } else {
        spec->given_shard_size = size;
      }
    } else if (key == "min_doc_count" || key == "shard_min_doc_count") {
      ASSIGN_OR_RETURN(const int32_t count, parser.read_count(member, 0));
      if (key == "min_doc_count") spec->min_doc_count = count;
    } else if (key == "order") {
      ASSIGN_OR_RETURN(spec->order, parse_bucket_order(parser, member));
    } else if (key == "include" || key == "exclude") {
      RETURN_IF_ERROR(spec->selection.read(parser, member));
    } else if (key == "show_term_doc_count_error") {
      ASSIGN_OR_RETURN(spec->shows_error, read_bool(value, key));
    } else if (key != "execution_hint" && key != "collect_mode") {
      ASSIGN_OR_RETURN(const bool known, spec->source.read(member));
      if (!known) return parser.unknown_field(member);
    }
  }
  RETURN_IF_ERROR(spec->selection.check());
  if (spec->source.field.empty()) {
    return base::Error(base::ErrorCode::kIllegalArgument, "Required one of fields [field, script], but none were specified. ");
  }
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
