#include "ingest/index_batch.h"

#include <algorithm>

#include "base/random_id.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;

index::WriteOp to_op(const DocumentAction& action) {
  index::WriteOp op;
  op.id = action.id;
  op.routing = action.routing;
  op.source = action.body;
  op.version = action.version;
  op.version_type = action.version_type;
  op.if_seq_no = action.if_seq_no;
  op.if_primary_term = action.if_primary_term;
  switch (action.type) {
    case DocumentAction::Type::kCreate: op.type = index::OpType::kCreate; break;
    case DocumentAction::Type::kDelete:
      op.type = index::OpType::kDelete;
      op.source = {};
      break;
    default: op.type = index::OpType::kIndex; break;
  }
  return op;
}

DocumentOutcome::Result to_result(index::WriteOutcome outcome) {
  switch (outcome) {
    case index::WriteOutcome::kCreated: return DocumentOutcome::Result::kCreated;
    case index::WriteOutcome::kUpdated: return DocumentOutcome::Result::kUpdated;
    case index::WriteOutcome::kDeleted: return DocumentOutcome::Result::kDeleted;
    case index::WriteOutcome::kNotFound: return DocumentOutcome::Result::kNotFound;
  }
  return DocumentOutcome::Result::kUpdated;
}

/// What `get._source` shows; empty if nobody asked.
base::Result<std::string> shown_source(const DocumentAction& action, const UpdateRequest& request, std::string_view source) {
  const search::SourceFilter* filter = action.source_filter.get();
  if (filter == nullptr && request.source_filter) filter = &*request.source_filter;
  if (filter == nullptr || !filter->enabled) return std::string();
  return search::filter_source(source, *filter);
}

Error with_shard(Error error, const index::Index& index) {
  return std::move(error).with("index_uuid", index.uuid).with("shard", "0").with("index", index.name);
}

}  // namespace

void IndexBatch::add(size_t i) {
  const DocumentAction& action = actions_[i];
  if (action.type == DocumentAction::Type::kUpdate) return add_update(i);
  index::WriteOp op = to_op(action);
  if (op.id.empty()) {
    op.id = base::random_document_id();
    op.type = index::OpType::kCreate;
  }
  touched_.insert(op.id);
  ops_.push_back(std::move(op));
  pending_.push_back({i, {}, false});
}

void IndexBatch::add_update(size_t i) {
  if (touched_.contains(actions_[i].id)) flush();
  Pending pending{i, {}, true};
  auto op = plan(i, pending);
  if (!op) {
    outcomes_[i] = std::move(op).error();
    return;
  }
  if (!*op) return;
  touched_.insert(actions_[i].id);
  ops_.push_back(std::move(**op));
  pending_.push_back(std::move(pending));
}

base::Result<std::optional<index::WriteOp>> IndexBatch::plan(size_t i, Pending& pending) {
  const DocumentAction& action = actions_[i];
  ASSIGN_OR_RETURN(const UpdateRequest request, UpdateRequest::parse(action.body));
  if (request.upsert.exists() && action.if_seq_no) {
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: upsert requests don't support `if_seq_no` and `if_primary_term`;");
  }
  if (request.script != nullptr && !index_.engine->mapping()->semantic_fields().empty()) {
    return Error(ErrorCode::kStatusBadRequest,
                 "Cannot apply update with a script on indices that contain [semantic_text] field(s)");
  }
  ASSIGN_OR_RETURN(const std::optional<index::StoredDocument> current, index_.engine->get(action.id));
  base::Result<UpdatePlan> made = plan_update(request, current, {index_.name, action.id});
  if (!made)
    return made.error().code() == ErrorCode::kDocumentMissing ? with_shard(std::move(made).error(), index_)
                                                              : std::move(made).error();
  ASSIGN_OR_RETURN(pending.get_source, shown_source(action, request, made->source));

  if (made->kind == UpdatePlan::Kind::kNoop) {
    index_.engine->counters().add(index::Operation::kNoopUpdate, {});
    DocumentOutcome outcome;
    outcome.index = index_.name;
    outcome.id = action.id;
    outcome.version = current ? current->version : -1;
    outcome.seq_no = current ? current->seq_no : -2;
    outcome.primary_term = current ? current->primary_term : 0;
    outcome.result = DocumentOutcome::Result::kNoop;
    outcome.get_source = std::move(pending.get_source);
    outcomes_[i] = std::move(outcome);
    return std::optional<index::WriteOp>();
  }
  index::WriteOp op;
  op.id = action.id;
  op.source = sources_.emplace_back(std::move(made->source));
  op.routing = action.routing;
  op.type = made->kind == UpdatePlan::Kind::kInsert ? index::OpType::kCreate : index::OpType::kIndex;
  if (made->kind == UpdatePlan::Kind::kDelete) {
    op.type = index::OpType::kDelete;
    op.source = {};
  }
  if (current) {
    op.if_seq_no = action.if_seq_no.value_or(current->seq_no);
    op.if_primary_term = action.if_primary_term.value_or(current->primary_term);
    if (op.routing.empty()) op.routing = current->routing;
  }
  return std::optional<index::WriteOp>(std::move(op));
}

