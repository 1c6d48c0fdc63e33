#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/exec/weight.h"

namespace selene::search {

/// How the scores of matching nested objects become one.
enum class NestedScoreMode : uint8_t { kAvg, kSum, kMax, kMin, kNone };

/// Documents with a nested object that `child` matches. Source: Lucene's ToParentBlockJoinQuery.
class NestedWeight final : public Weight {
 public:
  /// `path`: of the nested mapping; `scope`: that of the nested object whose documents are wanted, empty for root documents.
  NestedWeight(WeightPtr child, std::string path, std::string scope, NestedScoreMode mode)
      : child_(std::move(child)), path_(std::move(path)), scope_(std::move(scope)), mode_(mode) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override;
  std::string description() const override { return "ToParentBlockJoinQuery (" + child_->description() + ")"; }

 private:
  WeightPtr child_;
  std::string path_;
  std::string scope_;
  NestedScoreMode mode_;
};

/// The nested documents of one path, ascending.
std::vector<DocId> nested_docs(const SegmentContext& segment, std::string_view path);

/// The documents around nested ones: root documents (an empty `scope`), or the objects of a nested path. REQUIRES: the segment has
/// nested documents; it outlives this.
class NestedParents {
 public:
  NestedParents(const SegmentContext& segment, std::string_view scope);
  /// The first parent at or behind `doc`; kNoMoreDocs if there is none.
  DocId at_or_after(DocId doc) const;
  /// The first document that belongs to `parent`.
  DocId begin_of(DocId parent) const;

 private:
  const index::NestedDocs& nested_;
  bool rooted_;
  std::vector<DocId> docs_;
};

/// The nested documents of one path; null if the segment has none.
ScorerPtr nested_docs_scorer(const SegmentContext& segment, std::string_view path);

/// The documents of `inner` that are nested objects of `path`.
class NestedDocsWeight final : public Weight {
 public:
  NestedDocsWeight(WeightPtr inner, std::string path) : inner_(std::move(inner)), path_(std::move(path)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override;
  std::string description() const override { return inner_->description(); }

 private:
  WeightPtr inner_;
  std::string path_;
};

}  // namespace selene::search
