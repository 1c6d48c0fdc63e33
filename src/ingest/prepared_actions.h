#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "index/catalog/catalog.h"
#include "ingest/document_service.h"
#include "ingest/pipelines/pipeline_service.h"

namespace selene::ingest {

/// The actions of one apply() call after what comes before the index: routing of the alias they name, and pipelines. What needs
/// neither is used as it came. One thread.
class PreparedActions {
 public:
  using Outcome = base::Result<DocumentOutcome>;
  /// Answers of actions that fail or are dropped go to `outcomes[i]`. `pipelines` may be null. `actions` must outlive this.
  PreparedActions(index::Catalog& catalog, const PipelineService* pipelines, const std::vector<DocumentAction>& actions,
                  std::vector<std::optional<Outcome>>& outcomes);
  const std::vector<DocumentAction>& actions() const { return changed_ ? own_ : given_; }
  /// Of action i; empty: none.
  const std::vector<std::string>& executed(size_t i) const;

 private:
  struct Target {
    std::string default_pipeline;
    std::string final_pipeline;
    std::string routing;  ///< of the alias
  };
  Target look_up(const std::string& name) const;
  void add_routing(size_t i, const Target& target, std::vector<std::optional<Outcome>>& outcomes);
  void add_item(size_t i, const Target& target, std::vector<IngestItem>& items, std::vector<size_t>& places);
  void take_back(const IngestItem& item, size_t i, std::vector<std::optional<Outcome>>& outcomes);
  DocumentAction& own(size_t i);

  index::Catalog& catalog_;
  const std::vector<DocumentAction>& given_;
  bool changed_ = false;
  std::vector<DocumentAction> own_;
  std::deque<std::string> bodies_;  // viewed by own_
  std::map<size_t, std::vector<std::string>> executed_;
};

}  // namespace selene::ingest
