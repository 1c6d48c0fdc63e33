#include "ingest/by_query/by_query_run.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <thread>

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using Clock = std::chrono::steady_clock;
using Match = search::MatchScan::Match;

/// What a script may do to a document; `index` unless it says otherwise.
enum class Op : uint8_t { kIndex, kNoop, kDelete };

base::Result<Op> op_of(const JsonTree& ctx) {
  const JsonTree* const op = ctx.find("op");
  const std::string name = op != nullptr && op->is_string() ? op->as_string() : "";
  if (name == "index") return Op::kIndex;
  if (name == "noop" || name == "none") return Op::kNoop;
  if (name == "delete") return Op::kDelete;
  return Error(ErrorCode::kIllegalArgument, "Operation type [{}] not allowed, only [noop, index, delete] are allowed", name);
}

std::string text_of(const JsonTree* value) {
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? value->as_string() : value->to_json();
}

class Run {
 public:
  Run(const index::Catalog& catalog, DocumentService& documents, const ByQueryRequest& request, ByQueryProgress& progress)
      : catalog_(catalog), documents_(documents), request_(request), progress_(progress) {}

  base::Result<ByQueryResult> all(const base::Cancellation& cancellation) {
    search::ScanRequest scan{request_.indices, request_.options, &request_.body, request_.query, request_.slice};
    ASSIGN_OR_RETURN(search::MatchScan matches, search::MatchScan::create(catalog_, scan, cancellation));
    progress_.total = request_.max_docs < 0 ? matches.total() : std::min(matches.total(), request_.max_docs);
    int64_t left = request_.max_docs < 0 ? matches.total() : request_.max_docs;
    while (left > 0 && result_.failures.empty()) {
      if (cancellation.should_stop()) {
        result_.cancelled = true;
        break;
      }
      ASSIGN_OR_RETURN(std::vector<Match> batch, matches.next(static_cast<size_t>(std::min<int64_t>(left, request_.batch_size))));
      if (batch.empty()) break;
      left -= static_cast<int64_t>(batch.size());
      ++progress_.batches;
      RETURN_IF_ERROR(write(batch));
      if (left > 0) throttle(batch.size(), cancellation);
    }
    if (request_.refresh) RETURN_IF_ERROR(refresh());
    return std::move(result_);
  }

