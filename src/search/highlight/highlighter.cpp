#include "search/highlight/highlighter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "base/unicode.h"
#include "search/backends/source_values.h"
#include "search/highlight/semantic_passages.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

namespace {

constexpr size_t kLongestTerm = 255;             ///< UTF-16 code units that a term at the limit may still take
constexpr size_t kMaxBytesOfUnit = 3;            ///< of UTF-8, for one UTF-16 code unit
constexpr int32_t kMaxAnalyzedOffset = 1000000;  ///< index.highlight.max_analyzed_offset

/// Finds what a set of terms looks for in the tokens of one value.
class Matcher {
 public:
  /// `max_start`: of terms that are looked at, in the value.
  Matcher(const FieldTermSet& wanted, const index::TokenBuffer& tokens, int32_t offset, int32_t first_term, int64_t max_start,
          std::vector<HighlightMatch>& matches)
      : wanted_(wanted), tokens_(tokens), offset_(offset), first_term_(first_term), max_start_(max_start), matches_(matches) {}

  void run() {
    const auto& all = tokens_.tokens();
    for (size_t i = 0; i < all.size(); ++i) {
      const std::string_view term = tokens_.term(all[i]);
      if (const int32_t found = find(term); found >= 0) add(all[i], all[i], found);
    }
    for (size_t p = 0; p < wanted_.phrases.size(); ++p) {
      for (size_t i = 0; i < all.size(); ++i) phrase(wanted_.phrases[p], i, static_cast<int32_t>(wanted_.terms.size() + p));
    }
  }

 private:
  using Token = index::TokenBuffer::Token;

  void add(const Token& first, const Token& last, int32_t term) {
    if (int64_t{last.start_offset} > max_start_) return;
    matches_.push_back(
        {offset_ + static_cast<int32_t>(first.start_offset), offset_ + static_cast<int32_t>(last.end_offset), first_term_ + term});
  }
  /// Which term or pattern it is; -1: none.
  int32_t find(std::string_view term) const {
    const auto exact = std::find(wanted_.terms.begin(), wanted_.terms.end(), term);
    if (exact != wanted_.terms.end()) return static_cast<int32_t>(exact - wanted_.terms.begin());
    const auto behind = static_cast<int32_t>(wanted_.terms.size() + wanted_.phrases.size());
    for (size_t i = 0; i < wanted_.patterns.size(); ++i) {
      if (wanted_.patterns[i].matches(term)) return behind + static_cast<int32_t>(i);
    }
    for (size_t i = 0; i < wanted_.fuzzies.size(); ++i) {
      if (is_near(wanted_.fuzzies[i], term)) return behind + static_cast<int32_t>(wanted_.patterns.size() + i);
    }
    return -1;
  }
  static bool is_near(const FieldTermSet::Fuzzy& fuzzy, std::string_view term) {
    const std::vector<int32_t> points = code_points(term);
    const size_t prefix = std::min({fuzzy.prefix_length, fuzzy.points.size(), points.size()});
    if (!std::equal(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(prefix), fuzzy.points.begin())) return false;
    return edit_distance(fuzzy.points, points, fuzzy.max_edits, true) <= fuzzy.max_edits;
  }
  /// Marks the phrase whose first term is token `first`, if its terms stand at their distances with at most `slop` moves.
  void phrase(const FieldTermSet::Phrase& wanted, size_t first, int32_t term) {
    const auto& all = tokens_.tokens();
    if (!is_term(wanted, 0, all[first])) return;
    int64_t moves = 0;
    size_t begin = first;
    size_t last = first;
    for (size_t n = 1; n < wanted.terms.size(); ++n) {
      const int64_t expected = int64_t{all[first].position} + wanted.terms[n].position - wanted.terms[0].position;
      size_t best = all.size();
      int64_t distance = wanted.slop - moves + 1;
      for (size_t i = 0; i < all.size() && int64_t{all[i].position} <= expected + wanted.slop - moves; ++i) {
        const int64_t off = std::abs(int64_t{all[i].position} - expected);
        if (off < distance && i != first && i != last && is_term(wanted, n, all[i])) {
          best = i;
          distance = off;
        }
      }
      if (best == all.size()) return;
      moves += distance;
      begin = std::min(begin, best);
      last = std::max(last, best);
    }
    add(all[begin], all[last], term);
  }
  bool is_term(const FieldTermSet::Phrase& wanted, size_t n, const Token& token) const {
    const std::string_view term = tokens_.term(token);
    if (wanted.last_is_prefix && n + 1 == wanted.terms.size()) return term.starts_with(wanted.terms[n].text);
    return term == wanted.terms[n].text;
  }

