#include "search/query/pattern.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/unicode.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/doc_set_weight.h"
#include "search/exec/term_weight.h"
#include "search/query/field_weights.h"

namespace selene::search {
namespace {

int32_t next_code_point(std::string_view text, size_t* at) { return static_cast<int32_t>(base::decode_utf8(text, *at)); }

int32_t folded(int32_t code_point) { return u_foldCase(code_point, U_FOLD_CASE_DEFAULT); }

}  // namespace

std::vector<int32_t> code_points(std::string_view text) {
  std::vector<int32_t> points;
  for (size_t at = 0; at < text.size();) points.push_back(next_code_point(text, &at));
  return points;
}

void TermPattern::finish() {
  if (matching_ == CaseMatching::kInsensitive) {
    for (int32_t& symbol : symbols_) {
      if (symbol >= 0) symbol = folded(symbol);
    }
    return;
  }
  for (const int32_t symbol : symbols_) {
    if (symbol < 0) break;
    base::append_utf8(fixed_prefix_, static_cast<char32_t>(symbol));
  }
}

TermPattern TermPattern::literal(std::string_view text, CaseMatching matching) {
  TermPattern pattern;
  pattern.matching_ = matching;
  pattern.symbols_ = code_points(text);
  pattern.finish();
  return pattern;
}

TermPattern TermPattern::prefix(std::string_view text, CaseMatching matching) {
  TermPattern pattern;
  pattern.matching_ = matching;
  pattern.symbols_ = code_points(text);
  pattern.add(kAnyRun);
  pattern.finish();
  return pattern;
}

TermPattern TermPattern::wildcard(std::string_view text, CaseMatching matching) {
  TermPattern pattern;
  pattern.matching_ = matching;
  bool escaped = false;
  for (const int32_t point : code_points(text)) {
    if (escaped || (point != '\\' && point != '*' && point != '?')) {
      pattern.add(point);
      escaped = false;
    } else if (point == '\\') {
      escaped = true;
    } else if (point == '?') {
      pattern.add(kAnyOne);
    } else if (pattern.symbols_.empty() || pattern.symbols_.back() != kAnyRun) {
      pattern.add(kAnyRun);
    }
  }
  if (escaped) pattern.add('\\');
  pattern.finish();
  return pattern;
}

void TermPattern::add_to(FilterKey& key) const {
  key.add(int64_t{matching_ == CaseMatching::kInsensitive});
  for (const int32_t symbol : symbols_) key.add(int64_t{symbol});
}

bool TermPattern::matches(std::string_view term, int64_t* steps) const {
  int64_t compared = 0;
  const bool found = walk(term, compared);
  if (steps != nullptr) *steps = compared;
  return found;
}

bool TermPattern::walk(std::string_view term, int64_t& compared) const {
  size_t symbol = 0;
  size_t at = 0;
  size_t star = symbols_.size();  // the last run symbol met; none yet
  size_t retry = 0;               // where the term goes on if that run takes one more code point
  while (at < term.size()) {
    ++compared;
    if (symbol < symbols_.size() && symbols_[symbol] == kAnyRun) {
      star = symbol++;
      retry = at;
      continue;
    }
    size_t after = at;
    int32_t point = next_code_point(term, &after);
    if (matching_ == CaseMatching::kInsensitive) point = folded(point);
    if (symbol < symbols_.size() && (symbols_[symbol] == kAnyOne || symbols_[symbol] == point)) {
      ++symbol;
      at = after;
      continue;
    }
    if (star == symbols_.size()) return false;
    next_code_point(term, &retry);
    at = retry;
    symbol = star + 1;
  }
  while (symbol < symbols_.size() && symbols_[symbol] == kAnyRun) ++symbol;
  return symbol == symbols_.size();
}

WeightPtr pattern_weight(const BindContext&, const index::MappedField& field, TermPattern pattern, float boost) {
  if (field.type == index::FieldType::kConstantKeyword)
    return constant_keyword_weight(
        field, [&](std::string_view value) { return pattern.matches(value); }, boost);
  const TermPlace place = term_place(field);
  FilterKey key;
  pattern.add_to(key.kind('w').add(place.field.name).add(place.prefix));
  auto fill = [name = place.field.name, prefix = place.prefix, pattern = std::move(pattern)](const SegmentContext& segment,
                                                                                             std::vector<DocId>& docs) {
    const index::FieldTerms* const terms = segment.reader().terms(name);
    if (terms == nullptr) return;
    const auto cursor = terms->terms();
    const std::string start = prefix + pattern.fixed_prefix();
    if (!start.empty()) cursor->seek(start);
    for (; cursor->valid() && cursor->term().starts_with(start); cursor->next()) {
      if (pattern.matches(cursor->term().substr(prefix.size()))) append_postings(terms->postings(cursor->meta()), docs);
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, field.name + ":<pattern>", std::move(key));
}

/// Only cells next to the diagonal are looked at, so two long texts cost length times limit.
int32_t edit_distance(const std::vector<int32_t>& a, const std::vector<int32_t>& b, int32_t limit, bool transpositions) {
  const auto n = static_cast<int32_t>(a.size());
  const auto m = static_cast<int32_t>(b.size());
  if (std::abs(n - m) > limit) return limit + 1;
  std::vector<int32_t> before(b.size() + 1);
  std::vector<int32_t> above(b.size() + 1);
  std::vector<int32_t> row(b.size() + 1);
  for (int32_t j = 0; j <= m; ++j) above[static_cast<size_t>(j)] = j;
  const auto band = static_cast<size_t>(limit) + 1;
  for (size_t i = 1; i <= a.size(); ++i) {
    const size_t first = i > band ? i - band : 1;
    const size_t last = std::min(b.size(), i + band);
    row[first - 1] = first == 1 ? static_cast<int32_t>(i) : limit + 1;
    int32_t best = row[first - 1];
    for (size_t j = first; j <= last; ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (transpositions && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
    if (last < b.size()) row[last + 1] = limit + 1;
    std::swap(before, above);
    std::swap(above, row);
  }
  return std::min(above[b.size()], limit + 1);
}

namespace {

struct FuzzyMatch {
  std::string term;
  float similarity = 0;
};

/// Index terms near enough, the most similar first, at most max_expansions.
std::vector<FuzzyMatch> near_terms(const BindContext& context, const std::string& field, std::string_view term,
                                   const FuzzyOptions& options) {
  const std::vector<int32_t> wanted = code_points(term);
  const int32_t max_edits = options.fuzziness.max_edits(static_cast<int32_t>(wanted.size()));
  std::string prefix;
  const size_t prefix_length = std::min(static_cast<size_t>(std::max(0, options.prefix_length)), wanted.size());
  for (size_t i = 0; i < prefix_length; ++i) base::append_utf8(prefix, static_cast<char32_t>(wanted[i]));
  std::map<std::string, float, std::less<>> found;
  for (const index::SegmentView& segment : context.snapshot.segments()) {
    const index::FieldTerms* const terms = segment.reader->terms(field);
    if (terms == nullptr) continue;
    const auto cursor = terms->terms();
    if (!prefix.empty()) cursor->seek(prefix);
    for (; cursor->valid() && cursor->term().starts_with(prefix); cursor->next()) {
      const std::vector<int32_t> candidate = code_points(cursor->term());
      const int32_t edits = edit_distance(wanted, candidate, max_edits, options.transpositions);
      if (edits > max_edits) continue;
      const auto shorter = static_cast<float>(std::min(wanted.size(), candidate.size()));
      const float similarity = edits == 0 ? 1.0F : 1.0F - static_cast<float>(edits) / std::max(1.0F, shorter);
      if (similarity > 0) found.emplace(std::string(cursor->term()), similarity);
    }
  }
  std::vector<FuzzyMatch> matches;
  for (const auto& [text, similarity] : found) matches.push_back({text, similarity});
  std::stable_sort(matches.begin(), matches.end(),
                   [](const FuzzyMatch& a, const FuzzyMatch& b) { return a.similarity > b.similarity; });
  if (matches.size() > static_cast<size_t>(options.max_expansions)) matches.resize(static_cast<size_t>(options.max_expansions));
  return matches;
}

}  // namespace

WeightPtr fuzzy_weight(const BindContext& context, const index::MappedField& field, std::string_view term,
                       const FuzzyOptions& options, ScoreMode mode, float boost) {
  const std::vector<FuzzyMatch> matches = near_terms(context, field.name, term, options);
  std::vector<TermStatistics> statistics;
  int64_t doc_freq = 0;
  for (const FuzzyMatch& match : matches) {
    statistics.push_back(term_statistics(context.snapshot, field.name, match.term));
    doc_freq = std::max(doc_freq, statistics.back().doc_freq);
  }
  const FieldStatistics field_sums = field_statistics(context.snapshot, field.name);
  std::vector<WeightPtr> weights;
  for (size_t i = 0; i < matches.size(); ++i) {
    const float term_boost = boost * matches[i].similarity;
    weights.push_back(scored_as(
        field, std::make_unique<TermWeight>(field, matches[i].term, std::move(statistics[i]), doc_freq, field_sums, term_boost),
        term_boost));
  }
  return make_disjunction(std::move(weights), mode);
}

}  // namespace selene::search
