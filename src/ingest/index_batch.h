#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "index/catalog/catalog.h"
#include "ingest/document_service.h"
#include "ingest/semantic/semantic_inference.h"
#include "ingest/update_request.h"

namespace selene::ingest {

/// The actions of one apply() call that go to one index, handed to its engine as one batch. An update of a document that the
/// pending batch writes sends that batch first, so that it sees what stands before it. One thread.
class IndexBatch {
 public:
  using Outcome = base::Result<DocumentOutcome>;

  /// Answers go to `outcomes[i]`; `index`, `actions` and `outcomes` must outlive the batch.
  IndexBatch(const index::Index& index, const SemanticInference& semantic, const std::vector<DocumentAction>& actions,
             std::vector<std::optional<Outcome>>& outcomes)
      : index_(index), semantic_(semantic), actions_(actions), outcomes_(outcomes) {}
  /// Adds actions[i].
  void add(size_t i);
  /// Applies what is pending and fills in the answers.
  void flush();

 private:
  struct Pending {
    size_t action;
    std::string get_source;  ///< of updates that asked for it
    bool update;
  };
  void add_update(size_t i);
  /// The plan of actions_[i] on the document as it is now; a noop is answered at once and gives nothing.
  base::Result<std::optional<index::WriteOp>> plan(size_t i, Pending& pending);
  void finish(const Pending& pending, const std::string& id, base::Result<index::WriteResult> result);
  Outcome retry_update(const Pending& pending, base::Error conflict);
  DocumentOutcome outcome_of(const std::string& id, const index::WriteResult& result) const;

  /// The engine's answers, after inference; what fails there never reaches it.
  std::vector<base::Result<index::WriteResult>> write(std::vector<index::WriteOp>& ops) const;

  const index::Index& index_;
  const SemanticInference& semantic_;
  const std::vector<DocumentAction>& actions_;
  std::vector<std::optional<Outcome>>& outcomes_;
  std::vector<index::WriteOp> ops_;
  std::vector<Pending> pending_;
  std::deque<std::string> sources_;  // of updates, viewed by ops_
  std::unordered_set<std::string> touched_;
};

}  // namespace selene::ingest