std::vector<base::Result<index::WriteResult>> IndexBatch::write(std::vector<index::WriteOp>& ops) const {
  std::deque<std::string> inference;
  std::vector<std::optional<Error>> failures = semantic_.run(index_, ops, inference);
  if (std::none_of(failures.begin(), failures.end(), [](const auto& failure) { return failure.has_value(); }))
    return index_.engine->apply(ops);
  std::vector<index::WriteOp> sound;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (!failures[i]) sound.push_back(ops[i]);
  }
  std::vector<base::Result<index::WriteResult>> written = index_.engine->apply(sound);
  CHECK(written.size() == sound.size());
  std::vector<base::Result<index::WriteResult>> results;
  auto next = written.begin();
  for (std::optional<Error>& failure : failures) {
    if (failure) {
      results.emplace_back(*std::move(failure));
    } else {
      results.push_back(std::move(*next++));
    }
  }
  return results;
}

void IndexBatch::flush() {
  if (ops_.empty()) return;
  std::vector<base::Result<index::WriteResult>> results = write(ops_);
  CHECK(results.size() == ops_.size());
  for (size_t k = 0; k < results.size(); ++k) finish(pending_[k], ops_[k].id, std::move(results[k]));
  ops_.clear();
  pending_.clear();
  sources_.clear();
  touched_.clear();
}

void IndexBatch::finish(const Pending& pending, const std::string& id, base::Result<index::WriteResult> result) {
  if (result) {
    DocumentOutcome outcome = outcome_of(id, *result);
    outcome.get_source = pending.get_source;
    outcomes_[pending.action] = std::move(outcome);
    return;
  }
  const bool conflict = pending.update && result.error().code() == ErrorCode::kVersionConflict;
  if (conflict) {
    outcomes_[pending.action] = retry_update(pending, std::move(result).error());
  } else {
    outcomes_[pending.action] = std::move(result).error();
  }
}

IndexBatch::Outcome IndexBatch::retry_update(const Pending& pending, Error conflict) {
  const size_t i = pending.action;
  for (int32_t left = actions_[i].retry_on_conflict; left > 0; --left) {
    Pending again{i, {}, true};
    ASSIGN_OR_RETURN(std::optional<index::WriteOp> op, plan(i, again));
    if (!op) return *std::move(outcomes_[i]);  // meanwhile a noop
    std::vector<index::WriteOp> ops = {*std::move(op)};
    std::vector<base::Result<index::WriteResult>> results = write(ops);
    CHECK(results.size() == 1);
    if (results[0]) {
      DocumentOutcome outcome = outcome_of(op->id, *results[0]);
      outcome.get_source = std::move(again.get_source);
      return outcome;
    }
    conflict = std::move(results[0]).error();
    if (conflict.code() != ErrorCode::kVersionConflict) break;
  }
  return conflict;
}

DocumentOutcome IndexBatch::outcome_of(const std::string& id, const index::WriteResult& result) const {
  DocumentOutcome outcome;
  outcome.index = index_.name;
  outcome.id = id;
  outcome.version = result.version;
  outcome.seq_no = result.seq_no;
  outcome.primary_term = result.primary_term;
  outcome.result = to_result(result.outcome);
  return outcome;
}

}  // namespace selene::ingest
