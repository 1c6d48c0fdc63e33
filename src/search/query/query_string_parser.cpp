#include "search/query/query_string_parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/query/clause_limit.h"
#include "search/query/minimum_should_match.h"
#include "search/query/query_string_lexer.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using Token = QueryStringToken;
using Kind = QueryStringToken::Kind;

constexpr int kMaxQueryStringNesting = 100;

enum class Occur : uint8_t { kShould, kMust, kMustNot };
enum class Conjunction : uint8_t { kNone, kAnd, kOr };
enum class Modifier : uint8_t { kNone, kRequired, kNot };

struct QueryStringClause {
  Occur occur;
  WeightPtr weight;
};

class QueryStringReader {
 public:
  QueryStringReader(std::vector<Token> tokens, const QueryStringLeaves& leaves, const QueryStringOptions& options, ScoreMode mode)
      : tokens_(std::move(tokens)), leaves_(leaves), options_(options), mode_(mode) {}

  Result<WeightPtr> run(float boost) {
    boost_ = boost;
    ASSIGN_OR_RETURN(std::vector<QueryStringClause> clauses, query(""));
    if (peek().kind != Kind::kEnd) return unexpected();
    return joined(std::move(clauses), options_.minimum_should_match);
  }

 private:
  const Token& peek(size_t ahead = 0) const { return tokens_[std::min(pos_ + ahead, tokens_.size() - 1)]; }
  Token take() { return tokens_[pos_ + 1 < tokens_.size() ? pos_++ : pos_]; }
  bool accept(Kind kind) {
    if (peek().kind != kind) return false;
    take();
    return true;
  }
  Error unexpected() const {
    if (peek().kind == Kind::kEnd) return Error(ErrorCode::kParse, "Encountered \"<EOF>\" at line 1, column {}.", peek().offset);
    return Error(ErrorCode::kParse, "Encountered \" {} \" at line 1, column {}.", peek().text, peek().offset);
  }

  Conjunction conjunction() {
    if (accept(Kind::kAnd)) return Conjunction::kAnd;
    if (accept(Kind::kOr)) return Conjunction::kOr;
    return Conjunction::kNone;
  }
  Modifier modifier() {
    if (accept(Kind::kPlus)) return Modifier::kRequired;
    if (accept(Kind::kMinus) || accept(Kind::kNot)) return Modifier::kNot;
    return Modifier::kNone;
  }

  /// Clauses up to the end or a closing bracket.
  Result<std::vector<QueryStringClause>> query(const std::string& field) {
    std::vector<QueryStringClause> clauses;
    bool first = true;
    while (peek().kind != Kind::kEnd && peek().kind != Kind::kClose) {
      if (clauses.size() > kMaxClauses) {
        return too_many_clauses();
      }
      if (starts_run()) {
        ASSIGN_OR_RETURN(std::vector<WeightPtr> weights, run_of_terms(field));
        for (WeightPtr& weight : weights) add(clauses, Conjunction::kNone, Modifier::kNone, std::move(weight));
        first = false;
        continue;
      }
      const Conjunction joint = first ? Conjunction::kNone : conjunction();
      const Modifier mark = modifier();
      ASSIGN_OR_RETURN(WeightPtr weight, clause(field));
      add(clauses, joint, mark, std::move(weight));
      first = false;
    }
    if (first) return unexpected();
    return clauses;
  }

  void add(std::vector<QueryStringClause>& clauses, Conjunction joint, Modifier mark, WeightPtr weight) const {
    if (!clauses.empty() && joint == Conjunction::kAnd && clauses.back().occur != Occur::kMustNot)
      clauses.back().occur = Occur::kMust;
    if (!clauses.empty() && options_.operator_and && joint == Conjunction::kOr && clauses.back().occur != Occur::kMustNot)
      clauses.back().occur = Occur::kShould;
    if (weight == nullptr) return;
    Occur occur = Occur::kShould;
    if (mark == Modifier::kNot) {
      occur = Occur::kMustNot;
    } else if (options_.operator_and ? joint != Conjunction::kOr : mark == Modifier::kRequired || joint == Conjunction::kAnd) {
      occur = Occur::kMust;
    }
    clauses.push_back({occur, std::move(weight)});
  }

  /// What may not stand behind a word that is analysed together with its neighbour.
  static bool ends_run(Kind kind) {
    return kind == Kind::kColon || kind == Kind::kStar || kind == Kind::kFuzzy || kind == Kind::kBoost || kind == Kind::kAnd ||
           kind == Kind::kOr;
  }
  bool starts_run() const { return peek().kind == Kind::kTerm && peek(1).kind == Kind::kTerm && !ends_run(peek(2).kind); }

