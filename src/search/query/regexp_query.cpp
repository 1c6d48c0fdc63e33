#include "search/query/regexp_query.h"

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
  // Walked here, once for all segments: the automaton belongs to one thread, and it may turn out to be too complex.
  std::vector<std::vector<DocId>> docs(context.snapshot.segments().size());
  for (size_t i = 0; i < docs.size(); ++i) {
    const index::FieldTerms* const terms = context.snapshot.segments()[i].reader->terms(field.name);
    if (terms == nullptr) continue;
    const auto cursor = terms->terms();
    if (!automaton->fixed_prefix().empty()) cursor->seek(automaton->fixed_prefix());
    for (; cursor->valid() && cursor->term().starts_with(automaton->fixed_prefix()); cursor->next()) {
      if (automaton->matches(cursor->term())) append_postings(terms->postings(cursor->meta()), docs[i]);
      if (automaton->too_complex()) {
        return Error(ErrorCode::kIllegalArgument, "Determinizing {} would require more than {} effort.", pattern,
                     options.max_determinized_states);
      }
    }
  }
  auto fill = [docs = std::move(docs)](const SegmentContext& segment, std::vector<DocId>& out) { out = docs[segment.ordinal]; };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, field.name + ":/" + std::string(pattern) + "/");
}

}  // namespace selene::search