 private:
  /// When a batch of `num_docs` is to end, as the rate is now.
  Clock::time_point end_of_batch(size_t num_docs) const {
    const float rate = progress_.requests_per_second;
    if (rate <= 0) return batch_start_;
    return batch_start_ +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(static_cast<double>(num_docs) / rate));
  }

  /// Lets a batch take as long as `requests_per_second` says. A faster rate counts at once, a slower one from the next batch on.
  void throttle(size_t num_docs, const base::Cancellation& cancellation) {
    const Clock::time_point end = Clock::now();
    Clock::time_point until = end_of_batch(num_docs);
    while (Clock::now() < until && !cancellation.should_stop()) {
      std::this_thread::sleep_for(std::min<Clock::duration>(until - Clock::now(), std::chrono::milliseconds(20)));
      until = std::min(until, end_of_batch(num_docs));
    }
    progress_.throttled_ms += std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - end).count();
    batch_start_ = Clock::now();
  }

  base::Status write(std::vector<Match>& batch) {
    std::vector<DocumentAction> actions;
    sources_.clear();
    for (Match& match : batch) {
      if (!request_.routing.empty() && match.document.routing != request_.routing) continue;
      ASSIGN_OR_RETURN(std::optional<DocumentAction> action, action_for(match));
      if (action) {
        actions.push_back(*std::move(action));
      } else {
        ++progress_.noops;
      }
    }
    if (actions.empty()) return {};
    const auto outcomes = documents_.apply(actions, RefreshPolicy::kNone);
    for (size_t i = 0; i < outcomes.size(); ++i) note(actions[i], outcomes[i]);
    return {};
  }

  base::Result<std::optional<DocumentAction>> action_for(Match& match) {
    DocumentAction action;
    action.index = match.index->name;
    action.id = match.document.id;
    action.routing = match.document.routing;
    action.wait = request_.wait;
    if (request_.kind == ByQueryKind::kReindex) {
      point_to_target(match, action);
    } else {
      action.if_seq_no = match.document.seq_no;
      action.if_primary_term = match.document.primary_term;
      if (!request_.pipeline.empty()) action.pipeline = request_.pipeline;
    }
    if (request_.kind == ByQueryKind::kDelete) {
      action.type = DocumentAction::Type::kDelete;
      return std::optional<DocumentAction>(std::move(action));
    }
    std::string source = std::move(match.document.source);
    if (request_.kind == ByQueryKind::kReindex && !request_.source_filter.keeps_all()) {
      ASSIGN_OR_RETURN(source, search::filter_source(source, request_.source_filter));
    }
    if (request_.script != nullptr) {
      ASSIGN_OR_RETURN(const bool writes, run_script(match, source, action));
      if (!writes) return std::optional<DocumentAction>();
    }
    if (action.type != DocumentAction::Type::kDelete) action.body = sources_.emplace_back(std::move(source));
    return std::optional<DocumentAction>(std::move(action));
  }

  void point_to_target(const Match& match, DocumentAction& action) const {
    const ReindexTarget& target = request_.target;
    action.index = target.index;
    action.type = target.create_only ? DocumentAction::Type::kCreate : DocumentAction::Type::kIndex;
    if (target.routing == ReindexTarget::Routing::kDiscard) action.routing.clear();
    if (target.routing == ReindexTarget::Routing::kFixed) action.routing = target.fixed_routing;
    if (!target.pipeline.empty()) action.pipeline = target.pipeline;
    if (!target.external_version) return;
    action.version = match.document.version;
    action.version_type = target.external_gte ? index::VersionType::kExternalGte : index::VersionType::kExternal;
  }

  /// False: the document is left alone.
  base::Result<bool> run_script(const Match& match, std::string& source, DocumentAction& action) const {
    ASSIGN_OR_RETURN(const base::JsonDocument parsed, base::JsonDocument::parse(source));
    JsonTree ctx = JsonTree::object();
    ctx.set("_index", action.index);
    ctx.set("_id", action.id);
    ctx.set("_version", JsonTree(match.document.version));
    if (!action.routing.empty()) ctx.set("_routing", action.routing);
    ctx.set("op", "index");
    ctx.set("_source", JsonTree::from(parsed.root()));
    ASSIGN_OR_RETURN(const JsonTree returned, request_.script->run(ctx));
    ASSIGN_OR_RETURN(const Op op, op_of(ctx));
    if (op == Op::kNoop) return false;
    RETURN_IF_ERROR(read_metadata(ctx, action));
    if (op == Op::kDelete) {
      action.type = DocumentAction::Type::kDelete;
      return true;
    }
    const JsonTree* const after = ctx.find("_source");
    if (after == nullptr || !after->is_object())
      return Error(ErrorCode::kIllegalArgument, "the script left no object in [ctx._source]");
    source = after->to_json();
    return true;
  }

  base::Status read_metadata(const JsonTree& ctx, DocumentAction& action) const {
    const std::string index = text_of(ctx.find("_index"));
    const std::string id = text_of(ctx.find("_id"));
    const std::string routing = text_of(ctx.find("_routing"));
    if (request_.kind != ByQueryKind::kReindex) {
      for (const auto& [name, same] : {std::pair{"_index", index == action.index}, std::pair{"_id", id == action.id},
                                       std::pair{"_routing", routing == action.routing}}) {
        if (!same) return Error(ErrorCode::kIllegalArgument, "Modifying [{}] not allowed", name);
      }
      return {};
    }
    if (index.empty()) return Error(ErrorCode::kIllegalArgument, "Can't reindex without a destination index!");
    action.index = index;
    action.id = id;
    action.routing = routing;
    return {};
  }

  void note(const DocumentAction& action, const base::Result<DocumentOutcome>& outcome) {
    if (!outcome) {
      const bool conflict = outcome.error().code() == ErrorCode::kVersionConflict;
      if (conflict) ++progress_.version_conflicts;
      if (!conflict || !request_.proceed_on_conflict) result_.failures.push_back({action.index, action.id, outcome.error()});
      return;
    }
    written_.insert(outcome->index);
    switch (outcome->result) {
      case DocumentOutcome::Result::kCreated: ++progress_.created; break;
      case DocumentOutcome::Result::kUpdated: ++progress_.updated; break;
      case DocumentOutcome::Result::kDeleted: ++progress_.deleted; break;
      default: ++progress_.noops; break;
    }
  }

  base::Status refresh() const {
    for (const std::string& name : written_) {
      if (const auto index = catalog_.find(name)) RETURN_IF_ERROR(index->engine->refresh());
    }
    return {};
  }

  const index::Catalog& catalog_;
  DocumentService& documents_;
  const ByQueryRequest& request_;
  ByQueryProgress& progress_;
  std::deque<std::string> sources_;  // of one batch, viewed by its actions
  std::set<std::string> written_;
  ByQueryResult result_;
  Clock::time_point batch_start_ = Clock::now();
};

}  // namespace

base::Result<ByQueryResult> run_by_query(const index::Catalog& catalog, DocumentService& documents, const ByQueryRequest& request,
                                         const base::Cancellation& cancellation, ByQueryProgress& progress) {
  return Run(catalog, documents, request, progress).all(cancellation);
}

}  // namespace selene::ingest