  Result<std::vector<WeightPtr>> run_of_terms(const std::string& field) {
    std::string text = unescape_query_string(take().text);
    while (peek().kind == Kind::kTerm && !ends_run(peek(1).kind)) text += ' ' + unescape_query_string(take().text);
    ASSIGN_OR_RETURN(const auto fields, leaves_.fields_of(field));
    return leaves_.texts(fields, text, boost_);
  }

  Result<WeightPtr> clause(std::string field) {
    if ((peek().kind == Kind::kTerm || peek().kind == Kind::kStar || peek().kind == Kind::kWildcard ||
         peek().kind == Kind::kPrefix) &&
        peek(1).kind == Kind::kColon) {
      field = unescape_query_string(take().text);
      take();
    }
    if (peek().kind != Kind::kOpen) return leaf(field);
    if (++depth_ > kMaxQueryStringNesting)
      return Error(ErrorCode::kParse, "the query is nested more than {} deep", kMaxQueryStringNesting);
    const size_t open = pos_;
    take();
    // The boost stands behind the group, the weights inside need it first.
    ASSIGN_OR_RETURN(const float group_boost, boost_behind_group(open));
    const float outer = boost_;
    boost_ *= group_boost;
    ASSIGN_OR_RETURN(std::vector<QueryStringClause> clauses, query(field));
    boost_ = outer;
    if (!accept(Kind::kClose)) return unexpected();
    accept(Kind::kBoost);
    --depth_;
    return joined(std::move(clauses), "");
  }

  Result<float> boost_behind_group(size_t open) const {
    int32_t depth = 0;
    for (size_t i = open; i < tokens_.size(); ++i) {
      depth += tokens_[i].kind == Kind::kOpen ? 1 : tokens_[i].kind == Kind::kClose ? -1 : 0;
      if (depth > 0) continue;
      if (i + 1 < tokens_.size() && tokens_[i + 1].kind == Kind::kBoost) return number(tokens_[i + 1], 1);
      break;
    }
    return 1.0F;
  }

  static Result<float> number(const Token& token, float fallback) {
    if (token.text.empty()) {
      if (token.kind == Kind::kFuzzy) return fallback;
      return Error(ErrorCode::kParse, "Encountered \"<EOF>\" at line 1, column {}.", token.offset);
    }
    float value = 0;
    const char* const end = token.text.data() + token.text.size();
    const auto [stop, error] = std::from_chars(token.text.data(), end, value);
    if (error == std::errc() && stop == end) return value;
    return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", token.text);
  }

  /// ~ and ^ behind a leaf, in either order.
  struct Suffix {
    std::optional<Token> fuzzy;
    float boost = 1;
  };
  Result<Suffix> suffix() {
    Suffix found;
    for (int i = 0; i < 2; ++i) {
      if (peek().kind == Kind::kFuzzy && !found.fuzzy) {
        found.fuzzy = take();
      } else if (peek().kind == Kind::kBoost) {
        ASSIGN_OR_RETURN(found.boost, number(take(), 1));
      }
    }
    return found;
  }

  Result<WeightPtr> leaf(const std::string& field) {
    const Token token = take();
    switch (token.kind) {
      case Kind::kTerm:
      case Kind::kStar:
      case Kind::kPrefix:
      case Kind::kWildcard:
      case Kind::kQuoted:
      case Kind::kRegexp:
      case Kind::kRange: break;
      case Kind::kCompare: return comparison(field, token);
      default: --pos_; return unexpected();
    }
    ASSIGN_OR_RETURN(const Suffix behind, suffix());
    const float boost = boost_ * behind.boost;
    if (field == "_exists_") return leaves_.exists(unescape_query_string(token.text), boost);
    if (token.kind == Kind::kStar) return star(field, boost);
    ASSIGN_OR_RETURN(const auto fields, leaves_.fields_of(field));
    switch (token.kind) {
      case Kind::kTerm:
        return behind.fuzzy ? fuzzy(fields, token, *behind.fuzzy, boost)
                            : leaves_.text(fields, unescape_query_string(token.text), boost);
      case Kind::kPrefix:
        return leaves_.prefix(fields, unescape_query_string(std::string_view(token.text).substr(0, token.text.size() - 1)), boost);
      case Kind::kWildcard: return leaves_.wildcard(fields, token.text, boost);
      case Kind::kRegexp: return leaves_.regexp(fields, token.text, boost);
      case Kind::kRange: return range(fields, token.text, boost);
      default: break;
    }
    float slop = static_cast<float>(options_.phrase_slop);
    if (behind.fuzzy) {
      ASSIGN_OR_RETURN(slop, number(*behind.fuzzy, slop));
    }
    return leaves_.phrase(fields, unescape_query_string(token.text), static_cast<int32_t>(std::clamp(slop, 0.0F, 1e6F)), boost);
  }

  Result<WeightPtr> star(const std::string& field, float boost) const {
    if (field.empty() || field == "*") return std::make_unique<MatchAllWeight>(boost);
    return leaves_.exists(field, boost);
  }

