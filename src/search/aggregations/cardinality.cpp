#include <algorithm>
#include <limits>
#include <optional>

#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/distinct_counter.h"
#include "search/aggregations/values_source.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Result;

class CardinalitySpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return Values::kSingle; }
  ValuesRequest source;
  int64_t precision_threshold = 3000;
};

class Cardinality final : public Aggregator {
 public:
  Cardinality(const CardinalitySpec& spec, const AggregationContext& context)
      : spec_(spec), context_(context), source_(spec.source) {}
  base::Status begin_target(const LocalTarget& target) override {
    const index::MappedField* field = target.snapshot->mapping().find(spec_.source.field);
    if (field != nullptr && field->type == index::FieldType::kDenseVector) {
      return base::Error(base::ErrorCode::kIllegalArgument, "Cardinality aggregation [{}] does not support vector fields",
                         spec_.name);
    }
    return source_.begin_target(target, context_.backend.now_ms());
  }
  void begin_segment(const AggregationSegment& segment) override {
    source_.begin_segment(segment);
    hashes_.assign(static_cast<size_t>(source_.num_ordinals()), 0);
  }
  base::Status collect(DocId doc, float /*score*/, size_t bucket) override {
    const int32_t count = source_.count(doc);
    if (count == 0) return {};
    while (bucket >= counters_.size()) counters_.emplace_back(spec_.precision_threshold);
    for (int32_t i = 0; i < count; ++i) counters_[bucket].add(hash_of(doc, i));
    return {};
  }
  Result<Aggregation> result(size_t bucket) override {
    Aggregation aggregation;
    aggregation.typed_as = "cardinality";
    const int64_t count = bucket < counters_.size() ? counters_[bucket].count() : 0;
    aggregation.values.emplace_back("value", static_cast<double>(count));
    append_member(aggregation.body, "value", std::to_string(count));
    return aggregation;
  }
  double metric(size_t bucket, std::string_view property) const override {
    if (property != "value") return std::numeric_limits<double>::quiet_NaN();
    return bucket < counters_.size() ? static_cast<double>(counters_[bucket].count()) : 0;
  }

 private:
  uint64_t hash_of(DocId doc, int32_t i) {
    if (source_.kind() != ValuesSource::Kind::kText) return mix_bits(static_cast<uint64_t>(source_.encoded(doc, i)) + 1);
    const int32_t ordinal = source_.ordinal(doc, i);
    if (ordinal < 0) return hash_text(source_.text(doc, i));
    uint64_t& hash = hashes_[static_cast<size_t>(ordinal)];
    if (hash == 0) hash = hash_text(source_.term(ordinal));
    return hash;
  }

  const CardinalitySpec& spec_;
  const AggregationContext& context_;
  ValuesSource source_;
  std::vector<uint64_t> hashes_;  ///< of the segment's ordinals; 0: not known yet
  std::vector<DistinctCounter> counters_;
};

Result<AggregatorPtr> CardinalitySpec::create(AggregationContext& context) const {
  return AggregatorPtr(std::make_unique<Cardinality>(*this, context));
}

}  // namespace

Result<AggregationSpecPtr> parse_cardinality(const AggregationParser& parser, base::JsonValue body) {
  constexpr int64_t kMaxThreshold = 40000;
  auto spec = std::make_unique<CardinalitySpec>();
  spec->source.type = parser.type;
  for (const base::JsonMember member : body.as_object()) {
    if (member.key == "precision_threshold") {
      ASSIGN_OR_RETURN(const int64_t threshold, read_long(member.value, member.key));
      if (threshold < 0) {
        return parser.failed_field(member, "[precisionThreshold] must be greater than or equal to 0. Found [" +
                                               std::to_string(threshold) + "] in [" + std::string(parser.name) + "]");
      }
      spec->precision_threshold = std::min(threshold, kMaxThreshold);
      continue;
    }
    if (member.key == "execution_hint" || member.key == "rehash") continue;
    ASSIGN_OR_RETURN(const bool known, spec->source.read(member));
    if (!known) return parser.unknown_field(member);
  }
  if (spec->source.field.empty()) {
    return base::Error(base::ErrorCode::kIllegalArgument, "Required one of fields [field, script], but none were specified. ");
  }
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
