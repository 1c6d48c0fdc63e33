#include "search/query/regexp_automaton.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "base/unicode.h"
#include "search/query/pattern.h"
#include "search/query/regexp_expressions.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Id = RegexpExpressions::Id;
using Range = RegexpExpressions::Range;

constexpr int kMaxRegexpNesting = 250;
constexpr size_t kMaxParts = 2'000'000;

/// Reads a pattern. Precedence from loose to tight: | & concatenation, repetition, complement.
class RegexpReader {
 public:
  RegexpReader(std::vector<int32_t> text, const RegexpOptions& options, RegexpExpressions& out)
      : text_(std::move(text)), options_(options), out_(out) {}

  Result<Id> run() {
    ASSIGN_OR_RETURN(const Id all, either());
    if (pos_ < text_.size()) return Error(ErrorCode::kIllegalArgument, "end-of-string expected at position {}", pos_);
    return all;
  }

 private:
  bool more() const { return pos_ < text_.size(); }
  bool at(char c) const { return more() && text_[pos_] == c; }
  bool accept(char c) {
    if (!at(c)) return false;
    ++pos_;
    return true;
  }

  Result<Id> either() {
    if (++depth_ > kMaxRegexpNesting) return Error(ErrorCode::kIllegalArgument, "the regular expression is nested too deep");
    std::vector<Id> parts;
    do {
      ASSIGN_OR_RETURN(const Id part, both());
      parts.push_back(part);
    } while (accept('|'));
    --depth_;
    return out_.either(std::move(parts));
  }

  Result<Id> both() {
    ASSIGN_OR_RETURN(Id left, concat());
    while (options_.flags.intersection && accept('&')) {
      ASSIGN_OR_RETURN(const Id right, concat());
      left = out_.both(left, right);
    }
    return left;
  }

  bool ends_concat() const { return !more() || at('|') || at(')') || (options_.flags.intersection && at('&')); }

  Result<Id> concat() {
    std::vector<Id> parts;
    do {
      ASSIGN_OR_RETURN(const Id part, repeated());
      parts.push_back(part);
    } while (!ends_concat());
    Id all = parts.back();
    for (size_t i = parts.size() - 1; i-- > 0;) all = out_.concat(parts[i], all);
    return all;
  }

  Result<int32_t> number() {
    int32_t value = 0;
    const size_t begin = pos_;
    for (; more() && text_[pos_] >= '0' && text_[pos_] <= '9'; ++pos_) value = std::min(value * 10 + (text_[pos_] - '0'), 100'000);
    if (pos_ == begin) return Error(ErrorCode::kIllegalArgument, "integer expected at position {}", pos_);
    return value;
  }

  Result<Id> repeated() {
    ASSIGN_OR_RETURN(Id inner, complemented());
    for (;;) {
      if (accept('?')) {
        inner = out_.repeat(inner, 0, 1);
      } else if (accept('*')) {
        inner = out_.repeat(inner, 0, -1);
      } else if (accept('+')) {
        inner = out_.repeat(inner, 1, -1);
      } else if (accept('{')) {
        ASSIGN_OR_RETURN(const int32_t min, number());
        int32_t max = min;
        if (accept(',')) {
          max = -1;
          if (!at('}')) {
            ASSIGN_OR_RETURN(max, number());
          }
        }
        if (!accept('}')) return Error(ErrorCode::kIllegalArgument, "expected '}}' at position {}", pos_);
        if (max >= 0 && min > max)
          return Error(ErrorCode::kIllegalArgument, "invalid repetition range(out of order): {}..{}", min, max);
        inner = out_.repeat(inner, min, max);
      } else {
        return inner;
      }
    }
  }

  Result<Id> complemented() {
    if (options_.flags.complement && accept('~')) {
      if (++depth_ > kMaxRegexpNesting) return Error(ErrorCode::kIllegalArgument, "the regular expression is nested too deep");
      ASSIGN_OR_RETURN(const Id inner, complemented());
      --depth_;
      return out_.complement(inner);
    }
    return char_class();
  }

  Id literal(int32_t c) {
    if (!options_.case_insensitive) return out_.ranges({{c, c}});
    return out_.ranges({{c, c}, {u_tolower(c), u_tolower(c)}, {u_toupper(c), u_toupper(c)}});
  }

  static std::vector<Range> inverted(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end());
    std::vector<Range> rest;
    int32_t next = 0;
    for (const Range& range : ranges) {
      if (range.low > next) rest.push_back({next, range.low - 1});
      next = std::max(next, range.high + 1);
    }
    if (next <= RegexpExpressions::kMaxCodePoint) rest.push_back({next, RegexpExpressions::kMaxCodePoint});
    return rest;
  }

