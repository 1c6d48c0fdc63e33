#pragma once

#include "base/cancellation.h"
#include "search/exec/top_scores.h"

namespace selene::search {

/// Finds the best documents of one segment many at a time, where a Scorer would go from one to the next. One thread; valid as long
/// as its Weight and the snapshot.
class BulkScorer {
 public:
  virtual ~BulkScorer() = default;
  /// Offers and counts the live documents that match, at least all that `top` still wants. False if `cancellation` ended it.
  virtual bool collect(TopScores& top, const base::Cancellation& cancellation) = 0;
};

}  // namespace selene::search
