#include "index/engine/local_index_engine.h"

#include <algorithm>

#include "base/check.h"
#include "index/engine/write_counts.h"
#include "index/mapping/document_parser.h"
#include "index/store/stored_value.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

/// A document may bring new fields more than once while others change the mapping too; this often is a bug of ours.
constexpr int kMaxMappingRounds = 32;

/// `[1:5] Unexpected ...` becomes `[1:5] failed to parse: Unexpected ...`.
Error not_json(const Error& error) {
  std::string_view reason = error.reason();
  std::string_view place = "[1:1]";
  if (const size_t end = reason.find("] "); reason.starts_with('[') && end != std::string_view::npos) {
    place = reason.substr(0, end + 1);
    reason.remove_prefix(end + 2);
  }
  return Error(ErrorCode::kDocumentParsing, "{} failed to parse: {}", place, reason).with_cause(error);
}

}  // namespace

void LocalIndexEngine::Segment::remove(DocId doc) {
  if (working == nullptr) {
    working = published == nullptr ? std::make_shared<LiveDocs>(reader->max_doc()) : std::make_shared<LiveDocs>(*published);
  } else if (working == taken) {
    working = std::make_shared<LiveDocs>(*taken);
  }
  const NestedDocs* const nested = reader->nested();
  for (DocId part = nested == nullptr ? doc : nested->block_begin(doc); part <= doc; ++part) working->remove(part);
}

std::string LocalIndexEngine::new_segment_name() { return base::format("s{:08}.seg", next_segment_++); }

/// As Elasticsearch words its block; nothing has been written.
Error LocalIndexEngine::blocked(const Error& cause) const {
  return Error(ErrorCode::kFloodStage,
               "index [{}] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has "
               "read-only-allow-delete block];",
               options_.index_name)
      .with_cause(cause);
}

std::vector<Result<WriteResult>> LocalIndexEngine::apply(std::span<const WriteOp> ops) {
  std::vector<Result<WriteResult>> results;
  results.reserve(ops.size());
  if (const Status space = options_.store->check_space(); !space) {
    results.assign(ops.size(), blocked(space.error()));
    return results;
  }
  const Clock::time_point start = Clock::now();
  const auto num_deletes = std::count_if(ops.begin(), ops.end(), [](const WriteOp& op) { return op.type == OpType::kDelete; });
  const auto num_indexed = static_cast<int64_t>(ops.size()) - num_deletes;
  counters().begin(Operation::kIndex, num_indexed);
  counters().begin(Operation::kDelete, num_deletes);
  const std::shared_ptr<BufferedSegment> buffer = take_buffer();
  std::shared_ptr<const Mapping> mapping = this->mapping();
  std::vector<Prepared> prepared;
  prepared.reserve(ops.size());
  for (const WriteOp& op : ops) prepared.push_back(prepare(op, *buffer, mapping));
  bool wrote = false;
  commit(ops, prepared, *buffer, results, wrote);
  const bool large = buffer->buffer.bytes() > options_.buffer_bytes;
  give_back(buffer);
  counters().end(Operation::kIndex, num_indexed);
  counters().end(Operation::kDelete, num_deletes);
  count_writes(counters(), ops, results, Clock::now() - start);
  if (wrote && sync_writes_) {
    if (Status synced = options_.store->sync(); !synced) {
      for (Result<WriteResult>& result : results) {
        if (result) result = synced.error();
      }
    }
  }
  // A refresh that fails keeps the buffers; the writes are durable all the same.
  if (large) (void)refresh();
  return results;
}

LocalIndexEngine::Prepared LocalIndexEngine::prepare(const WriteOp& op, BufferedSegment& buffer,
                                                     std::shared_ptr<const Mapping>& mapping) {
  Prepared prepared;
  if (op.type == OpType::kDelete) return prepared;
  thread_local base::JsonDocument json;
  thread_local base::JsonDocument inference;
  if (Status status = json.reparse(op.source); !status) {
    prepared.error = not_json(status.error());
    return prepared;
  }
  if (!op.inference.empty()) {
    if (Status status = inference.reparse(op.inference); !status) {
      prepared.error = std::move(status).error();
      return prepared;
    }
  }
  Result<ParsedDocument> parsed = parse(op, json, inference, mapping);
  if (!parsed) {
    prepared.error = parsed.error();
    return prepared;
  }
  Result<DocId> doc = buffer.buffer.add(*parsed, op.id);
  if (doc) {
    prepared.doc = *doc;
  } else {
    prepared.error = doc.error();
  }
  return prepared;
}