  const FieldTermSet& wanted_;
  const index::TokenBuffer& tokens_;
  int32_t offset_;
  int32_t first_term_;
  int64_t max_start_;
  std::vector<HighlightMatch>& matches_;
};

void tokens_of(const index::MappedField& field, std::string_view text, index::TokenBuffer& tokens) {
  if (field.analyzer != nullptr) {
    field.analyzer->analyze(text, tokens);
    return;
  }
  tokens.clear();
  tokens.add(normalized_term(field, text), 0, 0, static_cast<uint32_t>(base::utf16_length(text)), index::TokenType::kWord);
}

void append_terms(const FieldTermSet& from, FieldTermSet& into) {
  into.terms.insert(into.terms.end(), from.terms.begin(), from.terms.end());
  into.phrases.insert(into.phrases.end(), from.phrases.begin(), from.phrases.end());
  into.patterns.insert(into.patterns.end(), from.patterns.begin(), from.patterns.end());
  into.fuzzies.insert(into.fuzzies.end(), from.fuzzies.begin(), from.fuzzies.end());
}

/// What `field` is looked for in: its own terms, or with require_field_match false those of all fields.
FieldTermSet terms_for(const index::MappedField& field, const QueryTerms& terms, bool require_field_match) {
  FieldTermSet set;
  for (const auto& [name, found] : terms) {
    if (!require_field_match || name == field.name) append_terms(found, set);
  }
  return set;
}

}  // namespace

Result<Highlighter> Highlighter::create(const HighlightRequest& request, const BindContext& context,
                                        const std::vector<JsonValue>& queries, const std::vector<RerankedPassages>* reranked) {
  QueryTerms own;
  for (const JsonValue query : queries) collect_query_terms(query, context, own);
  Highlighter highlighter(context);
  highlighter.reranked_ = reranked;
  for (const HighlightField& field : request.fields)
    RETURN_IF_ERROR(field.type == "semantic" ? highlighter.add_semantic(field, context, queries)
                                             : highlighter.add(field, context, own));
  return highlighter;
}

base::Status Highlighter::add_semantic(const HighlightField& request, const BindContext& context,
                                       const std::vector<JsonValue>& queries) {
  const std::vector<JsonValue> own = {request.highlight_query};

  for (const index::MappedField* const mapped : mapping_->match(request.pattern)) {
    if (reranked_ != nullptr && is_reranked(*reranked_, mapped->name)) {
      fields_.push_back({&request, mapped, {}});
    } else if (mapped->type == index::FieldType::kSemanticText) {
      ASSIGN_OR_RETURN(SemanticChunks chunks,
                       SemanticChunks::create(*mapped, request.highlight_query.exists() ? own : queries, context));
      fields_.push_back({&request, mapped, {}, std::move(chunks)});
    } else if (mapped->name == request.pattern) {
      return Error(ErrorCode::kIllegalArgument,
                   "highlighter type [semantic] needs a [text_similarity_reranker] that reads the field [{}]", mapped->name);
    }
  }
  return {};
}