  Result<WeightPtr> fuzzy(const std::vector<BoostedField>& fields, const Token& token, const Token& mark, float boost) const {
    FuzzyOptions fuzzy = options_.fuzzy;
    if (!mark.text.empty()) {
      ASSIGN_OR_RETURN(const float edits, number(mark, 2));
      if (edits >= 1) {
        if (edits != std::floor(edits)) return Error(ErrorCode::kParse, "Fractional edit distances are not allowed!");
        fuzzy.fuzziness.fixed = static_cast<int32_t>(std::min(edits, 2.0F));
      } else {
        const auto length = static_cast<float>(token.text.size());
        fuzzy.fuzziness.fixed = static_cast<int32_t>(std::min((1.0F - edits) * length, 2.0F));
      }
    }
    return leaves_.fuzzy(fields, unescape_query_string(token.text), fuzzy, boost);
  }

  static std::optional<std::string> bound(std::string text) {
    if (text == "*") return std::nullopt;
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return unescape_query_string(text);
  }

  Result<WeightPtr> range(const std::vector<BoostedField>& fields, std::string_view text, float boost) const {
    const std::string_view inner = text.substr(1, text.size() - 2);
    const size_t to = inner.find(" TO ");
    if (to == std::string_view::npos) return Error(ErrorCode::kParse, "Cannot parse the range {}: [low TO high] expected", text);
    const auto trimmed = [](std::string_view part) {
      while (part.starts_with(' ')) part.remove_prefix(1);
      while (part.ends_with(' ')) part.remove_suffix(1);
      return std::string(part);
    };
    QueryStringLeaves::Range range;
    range.low = bound(trimmed(inner.substr(0, to)));
    range.high = bound(trimmed(inner.substr(to + 4)));
    range.low_inclusive = text.front() == '[';
    range.high_inclusive = text.back() == ']';
    return leaves_.range(fields, range, boost);
  }

  Result<WeightPtr> comparison(const std::string& field, const Token& compare) {
    if (peek().kind != Kind::kTerm && peek().kind != Kind::kQuoted) return unexpected();
    const std::string value = unescape_query_string(take().text);
    ASSIGN_OR_RETURN(const Suffix behind, suffix());
    ASSIGN_OR_RETURN(const auto fields, leaves_.fields_of(field));
    QueryStringLeaves::Range range;
    const bool inclusive = compare.text.size() == 2;
    if (compare.text.front() == '>') {
      range.low = value;
      range.low_inclusive = inclusive;
    } else {
      range.high = value;
      range.high_inclusive = inclusive;
    }
    return leaves_.range(fields, range, boost_ * behind.boost);
  }

  Result<WeightPtr> joined(std::vector<QueryStringClause> clauses, const std::string& minimum) const {
    if (clauses.empty()) return WeightPtr();
    if (clauses.size() == 1 && clauses.front().occur != Occur::kMustNot) return std::move(clauses.front().weight);
    BooleanWeight::Clauses parts;
    for (QueryStringClause& part : clauses) {
      auto& into = part.occur == Occur::kMust ? parts.must : part.occur == Occur::kMustNot ? parts.must_not : parts.should;
      into.push_back(std::move(part.weight));
    }
    const auto num_should = static_cast<int32_t>(parts.should.size());
    if (!minimum.empty() && num_should > 0) {
      ASSIGN_OR_RETURN(parts.min_should_match, minimum_should_match(num_should, minimum));
      if (parts.min_should_match > num_should) return std::make_unique<MatchNoneWeight>();
    }
    if (parts.must.empty() && parts.should.empty()) parts.filter.push_back(std::make_unique<MatchAllWeight>(0.0F));
    return std::make_unique<BooleanWeight>(std::move(parts), mode_);
  }

  std::vector<Token> tokens_;
  const QueryStringLeaves& leaves_;
  const QueryStringOptions& options_;
  ScoreMode mode_;
  size_t pos_ = 0;
  int depth_ = 0;
  float boost_ = 1;
};

Error cannot_parse(std::string_view text, Error cause) {
  Error parse(ErrorCode::kIllegalArgument, "Cannot parse '{}': {}", text, cause.reason());
  return Error(ErrorCode::kQueryShard, "Failed to parse query [{}]", text).with_cause(std::move(parse));
}

}  // namespace

Result<WeightPtr> parse_query_string(std::string_view text, const QueryStringLeaves& leaves, const QueryStringOptions& options,
                                     ScoreMode mode, float boost) {
  auto tokens = read_query_string_tokens(text);
  if (!tokens) return cannot_parse(text, std::move(tokens).error());
  if (tokens->size() == 1) return WeightPtr();
  auto weight = QueryStringReader(std::move(tokens).value(), leaves, options, mode).run(boost);
  if (!weight && weight.error().code() == ErrorCode::kParse) return cannot_parse(text, std::move(weight).error());
  return weight;
}

}  // namespace selene::search