/// Parses until the mapping knows every field; `mapping` becomes the one parsed against.
Result<ParsedDocument> LocalIndexEngine::parse(const WriteOp& op, const base::JsonDocument& json,
                                               const base::JsonDocument& inference, std::shared_ptr<const Mapping>& mapping) {
  for (int round = 0; round < kMaxMappingRounds; ++round) {
    ASSIGN_OR_RETURN(ParsedDocument parsed,
                     op.inference.empty() ? parse_document(json, op.id, mapping) : parse_document(json, inference, op.id, mapping));
    if (parsed.dynamic_update.empty()) return parsed;
    ASSIGN_OR_RETURN(mapping, merge_dynamic(parsed.dynamic_update));
  }
  return Error(ErrorCode::kInternal, "the mapping of index [{}] does not settle for document [{}]", options_.index_name, op.id);
}

Result<std::shared_ptr<const Mapping>> LocalIndexEngine::merge_dynamic(const std::string& update) {
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(update));
  const std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(mapping_, mapping_->merge(json.root()));
  mapping_unsaved_ = true;
  return mapping_;
}

Result<std::optional<CurrentVersion>> LocalIndexEngine::current_version(std::string_view id) const {
  ASSIGN_OR_RETURN(const auto bytes, options_.store->get(Space::kDocuments, document_key(options_.index_uuid, id)));
  if (!bytes) return std::optional<CurrentVersion>();
  ASSIGN_OR_RETURN(const StoredValue value, decode_stored_value(*bytes));
  return std::optional<CurrentVersion>(CurrentVersion{value.version, value.seq_no, value.deleted});
}

void LocalIndexEngine::add_mapping_to(StoreBatch& batch) {
  if (!mapping_unsaved_) return;
  base::JsonWriter json;
  mapping_->write_json(json);
  batch.put(Space::kMetadata, mapping_key(options_.index_uuid), json.text());
}

/// Versions, sequence numbers, store and memory: one critical section for the whole batch.
void LocalIndexEngine::commit(std::span<const WriteOp> ops, std::vector<Prepared>& prepared, BufferedSegment& buffer,
                              std::vector<Result<WriteResult>>& results, bool& wrote) {
  std::unique_lock lock(mutex_);
  // The refresh in progress takes all that is committed up to its moment, and this buffer is none of those it takes.
  frozen_.wait(lock, [&] { return !freezing_ || buffer.generation < generation_; });
  std::unordered_map<std::string_view, CurrentVersion> in_batch;
  std::vector<Planned> plan;
  StoreBatch batch;
  int64_t seq_no = next_seq_no_;
  size_t bytes = 0;
  const auto plan_one = [&](size_t i) -> Result<WriteResult> {
    const WriteOp& op = ops[i];
    if (closed_) return Error(ErrorCode::kIndexNotFound, "no such index [{}]", options_.index_name);
    if (prepared[i].error) return *prepared[i].error;
    std::optional<CurrentVersion> current;
    if (const auto at = in_batch.find(op.id); at != in_batch.end()) {
      current = at->second;
    } else {
      ASSIGN_OR_RETURN(current, current_version(op.id));
    }
    Result<int64_t> version = next_version(op, current);
    if (!version) {
      return std::move(version)
          .error()
          .with("index_uuid", options_.index_uuid)
          .with("shard", "0")
          .with("index", options_.index_name);
    }
    const bool exists = current && !current->deleted;
    const bool deletes = op.type == OpType::kDelete;
    const StoredValue value{deletes, *version, seq_no, op.routing, op.source, op.inference};
    batch.put(Space::kDocuments, document_key(options_.index_uuid, op.id), encode_stored_value(value));
    batch.put(Space::kLog, log_key(options_.index_uuid, seq_no), op.id);
    bytes += op.source.size() + op.inference.size() + op.id.size();
    in_batch[op.id] = {*version, seq_no, deletes};
    plan.push_back({i, seq_no, exists});
    const WriteOutcome outcome = deletes ? (exists ? WriteOutcome::kDeleted : WriteOutcome::kNotFound)
                                         : (exists ? WriteOutcome::kUpdated : WriteOutcome::kCreated);
    return WriteResult{outcome, *version, seq_no++, kPrimaryTerm};
  };
  for (size_t i = 0; i < ops.size(); ++i) results.push_back(plan_one(i));
  if (plan.empty()) return;
  add_mapping_to(batch);
  if (Status written = options_.store->write(batch); !written) {
    for (const Planned& planned : plan) results[planned.op] = written.error();
    return;
  }
  mapping_unsaved_ = false;
  next_seq_no_ = seq_no;
  for (const Planned& planned : plan) {
    if (planned.replaces) remove_previous(ops[planned.op].id);
    if (ops[planned.op].type != OpType::kDelete) buffer.commit(prepared[planned.op].doc, planned.seq_no);
  }
  dirty_ = true;
  unsynced_ = unsynced_ || !sync_writes_;
  wrote = true;
  operations_since_flush_ += static_cast<int64_t>(plan.size());
  bytes_since_flush_ += bytes;
  last_write_ = Clock::now();
}