base::Status Highlighter::add(const HighlightField& request, const BindContext& context, const QueryTerms& own) {
  QueryTerms given;
  if (request.highlight_query.exists()) collect_query_terms(request.highlight_query, context, given);
  const QueryTerms& terms = request.highlight_query.exists() ? given : own;
  for (const index::MappedField* const mapped : mapping_->match(request.pattern)) {
    if (!holds_terms(*mapped)) continue;
    if (request.type != "unified" && request.type != "plain" && request.type != "fvh") {
      return Error(ErrorCode::kIllegalArgument, "unknown highlighter type [{}] for the field [{}]", request.type, mapped->name);
    }
    if (request.type == "unified" && request.scans_chars)
      return Error(ErrorCode::kIllegalArgument, "Invalid boundary scanner type: chars");
    if (request.type == "plain" && !request.fragmenter.empty() && request.fragmenter != "simple" && request.fragmenter != "span") {
      return Error(ErrorCode::kIllegalArgument, "unknown fragmenter option [{}] for the field [{}]", request.fragmenter,
                   mapped->name);
    }
    Field field{&request, mapped, {}};
    field.terms.emplace_back(mapped, terms_for(*mapped, terms, request.require_field_match));
    for (const std::string& name : request.matched_fields) {
      const index::MappedField* const other = mapping_->find(name);
      if (other != nullptr && other != mapped && holds_terms(*other))
        field.terms.emplace_back(other, terms_for(*other, terms, request.require_field_match));
    }
    const bool any = std::any_of(field.terms.begin(), field.terms.end(), [](const auto& set) { return !set.second.empty(); });
    if (any || request.passages.no_match_size > 0) fields_.push_back(std::move(field));
  }
  return {};
}

base::Status Highlighter::write(const HighlightedDocument& document, DocAddress address, base::JsonWriter& out) const {
  base::JsonWriter fields;
  fields.begin_object();
  std::set<std::string_view> written;
  for (const Field& field : fields_) {
    if (written.contains(field.mapped->name)) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> texts, fragments(field, document, address));
    if (texts.empty()) continue;
    written.insert(field.mapped->name);
    fields.key(field.mapped->name).begin_array();
    for (const std::string& text : texts) fields.value(text);
    fields.end_array();
  }
  fields.end_object();
  if (!written.empty()) out.key("highlight").raw(fields.text());
  return {};
}

Result<std::vector<std::string>> Highlighter::fragments(const Field& field, const HighlightedDocument& document,
                                                        DocAddress address) const {
  if (field.chunks) return field.chunks->best(document, field.request->passages);
  if (field.request->type == "semantic") return semantic_passages(*reranked_, address, field.mapped->name, field.request->passages);
  std::vector<JsonValue> found;
  collect_source_values(document.source, source_path_of(*mapping_, *field.mapped), found);
  std::vector<std::string> values;
  for (const JsonValue value : found) {
    if (!value.is_object()) values.push_back(scalar_text(value));
  }
  if (values.empty()) return std::vector<std::string>();
  index::TokenBuffer tokens;
  std::vector<std::string_view> texts;
  std::vector<HighlightMatch> matches;
  int32_t offset = 0;
  for (std::string& value : values) {
    const auto length = static_cast<int32_t>(base::utf16_length(value));
    const std::optional<int32_t> limit = field.request->max_analyzed_offset;
    if (length > kMaxAnalyzedOffset && !limit) {
      return Error(ErrorCode::kIllegalArgument,
                   "The length [{}] of field [{}] in doc[{}]/index[{}] exceeds the [index.highlight.max_analyzed_offset] limit "
                   "[{}]. To avoid this error, set the query parameter [max_analyzed_offset] to a value less than index setting "
                   "[{}] and this will tolerate long field values by truncating them.",
                   length, field.mapped->name, document.id, index_name_, kMaxAnalyzedOffset, kMaxAnalyzedOffset);
    }
    texts.emplace_back(value);
    int32_t first_term = 0;
    for (const auto& [reader, wanted] : field.terms) {
      const std::string_view analysed =
          limit ? base::utf8_prefix(value, (static_cast<size_t>(*limit) + kLongestTerm) * kMaxBytesOfUnit) : value;
      tokens_of(*reader, analysed, tokens);
      Matcher(wanted, tokens, offset, first_term, limit.value_or(std::numeric_limits<int32_t>::max()), matches).run();
      first_term +=
          static_cast<int32_t>(wanted.terms.size() + wanted.phrases.size() + wanted.patterns.size() + wanted.fuzzies.size());
    }
    offset += length + 1;
  }
  std::sort(matches.begin(), matches.end(), [](const HighlightMatch& a, const HighlightMatch& b) {
    return a.start != b.start ? a.start < b.start : a.end < b.end;
  });
  return highlight_passages(texts, matches, field.request->passages);
}

}  // namespace selene::search
