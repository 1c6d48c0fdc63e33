#include "search/query/simple_query_parser.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/query/minimum_should_match.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kMaxSimpleQueryNesting = 100;

enum class Operator : uint8_t { kAnd, kOr };

/// A leaf, or children joined by one operator.
struct Node {
  WeightPtr leaf;
  Operator joint = Operator::kOr;
  std::vector<std::unique_ptr<Node>> children;
};
using NodePtr = std::unique_ptr<Node>;

class SimpleQueryReader {
 public:
  SimpleQueryReader(std::string_view text, const SimpleQueryFlags& flags, const QueryStringLeaves& leaves,
                    const QueryStringOptions& options, ScoreMode mode, float boost)
      : text_(text), flags_(flags), leaves_(leaves), options_(options), mode_(mode), boost_(boost) {}

  Result<WeightPtr> run() {
    ASSIGN_OR_RETURN(fields_, leaves_.fields_of(""));
    ASSIGN_OR_RETURN(NodePtr top, group(0, text_.size()));
    if (top == nullptr) return WeightPtr();
    return built(*top, options_.minimum_should_match);
  }

 private:
  struct State {
    size_t at;
    size_t end;
    std::optional<Operator> current;
    std::optional<Operator> previous;
    int32_t negations = 0;
    NodePtr top;
  };

  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  Result<NodePtr> group(size_t begin, size_t end) {
    State state{begin, end, {}, {}, 0, nullptr};
    if (++depth_ > kMaxSimpleQueryNesting)
      return Error(ErrorCode::kParse, "the query is nested more than {} deep", kMaxSimpleQueryNesting);
    while (state.at < state.end) {
      const char c = text_[state.at];
      if (c == '(' && flags_.precedence) {
        RETURN_IF_ERROR(subgroup(state));
      } else if (c == ')' && flags_.precedence) {
        ++state.at;  // one that opens nothing
      } else if (c == '"' && flags_.phrase) {
        RETURN_IF_ERROR(phrase(state));
      } else if (c == '+' && flags_.and_operator) {
        set_operator(state, Operator::kAnd);
      } else if (c == '|' && flags_.or_operator) {
        set_operator(state, Operator::kOr);
      } else if (c == '-' && flags_.not_operator) {
        ++state.negations;
        ++state.at;
        continue;
      } else if (is_blank(c) && flags_.whitespace) {
        ++state.at;
      } else {
        RETURN_IF_ERROR(token(state));
      }
      state.negations = 0;
    }
    --depth_;
    return std::move(state.top);
  }

  static void set_operator(State& state, Operator joint) {
    if (!state.current && state.top != nullptr) state.current = joint;
    ++state.at;
  }

  base::Status subgroup(State& state) {
    const size_t begin = ++state.at;
    int32_t open = 1;
    bool escaped = false;
    for (; state.at < state.end; ++state.at) {
      const char c = text_[state.at];
      if (escaped) {
        escaped = false;
      } else if (c == '\\' && flags_.escape) {
        escaped = true;
      } else if (c == '(') {
        ++open;
      } else if (c == ')' && --open == 0) {
        break;
      }
    }
    if (state.at >= state.end) {
      state.at = begin;  // nothing closes it
      return {};
    }
    const size_t close = state.at++;
    if (close == begin) {
      state.current.reset();
      return {};
    }
    ASSIGN_OR_RETURN(NodePtr inner, group(begin, close));
    add(state, std::move(inner));
    return {};
  }

  base::Status phrase(State& state) {
    const size_t begin = ++state.at;
    std::string content;
    bool escaped = false;
    for (; state.at < state.end; ++state.at) {
      const char c = text_[state.at];
      if (!escaped && c == '\\' && flags_.escape) {
        escaped = true;
        continue;
      }
      if (!escaped && c == '"') break;
      escaped = false;
      content += c;
    }
    if (state.at >= state.end) {
      state.at = begin;  // nothing closes it
      return {};
    }
    ++state.at;
    if (content.empty()) {
      state.current.reset();
      return {};
    }
    int32_t slop = options_.phrase_slop;
    if (flags_.near && state.at < state.end && text_[state.at] == '~') slop = number(state);
    ASSIGN_OR_RETURN(WeightPtr weight, leaves_.phrase(fields_, content, slop, boost_));
    add_leaf(state, std::move(weight));
    return {};
  }

  /// Behind a ~: its digits, up to the end of the word; 0 if they are none.
  int32_t number(State& state) const {
    const size_t begin = ++state.at;
    while (state.at < state.end && !ends_token(state.at)) ++state.at;
    int32_t value = 0;
    const auto [stop, error] = std::from_chars(text_.data() + begin, text_.data() + state.at, value);
    return error == std::errc() && stop == text_.data() + state.at ? std::max(0, value) : 0;
  }

  bool ends_token(size_t at) const {
    const char c = text_[at];
    return (c == '"' && flags_.phrase) || (c == '|' && flags_.or_operator) || (c == '+' && flags_.and_operator) ||
           ((c == '(' || c == ')') && flags_.precedence) || (is_blank(c) && flags_.whitespace);
  }

