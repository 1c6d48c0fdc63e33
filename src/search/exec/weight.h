#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/exec/bulk_scorer.h"
#include "search/exec/filter_key.h"
#include "search/exec/scorer.h"

namespace selene::search {

/// kComplete: scores of all matches are read. kTopScores: only the best are wanted, so a scorer may skip documents that cannot
/// compete
/// (`set_min_competitive_score`). kNone: scores are never read.
enum class ScoreMode : uint8_t { kComplete, kTopScores, kNone };

/// One segment of the snapshot a Weight is bound to. `ordinal`: its place in Snapshot::segments().
struct SegmentContext {
  const index::SegmentView& view;
  size_t ordinal = 0;
  const index::SegmentReader& reader() const { return *view.reader; }
};

/// Why a document scores as it does, as `explain` shows it.
struct Explanation {
  bool match = false;
  float value = 0;
  std::string description;
  std::vector<Explanation> details;
};

/// A query bound to one snapshot: terms are looked up, document frequencies gathered. Immutable, thread-safe; valid as long as the
/// snapshot.
class Weight {
 public:
  virtual ~Weight() = default;
  /// Null if nothing in this segment matches.
  virtual ScorerPtr scorer(const SegmentContext& segment) const = 0;
  /// Whether `bulk_scorer` is worth asking.
  virtual bool finds_in_bulk() const { return false; }
  /// The best documents of the segment by a quicker way than `scorer`, with the same scores. Null if there is none here.
  /// REQUIRES: finds_in_bulk().
  virtual std::unique_ptr<BulkScorer> bulk_scorer(const SegmentContext&) const { return nullptr; }
  /// At least so many live documents match; known without looking at them.
  virtual int64_t known_matches(const index::Snapshot&) const { return 0; }
  /// Adds what tells the documents of this weight from those of others, whatever the segment, and how costly they are to find.
  /// False if they depend on more than the segment, so that they must not be cached.
  virtual bool add_filter_key(FilterKey&) const { return false; }
  /// `doc`: in this segment. By default what the scorer gives, under `description()`.
  virtual Explanation explain(const SegmentContext& segment, DocId doc) const;
  /// The query in Lucene's notation, for explanations.
  virtual std::string description() const = 0;
};
using WeightPtr = std::unique_ptr<Weight>;

/// Nothing.
class MatchNoneWeight final : public Weight {
 public:
  ScorerPtr scorer(const SegmentContext&) const override { return nullptr; }
  bool add_filter_key(FilterKey& key) const override;
  std::string description() const override { return "MatchNoDocsQuery"; }
};

/// Everything, with one score.
class MatchAllWeight final : public Weight {
 public:
  explicit MatchAllWeight(float score) : score_(score) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override;
  std::string description() const override { return "*:*"; }

 private:
  float score_;
};

/// The documents of another weight, with one score.
class ConstantScoreWeight final : public Weight {
 public:
  ConstantScoreWeight(WeightPtr inner, float score) : inner_(std::move(inner)), score_(score) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override { return inner_->add_filter_key(key); }
  std::string description() const override { return "ConstantScore(" + inner_->description() + ")"; }

 private:
  WeightPtr inner_;
  float score_;
};

}  // namespace selene::search
