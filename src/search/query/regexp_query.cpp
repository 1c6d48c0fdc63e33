#include "search/query/regexp_query.h"

#include <atomic>
#include <memory>

#include "base/format.h"
#include "base/unicode.h"
#include "search/exec/doc_set_weight.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int64_t kMaxLength = 1000;  // index.max_regex_length, unless it is set

/// What a search for terms by one pattern needs in every segment. Each walk compiles an automaton of its own: they belong to one
/// thread.
struct Walk {
  std::string field;
  std::string pattern;
  RegexpOptions options;
  std::string index_uuid;
  RuntimeError* runtime_error;
  std::atomic<bool> failed = false;

  void note_too_complex() {
    failed = true;
    if (runtime_error == nullptr) return;
    runtime_error->note(Error(ErrorCode::kQueryShard, "failed to create query: Determinizing {} would require more than {} effort.",
                              pattern, options.max_determinized_states)
                            .with("index_uuid", index_uuid));
  }
  void fill(const SegmentContext& segment, std::vector<DocId>& docs) {
    const index::FieldTerms* const terms = segment.reader().terms(field);
    const auto automaton = RegexpAutomaton::compile(pattern, options);
    if (terms == nullptr || !automaton) return;
    const std::string& prefix = (*automaton)->fixed_prefix();
    const auto cursor = terms->terms();
    if (!prefix.empty()) cursor->seek(prefix);
    for (; !failed && cursor->valid() && cursor->term().starts_with(prefix); cursor->next()) {
      if ((*automaton)->matches(cursor->term())) append_postings(terms->postings(cursor->meta()), docs);
      if ((*automaton)->too_complex()) return note_too_complex();
    }
  }
};

/// Documents with a term that matches. They are not to be cached once the pattern turned out to be too complex.
class RegexpWeight final : public Weight {
 public:
  RegexpWeight(std::shared_ptr<Walk> walk, float boost, std::string description, FilterKey key)
      : walk_(std::move(walk)),
        docs_([walk = walk_](const SegmentContext& segment, std::vector<DocId>& docs) { walk->fill(segment, docs); }, boost,
              std::move(description), std::move(key)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override { return docs_.scorer(segment); }
  bool add_filter_key(FilterKey& key) const override { return !walk_->failed && docs_.add_filter_key(key); }
  std::string description() const override { return docs_.description(); }

 private:
  std::shared_ptr<Walk> walk_;
  DocSetWeight docs_;
};

FilterKey key_of(const Walk& walk) {
  const RegexpFlags& flags = walk.options.flags;
  FilterKey key;
  key.kind('x').add(walk.field).add(walk.pattern).add(int64_t{walk.options.case_insensitive});
  for (const bool flag : {flags.complement, flags.interval, flags.intersection, flags.any_string, flags.empty})
    key.add(int64_t{flag});
  return key.add(int64_t{walk.options.max_determinized_states});
}

}  // namespace

base::Result<QueryPtr> RegexpQuery::parse(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, "regexp", body));
  auto query = std::make_unique<RegexpQuery>();
  query->field_ = field.key;
  base::JsonValue value = field.value;
  if (field.value.is_object()) {
    value = {};
    for (const base::JsonMember member : field.value.as_object()) {
      ASSIGN_OR_RETURN(const bool common, read_common(*query, member));
      if (common || member.key == "rewrite") continue;
      if (member.key == "value") {
        value = member.value;
      } else if (member.key == "flags") {
        ASSIGN_OR_RETURN(query->options_.flags, RegexpFlags::parse(scalar_text(member.value)));
      } else if (member.key == "flags_value") {
        RETURN_IF_ERROR(read_int(member.value, "flags_value"));
      } else if (member.key == "case_insensitive") {
        ASSIGN_OR_RETURN(query->options_.case_insensitive, read_bool(member.value, "case_insensitive"));
      } else if (member.key == "max_determinized_states") {
        ASSIGN_OR_RETURN(query->options_.max_determinized_states, read_int(member.value, "max_determinized_states"));
      } else {
        return unsupported_key(parser, "regexp", member);
      }
    }
  }
  if (value.is_null() || value.is_array() || value.is_object()) return Error(ErrorCode::kIllegalArgument, "value cannot be null");
  query->value_ = scalar_text(value);
  return query;
}

base::Result<WeightPtr> RegexpQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  const index::MappedField* const field = context.mapping().find(field_);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  RETURN_IF_ERROR(check_takes_patterns(*field, "regexp"));
  return regexp_weight(context, *field, value_, options_, parent_boost * boost);
}

base::Result<WeightPtr> regexp_weight(const BindContext& context, const index::MappedField& field, std::string_view pattern,
                                      const RegexpOptions& options, float boost) {
  const int64_t max_length = context.limit("index.max_regex_length", kMaxLength);
  if (const auto length = static_cast<int64_t>(base::utf16_length(pattern)); length > max_length) {
    return Error(ErrorCode::kIllegalArgument,
                 "The length of regex [{}] used in the Regexp Query request has exceeded the allowed maximum of [{}]. This maximum "
                 "can be set by changing the [index.max_regex_length] index level setting.",
                 length, max_length);
  }
  ASSIGN_OR_RETURN(const auto automaton, RegexpAutomaton::compile(pattern, options));
  if (field.type == index::FieldType::kConstantKeyword)
    return constant_keyword_weight(
        field, [&](std::string_view value) { return automaton->matches(value); }, boost);
  auto walk =
      std::make_shared<Walk>(field.name, std::string(pattern), options, context.snapshot.index_uuid(), context.runtime_error);
  FilterKey key = key_of(*walk);
  return std::make_unique<RegexpWeight>(std::move(walk), boost, field.name + ":/" + std::string(pattern) + "/", std::move(key));
}

}  // namespace selene::search
