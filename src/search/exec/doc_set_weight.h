#pragma once

#include <functional>
#include <string>
#include <vector>

#include "search/exec/weight.h"

namespace selene::search {

/// Documents that a function lists, with one score: ranges over doc values, ids, many terms at once.
class DocSetWeight final : public Weight {
 public:
  /// Fills `docs`, empty at the call, with ids of that segment in any order, repetition allowed.
  using Fill = std::function<void(const SegmentContext& segment, std::vector<DocId>& docs)>;
  /// `key`: its filter key; empty: the documents are not to be cached.
  DocSetWeight(Fill fill, float score, std::string description, FilterKey key = {})
      : fill_(std::move(fill)), score_(score), description_(std::move(description)), key_(std::move(key)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override;
  std::string description() const override { return description_; }

 private:
  Fill fill_;
  float score_;
  std::string description_;
  FilterKey key_;
};

/// Appends the documents of a posting list.
void append_postings(index::PostingsCursor cursor, std::vector<DocId>& docs);

}  // namespace selene::search