  base::Status token(State& state) {
    std::string content;
    bool escaped = false;
    bool prefix = false;
    std::optional<int32_t> edits;
    for (; state.at < state.end; ++state.at) {
      const char c = text_[state.at];
      if (!escaped) {
        if (c == '\\' && flags_.escape) {
          escaped = true;
          prefix = false;
          continue;
        }
        if (ends_token(state.at)) break;
        if (!content.empty() && c == '~' && flags_.fuzzy) {
          edits = std::min(2, number(state));
          break;
        }
        prefix = !content.empty() && c == '*' && flags_.prefix;
      } else {
        prefix = false;
      }
      escaped = false;
      content += c;
    }
    if (content.empty()) {
      if (state.at < state.end && text_[state.at] == '~') ++state.at;
      return {};
    }
    ASSIGN_OR_RETURN(WeightPtr weight, token_weight(content, prefix, edits));
    add_leaf(state, std::move(weight));
    return {};
  }

  Result<WeightPtr> token_weight(const std::string& content, bool prefix, std::optional<int32_t> edits) const {
    if (edits && *edits > 0) {
      FuzzyOptions fuzzy = options_.fuzzy;
      fuzzy.fuzziness.fixed = *edits;
      return leaves_.fuzzy(fields_, content, fuzzy, boost_);
    }
    if (content == "*") return std::make_unique<MatchAllWeight>(boost_);
    if (prefix) return leaves_.prefix(fields_, content.substr(0, content.size() - 1), boost_);
    return leaves_.text(fields_, content, boost_);
  }

  void add_leaf(State& state, WeightPtr weight) const {
    if (weight == nullptr) {
      state.current.reset();
      return;
    }
    auto node = std::make_unique<Node>();
    node->leaf = std::move(weight);
    add(state, std::move(node));
  }

  void add(State& state, NodePtr branch) const {
    if (branch == nullptr) return;
    if (state.negations % 2 == 1) branch = negated(std::move(branch));
    if (state.top == nullptr) {
      state.top = std::move(branch);
    } else {
      if (!state.current) state.current = options_.operator_and ? Operator::kAnd : Operator::kOr;
      if (state.previous != state.current) {
        auto parent = std::make_unique<Node>();
        parent->joint = *state.current;
        parent->children.push_back(std::move(state.top));
        state.top = std::move(parent);
      }
      state.top->children.push_back(std::move(branch));
      state.previous = state.current;
    }
    state.current.reset();
  }

  NodePtr negated(NodePtr branch) const {
    BooleanWeight::Clauses clauses;
    Result<WeightPtr> weight = built(*branch, "");
    if (weight) clauses.must_not.push_back(std::move(weight).value());
    clauses.should.push_back(std::make_unique<MatchAllWeight>(boost_));
    auto node = std::make_unique<Node>();
    node->leaf = std::make_unique<BooleanWeight>(std::move(clauses), mode_);
    return node;
  }

  Result<WeightPtr> built(Node& node, const std::string& minimum) const {
    if (node.leaf != nullptr) return std::move(node.leaf);
    BooleanWeight::Clauses clauses;
    for (const NodePtr& child : node.children) {
      ASSIGN_OR_RETURN(WeightPtr weight, built(*child, ""));
      (node.joint == Operator::kAnd ? clauses.must : clauses.should).push_back(std::move(weight));
    }
    const auto num_should = static_cast<int32_t>(clauses.should.size());
    if (!minimum.empty() && num_should > 0) {
      ASSIGN_OR_RETURN(clauses.min_should_match, minimum_should_match(num_should, minimum));
      if (clauses.min_should_match > num_should) return std::make_unique<MatchNoneWeight>();
    }
    return std::make_unique<BooleanWeight>(std::move(clauses), mode_);
  }

  std::string_view text_;
  const SimpleQueryFlags& flags_;
  const QueryStringLeaves& leaves_;
  const QueryStringOptions& options_;
  ScoreMode mode_;
  float boost_;
  std::vector<BoostedField> fields_;
  int depth_ = 0;
};

}  // namespace

Result<SimpleQueryFlags> SimpleQueryFlags::parse(std::string_view text) {
  SimpleQueryFlags none{false, false, false, false, false, false, false, false, false, false};
  SimpleQueryFlags flags = none;
  constexpr std::pair<std::string_view, bool SimpleQueryFlags::*> kNames[] = {
      {"AND", &SimpleQueryFlags::and_operator}, {"OR", &SimpleQueryFlags::or_operator},
      {"NOT", &SimpleQueryFlags::not_operator}, {"PREFIX", &SimpleQueryFlags::prefix},
      {"PHRASE", &SimpleQueryFlags::phrase},    {"PRECEDENCE", &SimpleQueryFlags::precedence},
      {"ESCAPE", &SimpleQueryFlags::escape},    {"WHITESPACE", &SimpleQueryFlags::whitespace},
      {"FUZZY", &SimpleQueryFlags::fuzzy},      {"NEAR", &SimpleQueryFlags::near},
      {"SLOP", &SimpleQueryFlags::near},
  };
  while (!text.empty()) {
    const size_t bar = text.find('|');
    std::string name(text.substr(0, bar));
    text = bar == std::string_view::npos ? std::string_view() : text.substr(bar + 1);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    if (name == "ALL") flags = SimpleQueryFlags{};
    if (name == "NONE") flags = none;
    bool known = name == "ALL" || name == "NONE";
    for (const auto& [flag, member] : kNames) {
      if (flag != name) continue;
      flags.*member = true;
      known = true;
    }
    if (!known) return Error(ErrorCode::kIllegalArgument, "Unknown simple_query_string flag [{}]", name);
  }
  return flags;
}

Result<WeightPtr> parse_simple_query(std::string_view text, const SimpleQueryFlags& flags, const QueryStringLeaves& leaves,
                                     const QueryStringOptions& options, ScoreMode mode, float boost) {
  return SimpleQueryReader(text, flags, leaves, options, mode, boost).run();
}

}  // namespace selene::search
