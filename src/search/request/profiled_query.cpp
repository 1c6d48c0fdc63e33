#include "search/request/profiled_query.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <typeinfo>

#include "search/query/nested_query.h"

namespace selene::search {
namespace {

/// Lucene's class for one of our weights: TermWeight is what a TermQuery makes.
std::string lucene_class(const Weight& weight) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"MatchAllWeight", "MatchAllDocsQuery"},    {"MatchNoneWeight", "MatchNoDocsQuery"},
      {"NestedWeight", "ToParentBlockJoinQuery"}, {"ScoredDocsWeight", "KnnScoreDocQuery"},
      {"DisMaxWeight", "DisjunctionMaxQuery"},    {"DocSetWeight", "TermInSetQuery"},
      {"DistanceWeight", "DistanceFeatureQuery"}, {"TermsSetWeight", "CoveringQuery"},
  };
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(typeid(weight).name(), nullptr, nullptr, &status),
                                                         &std::free);
  std::string name = text == nullptr ? "Weight" : text.get();
  if (const size_t colon = name.rfind(':'); colon != std::string::npos) name.erase(0, colon + 1);
  for (const auto& [ours, lucene] : kOthers) {
    if (name == ours) return std::string(lucene);
  }
  if (name.ends_with("Weight")) name.replace(name.size() - 6, 6, "Query");
  return name;
}

/// Walks all matches of a segment, with or without their scores. Gives their number.
int64_t walk(const Weight& weight, const SegmentContext& segment, ScoreMode mode, QueryProfile::Part& build) {
  const ProfileClock::time_point start = ProfileClock::now();
  const ScorerPtr scorer = weight.scorer(segment);
  build.time_ns += ns_since(start);
  ++build.count;
  if (scorer == nullptr) return 0;
  int64_t matches = 0;
  volatile float sink = 0;  // scores are computed for nobody
  for (DocId doc = scorer->doc(); doc != kNoMoreDocs; doc = scorer->next()) {
    if (mode == ScoreMode::kComplete) sink = scorer->score();
    ++matches;
  }
  static_cast<void>(sink);
  return matches;
}

void run(const Weight& weight, const index::Snapshot& snapshot, const base::Cancellation& cancellation, QueryProfile& profile) {
  for (size_t i = 0; i < snapshot.segments().size() && !cancellation.should_stop(); ++i) {
    const SegmentContext segment{snapshot.segments()[i], i};
    QueryProfile::Part unscored;
    QueryProfile::Part scored;
    ProfileClock::time_point start = ProfileClock::now();
    const int64_t matches = walk(weight, segment, ScoreMode::kNone, unscored);
    const int64_t walked = ns_since(start) - unscored.time_ns;
    start = ProfileClock::now();
    walk(weight, segment, ScoreMode::kComplete, scored);
    const int64_t walked_and_scored = ns_since(start) - scored.time_ns;
    profile.build_scorer.time_ns += unscored.time_ns;
    profile.build_scorer.count += unscored.count;
    profile.next_doc.time_ns += walked;
    profile.next_doc.count += matches;
    profile.score.time_ns += std::max<int64_t>(walked_and_scored - walked, 0);
    profile.score.count += matches;
  }
}

/// One place in a tree of queries.
class QueryProfiler {
 public:
  QueryProfiler(const LocalBackend& backend, const LocalTarget& target, const base::Cancellation& cancellation)
      : backend_(backend), target_(target), cancellation_(cancellation) {}

  QueryProfile one(const Query& query) const {
    QueryProfile profile =
        times([&](const LocalBackend& fresh) { return query.weight(fresh.bind_context(target_), ScoreMode::kComplete, 1); });
    if (dynamic_cast<const NestedQuery*>(&query) != nullptr) return profile;  // bound to other documents
    for (const Query* const child : query.children()) profile.children.push_back(one(*child));
    return profile;
  }

  QueryProfile filtered(const FilteredQuery& query) const {
    if (query.filters.empty() && query.query != nullptr) return one(*query.query);
    QueryProfile profile =
        times([&](const LocalBackend& fresh) { return bind_on_target(query, fresh, target_, ScoreMode::kComplete); });
    if (query.query != nullptr) profile.children.push_back(one(*query.query));
    for (const QueryPtr& filter : query.filters) profile.children.push_back(one(*filter));
    return profile;
  }

 private:
  /// Each with a backend of its own, whose kNN searches are still to be done.
  template <class Bind>
  QueryProfile times(Bind bind) const {
    QueryProfile profile;
    const LocalBackend fresh = backend_.for_one_thread();
    const ProfileClock::time_point start = ProfileClock::now();
    const base::Result<WeightPtr> weight = bind(fresh);
    profile.create_weight = {ns_since(start), 1};
    if (!weight.has_value()) return profile;
    profile.type = lucene_class(**weight);
    profile.description = (*weight)->description();
    run(**weight, *target_.snapshot, cancellation_, profile);
    return profile;
  }

  const LocalBackend& backend_;
  const LocalTarget& target_;
  const base::Cancellation& cancellation_;
};

void write_part(std::string_view name, const QueryProfile::Part& part, base::JsonWriter& out) {
  out.field(name, part.time_ns).field(std::string(name) + "_count", part.count);
}

}  // namespace

QueryProfile profile_query(const FilteredQuery& query, const LocalBackend& backend, const LocalTarget& target,
                           const base::Cancellation& cancellation) {
  return QueryProfiler(backend, target, cancellation).filtered(query);
}

void write_query_profile(const QueryProfile& profile, base::JsonWriter& out) {
  out.begin_object().field("type", profile.type).field("description", profile.description);
  out.field("time_in_nanos", profile.time_ns()).key("breakdown").begin_object();
  write_part("create_weight", profile.create_weight, out);
  write_part("build_scorer", profile.build_scorer, out);
  write_part("next_doc", profile.next_doc, out);
  write_part("score", profile.score, out);
  for (const std::string_view never :
       {"advance", "match", "shallow_advance", "compute_max_score", "set_min_competitive_score", "count_weight"})
    write_part(never, {}, out);
  out.end_object();
  if (!profile.children.empty()) {
    out.key("children").begin_array();
    for (const QueryProfile& child : profile.children) write_query_profile(child, out);
    out.end_array();
  }
  out.end_object();
}

}  // namespace selene::search