  /// \d \D \s \S \w \W; none for anything else.
  static std::optional<std::vector<Range>> predefined(int32_t c) {
    switch (c) {
      case 'd': return std::vector<Range>{{'0', '9'}};
      case 'D': return inverted({{'0', '9'}});
      case 's': return std::vector<Range>{{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};
      case 'S': return inverted({{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}});
      case 'w': return std::vector<Range>{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
      case 'W': return inverted({{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}});
      default: return std::nullopt;
    }
  }

  Result<int32_t> escaped_or_plain() {
    accept('\\');
    if (!more()) return Error(ErrorCode::kIllegalArgument, "unexpected end-of-string");
    return text_[pos_++];
  }

  Result<Id> char_class() {
    if (!accept('[')) return simple();
    const bool negated = accept('^');
    std::vector<Range> ranges;
    bool first = true;
    while (more() && (first || !at(']'))) {
      first = false;
      if (at('\\') && pos_ + 1 < text_.size()) {
        if (auto set = predefined(text_[pos_ + 1])) {
          ranges.insert(ranges.end(), set->begin(), set->end());
          pos_ += 2;
          continue;
        }
      }
      ASSIGN_OR_RETURN(const int32_t low, escaped_or_plain());
      int32_t high = low;
      if (at('-') && pos_ + 1 < text_.size() && text_[pos_ + 1] != ']') {
        ++pos_;
        ASSIGN_OR_RETURN(high, escaped_or_plain());
        if (high < low) return Error(ErrorCode::kIllegalArgument, "invalid range: from ({}) cannot be > to ({})", low, high);
      }
      ranges.push_back({low, high});
      if (options_.case_insensitive && low == high) {
        ranges.push_back({u_tolower(low), u_tolower(low)});
        ranges.push_back({u_toupper(low), u_toupper(low)});
      }
    }
    if (!accept(']')) return Error(ErrorCode::kIllegalArgument, "expected ']' at position {}", pos_);
    return out_.ranges(negated ? inverted(std::move(ranges)) : std::move(ranges));
  }

  Result<Id> simple() {
    if (!more()) return Error(ErrorCode::kIllegalArgument, "unexpected end-of-string");
    if (accept('.')) return out_.any();
    if (options_.flags.empty && accept('#')) return out_.nothing();
    if (options_.flags.any_string && accept('@')) return out_.repeat(out_.any(), 0, -1);
    if (accept('"')) return quoted();
    if (accept('(')) {
      if (accept(')')) return out_.empty();
      ASSIGN_OR_RETURN(const Id inner, either());
      if (!accept(')')) return Error(ErrorCode::kIllegalArgument, "expected ')' at position {}", pos_);
      return inner;
    }
    if (options_.flags.interval && accept('<')) return interval();
    if (at('\\') && pos_ + 1 < text_.size()) {
      if (auto set = predefined(text_[pos_ + 1])) {
        pos_ += 2;
        return out_.ranges(std::move(*set));
      }
    }
    if (at('*') || at('+') || at('?') || at('{')) {
      // Lucene takes them as they are where nothing stands before them.
      return literal(text_[pos_++]);
    }
    ASSIGN_OR_RETURN(const int32_t c, escaped_or_plain());
    return literal(c);
  }

  Result<Id> quoted() {
    Id all = out_.empty();
    const size_t begin = pos_;
    while (more() && !at('"')) ++pos_;
    for (size_t i = pos_; i-- > begin;) all = out_.concat(out_.ranges({{text_[i], text_[i]}}), all);
    if (!accept('"')) return Error(ErrorCode::kIllegalArgument, "expected '\"' at position {}", pos_);
    return all;
  }

  /// <low-high>: decimal numbers, with as many digits if both are written with equally many.
  Result<Id> interval() {
    const size_t first = pos_;
    ASSIGN_OR_RETURN(const int32_t from, number());
    const size_t width = pos_ - first;
    if (!accept('-')) return Error(ErrorCode::kIllegalArgument, "interval syntax error at position {}", pos_);
    const size_t second = pos_;
    ASSIGN_OR_RETURN(const int32_t to, number());
    const size_t other_width = pos_ - second;
    if (!accept('>')) return Error(ErrorCode::kIllegalArgument, "interval syntax error at position {}", pos_);
    if (width > 5 || other_width > 5) return Error(ErrorCode::kIllegalArgument, "interval numbers have at most 5 digits");
    std::vector<Id> parts;
    for (int32_t n = std::min(from, to); n <= std::max(from, to); ++n) {
      std::string digits = std::to_string(n);
      if (width == other_width && digits.size() < width) digits.insert(0, width - digits.size(), '0');
      Id text = out_.empty();
      for (size_t i = digits.size(); i-- > 0;) text = out_.concat(out_.ranges({{digits[i], digits[i]}}), text);
      if (width != other_width) text = out_.concat(out_.repeat(out_.ranges({{'0', '0'}}), 0, -1), text);
      parts.push_back(text);
    }
    return out_.either(std::move(parts));
  }

  std::vector<int32_t> text_;
  const RegexpOptions& options_;
  RegexpExpressions& out_;
  size_t pos_ = 0;
  int depth_ = 0;
};

/// Literal code points a pattern starts with, cut where it may go on otherwise.
std::string literal_prefix(const std::vector<int32_t>& text) {
  constexpr std::string_view kSpecial = "|&?*+{}~[].#@\"()<>\\";
  const auto special = [&](int32_t c) { return c < 128 && kSpecial.find(static_cast<char>(c)) != std::string_view::npos; };
  for (const int32_t c : text) {
    if (c == '|' || c == '&' || c == '(' || c == '~') {
      // An alternative may start otherwise.
      if (c == '|' || c == '&') return {};
    }
  }
  std::string prefix;
  for (size_t i = 0; i < text.size() && !special(text[i]); ++i) {
    const bool optional = i + 1 < text.size() && (text[i + 1] == '?' || text[i + 1] == '*' || text[i + 1] == '{');
    if (optional) break;
    base::append_utf8(prefix, static_cast<char32_t>(text[i]));
  }
  return prefix;
}

}  // namespace

Result<RegexpFlags> RegexpFlags::parse(std::string_view text) {
  RegexpFlags flags{false, false, false, false, false};
  while (!text.empty()) {
    const size_t bar = text.find('|');
    std::string name(text.substr(0, bar));
    text = bar == std::string_view::npos ? std::string_view() : text.substr(bar + 1);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    if (name == "ALL") {
      flags = RegexpFlags{};
    } else if (name == "COMPLEMENT") {
      flags.complement = true;
    } else if (name == "INTERVAL") {
      flags.interval = true;
    } else if (name == "INTERSECTION") {
      flags.intersection = true;
    } else if (name == "ANYSTRING") {
      flags.any_string = true;
    } else if (name == "EMPTY") {
      flags.empty = true;
    } else if (name != "NONE") {
      return Error(ErrorCode::kIllegalArgument, "Unknown regexp flag [{}]", name);
    }
  }
  return flags;
}

/// States are expressions; transitions are kept for ASCII in a table, for the rest in a map.
class RegexpAutomaton::Machine {
 public:
  explicit Machine(int32_t max_states) : max_states_(max_states) {}
  RegexpExpressions& expressions() { return expressions_; }
  void start_at(Id start) {
    expressions_.set_limit(kMaxParts);
    start_ = state_of(start);
  }
  bool too_complex() const { return too_complex_; }
  int32_t num_states() const { return static_cast<int32_t>(states_.size()); }

