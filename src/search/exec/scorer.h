#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/segments/segment_reader.h"

namespace selene::search {

using index::DocId;
using index::kNoMoreDocs;

/// Walks the matching documents of one segment in ascending order and scores them. Stands on its first document right after
/// construction; after the last one `doc()` is kNoMoreDocs and stays so. Deleted documents are not left out: the collector skips
/// them. One thread; valid as long as its Weight and the snapshot.
class Scorer {
 public:
  virtual ~Scorer() = default;
  DocId doc() const { return doc_; }
  /// The next document. REQUIRES: doc() != kNoMoreDocs.
  virtual DocId next() { return advance(doc_ + 1); }
  /// The first document >= target. Never moves back: a target <= doc() leaves it where it is.
  virtual DocId advance(DocId target) = 0;
  /// Score of the current document; the second call on one document costs as much as the first.
  virtual float score() = 0;
  /// Upper bound of the number of documents: conjunctions are led by the smallest.
  virtual int64_t cost() const = 0;
  /// From now on documents that score below `score` need not be visited. Only a hint.
  virtual void set_min_competitive_score(float /*score*/) {}

 protected:
  DocId doc_ = kNoMoreDocs;
};
using ScorerPtr = std::unique_ptr<Scorer>;

/// Given ids, ascending, one score for all.
class DocListScorer final : public Scorer {
 public:
  DocListScorer(std::vector<DocId> docs, float score);
  /// The ids of a list that `owner` keeps.
  DocListScorer(std::shared_ptr<const void> owner, std::span<const DocId> docs, float score);
  DocId next() override;
  DocId advance(DocId target) override;
  float score() override { return score_; }
  int64_t cost() const override { return static_cast<int64_t>(docs_.size()); }

 private:
  std::vector<DocId> own_;
  std::shared_ptr<const void> owner_;
  std::span<const DocId> docs_;
  size_t at_ = 0;
  float score_;
};

/// Every document of the segment, one score for all.
class AllDocsScorer final : public Scorer {
 public:
  AllDocsScorer(DocId max_doc, float score) : max_doc_(max_doc), score_(score) { doc_ = max_doc > 0 ? 0 : kNoMoreDocs; }
  DocId advance(DocId target) override;
  float score() override { return score_; }
  int64_t cost() const override { return max_doc_; }

 private:
  DocId max_doc_;
  float score_;
};

/// The documents of another scorer, one score for all.
class ConstantScorer final : public Scorer {
 public:
  ConstantScorer(ScorerPtr inner, float score) : inner_(std::move(inner)), score_(score) { doc_ = inner_->doc(); }
  DocId next() override { return doc_ = inner_->next(); }
  DocId advance(DocId target) override { return doc_ = inner_->advance(target); }
  float score() override { return score_; }
  int64_t cost() const override { return inner_->cost(); }

 private:
  ScorerPtr inner_;
  float score_;
};

}  // namespace selene::search
