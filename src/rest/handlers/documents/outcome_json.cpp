#include "rest/handlers/documents/outcome_json.h"

namespace selene::rest {

namespace {

using Kind = ingest::DocumentOutcome::Result;

std::string_view result_name(Kind kind) {
  switch (kind) {
    case Kind::kCreated: return "created";
    case Kind::kUpdated: return "updated";
    case Kind::kDeleted: return "deleted";
    case Kind::kNotFound: return "not_found";
    case Kind::kNoop: return "noop";
  }
  return "noop";
}

}  // namespace

int outcome_status(const ingest::DocumentOutcome& outcome) {
  if (outcome.result == Kind::kCreated) return 201;
  return outcome.result == Kind::kNotFound ? 404 : 200;
}

void write_outcome(base::JsonWriter& out, const ingest::DocumentOutcome& outcome, int32_t number_of_replicas) {
  out.field("_index", outcome.index).field("_id", outcome.id).field("_version", outcome.version);
  out.field("result", result_name(outcome.result));
  if (outcome.forced_refresh) out.field("forced_refresh", true);
  const bool written = outcome.result != Kind::kNoop;
  out.key("_shards").begin_object();
  out.field("total", written ? 1 + number_of_replicas : 0).field("successful", written ? 1 : 0).field("failed", 0).end_object();
  out.field("_seq_no", outcome.seq_no).field("_primary_term", outcome.primary_term);
  if (outcome.get_source.empty()) return;
  out.key("get").begin_object().field("_seq_no", outcome.seq_no).field("_primary_term", outcome.primary_term).field("found", true);
  out.key("_source").raw(outcome.get_source).end_object();
}

int32_t ReplicaLookup::operator()(std::string_view index) {
  if (index == name_) return replicas_;
  name_ = index;
  const auto found = catalog_.find(index);
  replicas_ = found == nullptr ? 1 : found->settings.number_of_replicas;
  return replicas_;
}

}  // namespace selene::rest
