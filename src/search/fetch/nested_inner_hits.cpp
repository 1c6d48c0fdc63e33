#include "search/fetch/nested_inner_hits.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "search/exec/nested_weight.h"
#include "search/fetch/nested_object.h"
#include "search/query/nested_query.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

struct FoundObject {
  DocId doc = 0;
  float score = 0;
  std::vector<SortKey> keys;
};

}  // namespace

base::Status NestedInnerHits::read_body(const base::JsonDocument* document, JsonValue body, int64_t max_window) {
  name_ = path_;
  for (const base::JsonMember member : body.as_object()) {
    if (member.key == "name" && member.value.is_string()) {
      name_ = member.value.as_string();
      continue;
    }
    if (member.key == "ignore_unmapped") continue;
    if (member.key == "collapse")
      return Error(ErrorCode::kIllegalArgument, "[inner_hits] of [nested] does not support [{}]", member.key);
    ASSIGN_OR_RETURN(const bool known, wanted_.read(document, member));
    if (!known) return x_content_error(document, member.value, base::format("[inner_hits] unknown field [{}]", member.key));
  }
  const int64_t window = int64_t{wanted_.from} + wanted_.size;
  if (window <= max_window) return {};
  return Error(
      ErrorCode::kIllegalArgument,
      "Inner result window is too large, the inner hit definition's [{}]'s from + size must be less than or equal to: [{}] but "
      "was [{}]. This limit can be set by changing the [index.max_inner_result_window] index level setting.",
      body["name"].is_string() ? std::string_view(name_) : "null", max_window, window);
}

Result<std::vector<NestedInnerHits>> NestedInnerHits::bind(const Query& query, const LocalBackend& backend,
                                                           const LocalTarget& target) {
  std::vector<NestedInnerHits> all;
  const std::optional<InnerHits> asked = query.inner_hits();
  if (!asked) {
    for (const Query* const child : query.children()) {
      ASSIGN_OR_RETURN(std::vector<NestedInnerHits> below, bind(*child, backend, target));
      for (NestedInnerHits& one : below) all.push_back(std::move(one));
    }
    return all;
  }
  const index::Mapping& mapping = target.snapshot->mapping();
  const std::string_view path = mapping.is_nested(asked->path) ? asked->path : mapping.nested_parent(asked->path);
  if (path.empty()) return all;
  NestedInnerHits one;
  one.path_ = path;
  one.snapshot_ = target.snapshot.get();
  one.now_ms_ = backend.now_ms();
  const BindContext context = backend.bind_context(target);
  RETURN_IF_ERROR(one.read_body(backend.document(), asked->body, context.limit("index.max_inner_result_window", 100)));
  one.wanted_.fetch.source = one.wanted_.fetch.source.for_index(*target.index, mapping);
  ASSIGN_OR_RETURN(one.weight_, nested_objects_weight(context, *asked->query, path, ScoreMode::kComplete, 1));
  if (!one.wanted_.sort.empty()) {
    ASSIGN_OR_RETURN(SortPlan plan, SortPlan::create(one.wanted_.sort, {one.snapshot_}));
    one.plan_ = std::make_shared<const SortPlan>(std::move(plan));
  }
  if (one.wanted_.fetch.highlight != nullptr) {
    ASSIGN_OR_RETURN(Highlighter highlighter,
                     Highlighter::create(*one.wanted_.fetch.highlight, context, one.wanted_.fetch.highlighted_queries, nullptr));
    one.highlighter_ = std::make_shared<const Highlighter>(std::move(highlighter));
  }
  ASSIGN_OR_RETURN(one.below_, bind(*asked->query, backend, target));
  all.push_back(std::move(one));
  return all;
}

base::Status NestedInnerHits::append(const Parent& parent, std::string& members) const {
  std::vector<FoundObject> found;
  std::optional<SortReader> reader;
  RuntimeError errors;
  if (plan_ != nullptr) {
    ASSIGN_OR_RETURN(reader, SortReader::create(*plan_, *snapshot_, 0, now_ms_, &errors));
    reader->set_segment(parent.segment);
  }
  const ScorerPtr scorer = parent.segment.reader().nested() == nullptr ? nullptr : weight_->scorer(parent.segment);
  if (scorer != nullptr) {
    const NestedParents parents(parent.segment, parent.scope);
    for (DocId doc = scorer->advance(parents.begin_of(parent.doc)); doc < parent.doc; doc = scorer->next()) {
      FoundObject object{doc, scorer->score(), {}};
      if (reader) reader->read(doc, object.score, object.keys);
      found.push_back(std::move(object));
    }
  }
  if (auto error = errors.take()) return *std::move(error);
  std::ranges::stable_sort(found, [&](const FoundObject& a, const FoundObject& b) {
    return plan_ != nullptr ? plan_->compare(a.keys, b.keys) < 0 : a.score > b.score;
  });
  const bool scores = plan_ == nullptr || wanted_.track_scores || plan_->needs_scores();
  float best = std::numeric_limits<float>::quiet_NaN();
  for (const FoundObject& object : found) best = scores && !(object.score <= best) ? object.score : best;
  base::JsonWriter out;
  out.begin_object().key("hits").begin_object().key("total").begin_object();
  out.field("value", static_cast<int64_t>(found.size())).field("relation", "eq").end_object().key("max_score");
  std::isnan(best) ? out.null() : out.value(best);
  out.key("hits").begin_array();
  const size_t begin = std::min(found.size(), static_cast<size_t>(wanted_.from));
  const size_t end = std::min(found.size(), begin + static_cast<size_t>(wanted_.size));
  for (size_t i = begin; i < end; ++i) {
    const float score = scores ? found[i].score : std::numeric_limits<float>::quiet_NaN();
    RETURN_IF_ERROR(write_hit(parent, found[i].doc, score, found[i].keys, out));
  }
  if (!members.empty()) members += ",";
  members += base::quote(name_) + ":" + out.end_array().end_object().end_object().take();
  return {};
}

base::Status NestedInnerHits::write_hit(const Parent& parent, DocId object, float score, const std::vector<SortKey>& keys,
                                        base::JsonWriter& out) const {
  out.begin_object();
  const NestedObject shown{*snapshot_, parent.segment, object, path_, parent.stored, parent.source};
  RETURN_IF_ERROR(write_nested_object(shown, score, wanted_.fetch, highlighter_.get(), out));
  if (plan_ != nullptr) {
    out.key("sort");
    plan_->write(keys, out);
  }
  if (wanted_.fetch.explain) {
    out.key("_explanation");
    write_explanation(weight_->explain(parent.segment, object), out);
  }
  std::string members;
  for (const NestedInnerHits& below : below_) {
    RETURN_IF_ERROR(below.append({parent.segment, object, path_, parent.stored, parent.source}, members));
  }
  if (!members.empty()) out.key("inner_hits").raw("{" + members + "}");
  out.end_object();
  return {};
}

base::Status append_inner_hits(const std::vector<NestedInnerHits>& all, const SegmentContext& segment, DocId doc,
                               const index::StoredDocument& stored, std::string& members) {
  if (all.empty()) return {};
  ASSIGN_OR_RETURN(const base::JsonDocument source, base::JsonDocument::parse(stored.source));
  for (const NestedInnerHits& one : all) RETURN_IF_ERROR(one.append({segment, doc, {}, stored, source.root()}, members));
  return {};
}

}  // namespace selene::search