  bool matches(std::string_view term) {
    int32_t state = start_;
    for (size_t at = 0; at < term.size();) {
      state = step(state, static_cast<int32_t>(base::decode_utf8(term, at)));
      if (too_complex_ || states_[static_cast<size_t>(state)].id == expressions_.nothing()) return false;
    }
    return expressions_.nullable(states_[static_cast<size_t>(state)].id);
  }

 private:
  struct State {
    Id id;
    std::array<int32_t, 128> ascii;
    std::map<int32_t, int32_t> others;
  };

  int32_t state_of(Id id) {
    const auto known = by_id_.find(id);
    if (known != by_id_.end()) return known->second;
    if (static_cast<int32_t>(states_.size()) >= max_states_) {
      too_complex_ = true;
      return start_;
    }
    State& state = states_.emplace_back();
    state.id = id;
    state.ascii.fill(-1);
    return by_id_[id] = static_cast<int32_t>(states_.size()) - 1;
  }

  int32_t step(int32_t from, int32_t code_point) {
    const auto at = static_cast<size_t>(from);
    if (code_point < 128) {
      if (const int32_t known = states_[at].ascii[static_cast<size_t>(code_point)]; known >= 0) return known;
    } else if (const auto known = states_[at].others.find(code_point); known != states_[at].others.end()) {
      return known->second;
    }
    const int32_t next = state_of(expressions_.derivative(states_[at].id, code_point));
    too_complex_ = too_complex_ || expressions_.exhausted();
    if (code_point < 128) {
      states_[at].ascii[static_cast<size_t>(code_point)] = next;
    } else {
      states_[at].others.emplace(code_point, next);
    }
    return next;
  }

  int32_t max_states_;
  RegexpExpressions expressions_;
  std::vector<State> states_;
  std::map<Id, int32_t> by_id_;
  int32_t start_ = 0;
  bool too_complex_ = false;
};

RegexpAutomaton::RegexpAutomaton(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
RegexpAutomaton::~RegexpAutomaton() = default;
bool RegexpAutomaton::matches(std::string_view term) { return machine_->matches(term); }
int32_t RegexpAutomaton::num_states() const { return machine_->num_states(); }
bool RegexpAutomaton::too_complex() const { return machine_->too_complex(); }

Result<std::unique_ptr<RegexpAutomaton>> RegexpAutomaton::compile(std::string_view pattern, const RegexpOptions& options) {
  auto machine = std::make_unique<Machine>(std::clamp(options.max_determinized_states, 2, 10000));
  const std::vector<int32_t> text = code_points(pattern);
  Id whole = machine->expressions().empty();
  if (!text.empty()) {
    ASSIGN_OR_RETURN(whole, RegexpReader(text, options, machine->expressions()).run());
  }
  machine->start_at(whole);
  std::unique_ptr<RegexpAutomaton> automaton(new RegexpAutomaton(std::move(machine)));
  if (!options.case_insensitive) automaton->fixed_prefix_ = literal_prefix(text);
  return automaton;
}

}  // namespace selene::search