/// Deletes the one live version of `id` in memory: it stands in a buffer or in a segment.
void LocalIndexEngine::remove_previous(std::string_view id) {
  for (const auto& buffer : buffers_) {
    if (buffer->remove(id)) return;
  }
  for (const auto& buffer : flushing_) {
    if (buffer->remove(id)) return;
  }
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    const std::optional<DocId> doc = segment->reader->find_id(id);
    if (!doc || !segment->live(*doc)) continue;
    segment->remove(*doc);
    replaced_.push_back(segment->reader->seq_no(*doc));
    return;
  }
}

Result<std::optional<StoredDocument>> LocalIndexEngine::get(std::string_view id) const {
  const Clock::time_point start = Clock::now();
  auto document = read_document(*options_.store, options_.index_uuid, id, nullptr);
  if (document) counters().add(*document ? Operation::kGetExists : Operation::kGetMissing, Clock::now() - start);
  return document;
}

std::shared_ptr<const Snapshot> LocalIndexEngine::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

std::shared_ptr<const Mapping> LocalIndexEngine::mapping() const {
  const std::lock_guard lock(mutex_);
  return mapping_;
}

Status LocalIndexEngine::put_mapping(base::JsonValue mappings) {
  if (const Status space = options_.store->check_space(); !space) return blocked(space.error());
  {
    const std::lock_guard lock(mutex_);
    ASSIGN_OR_RETURN(std::shared_ptr<const Mapping> merged, mapping_->merge(mappings));
    const std::shared_ptr<const Mapping> old = std::exchange(mapping_, std::move(merged));
    mapping_unsaved_ = true;
    StoreBatch batch;
    add_mapping_to(batch);
    if (Status written = options_.store->write(batch); !written) {
      mapping_ = old;
      return written;
    }
    mapping_unsaved_ = false;
    publish_snapshot(snapshot_->moment());
  }
  return options_.store->sync();
}

EngineStats LocalIndexEngine::stats() const {
  EngineStats stats;
  {
    const std::lock_guard lock(mutex_);
    stats.num_docs = snapshot_->num_docs();
    stats.num_deleted_docs = snapshot_->num_deleted_docs();
    stats.num_segments = static_cast<int32_t>(snapshot_->segments().size());
    for (const SegmentView& view : snapshot_->segments()) stats.size_bytes += view.reader->size_bytes();
    stats.max_seq_no = next_seq_no_ - 1;
    for (const auto& list : {buffers_, flushing_}) {
      for (const auto& buffer : list) stats.buffered_docs += buffer->num_committed;
    }
    stats.unflushed_operations = operations_since_flush_;
    stats.unflushed_bytes = static_cast<int64_t>(bytes_since_flush_);
    stats.last_write_age_ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - last_write_).count();
  }
  stats.size_bytes += options_.store->approximate_bytes(Space::kDocuments, options_.index_uuid, prefix_end(options_.index_uuid));
  return stats;
}

void LocalIndexEngine::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

}  // namespace selene::index
