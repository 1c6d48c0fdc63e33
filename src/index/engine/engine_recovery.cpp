// Opening an index: what the manifest lists is loaded, what is missing is rebuilt, what came later is replayed.

#include <algorithm>
#include <set>

#include "index/engine/local_index_engine.h"
#include "index/mapping/document_parser.h"
#include "index/segments/mapped_segment_reader.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

Result<std::shared_ptr<LocalIndexEngine>> LocalIndexEngine::open(Options options) {
  std::shared_ptr<LocalIndexEngine> engine(new LocalIndexEngine(std::move(options)));
  RETURN_IF_ERROR(engine->recover());
  return engine;
}

Status LocalIndexEngine::recover() {
  std::error_code error;
  std::filesystem::create_directories(options_.folder, error);
  if (error) return Error(ErrorCode::kIo, "cannot create folder [{}]: {}", options_.folder.string(), error.message());
  RETURN_IF_ERROR(load_mapping());
  ASSIGN_OR_RETURN(const auto record, options_.store->get(Space::kMetadata, manifest_key(options_.index_uuid)));
  bool complete = true;
  if (record) {
    if (Result<Manifest> manifest = decode_manifest(*record)) {
      stored_manifest_ = std::move(*manifest);
    } else {
      recovery_notes_.push_back(manifest.error().reason());
      complete = false;
    }
  }
  next_segment_ = stored_manifest_.next_segment;
  next_seq_no_ = stored_manifest_.seq_no + 1;
  ASSIGN_OR_RETURN(const bool all_loaded, load_segments(stored_manifest_));
  complete = complete && all_loaded;
  remove_unlisted_files(Manifest{});
  // A rebuild looks at every document, so nothing is left to replay but deletes and the sequence number.
  if (!complete) RETURN_IF_ERROR(rebuild_missing(stored_manifest_.seq_no));
  RETURN_IF_ERROR(replay(stored_manifest_.seq_no));
  dirty_ = true;
  {
    const std::lock_guard lock(refresh_mutex_);
    RETURN_IF_ERROR(refresh_locked());
    if (!complete) RETURN_IF_ERROR(write_manifest_locked());
  }
  return {};
}

Status LocalIndexEngine::load_mapping() {
  mapping_ = Mapping::empty(options_.analyzers, options_.limits, options_.similarities, options_.default_inference_id);
  ASSIGN_OR_RETURN(const auto record, options_.store->get(Space::kMetadata, mapping_key(options_.index_uuid)));
  if (!record) return {};
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(*record));
  ASSIGN_OR_RETURN(mapping_, mapping_->merge(json.root()));
  return {};
}

/// False if a listed segment could not be used.
Result<bool> LocalIndexEngine::load_segments(const Manifest& manifest) {
  bool complete = true;
  for (const Manifest::Segment& listed : manifest.segments) {
    Result<Segment> segment = load_segment(listed);
    if (segment) {
      segments_.push_back(std::move(*segment));
      continue;
    }
    recovery_notes_.push_back(segment.error().reason());
    complete = false;
  }
  return complete;
}

Result<LocalIndexEngine::Segment> LocalIndexEngine::load_segment(const Manifest::Segment& listed) {
  Segment segment;
  ASSIGN_OR_RETURN(segment.reader, open_segment(segment_path(listed.name), listed.name, SegmentFile::Verify::kChecksums));
  segment.synced = true;
  if (!listed.has_deletes) return segment;
  ASSIGN_OR_RETURN(const auto record, options_.store->get(Space::kMetadata, live_docs_key(options_.index_uuid, listed.name)));
  if (!record) return Error(ErrorCode::kCorruptIndex, "no live docs of segment [{}]", listed.name);
  ASSIGN_OR_RETURN(LiveDocs live_docs, decode_live_docs(*record, segment.reader->max_doc()));
  segment.published = std::make_shared<const LiveDocs>(std::move(live_docs));
  segment.stored_live_docs = segment.published;
  return segment;
}

bool LocalIndexEngine::holds_current(std::string_view id, int64_t seq_no) const {
  return std::any_of(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    const std::optional<DocId> doc = segment.reader->find_id(id);
    return doc && segment.live(*doc) && segment.reader->seq_no(*doc) == seq_no;
  });
}

/// Indexes every stored document that no loaded segment holds.
Status LocalIndexEngine::rebuild_missing(int64_t up_to_seq_no) {
  const std::string& uuid = options_.index_uuid;
  int64_t largest = up_to_seq_no;
  Status status;
  RETURN_IF_ERROR(
      options_.store->scan(Space::kDocuments, uuid, prefix_end(uuid), [&](std::string_view key, std::string_view bytes) {
        const Result<StoredValue> value = decode_stored_value(bytes);
        if (!value) {
          status = value.error();
          return false;
        }
        largest = std::max(largest, value->seq_no);
        const std::string_view id = key.substr(uuid.size());
        if (!holds_current(id, value->seq_no)) recover_document(id, *value);
        status = refresh_if_large();
        return status.has_value();
      }));
  RETURN_IF_ERROR(status);
  next_seq_no_ = std::max(next_seq_no_, largest + 1);
  return {};
}

Status LocalIndexEngine::replay(int64_t after_seq_no) {
  const std::string& uuid = options_.index_uuid;
  Status status;
  RETURN_IF_ERROR(options_.store->scan(
      Space::kLog, log_key(uuid, after_seq_no + 1), prefix_end(uuid), [&](std::string_view key, std::string_view id) {
        if (key.size() != uuid.size() + 8) {
          status = Error(ErrorCode::kCorruptIndex, "damaged log of index [{}]", options_.index_name);
          return false;
        }
        const auto seq_no = static_cast<int64_t>(__builtin_bswap64(load<uint64_t>(key.data() + uuid.size())));
        next_seq_no_ = std::max(next_seq_no_, seq_no + 1);
        ++operations_since_flush_;
        const auto bytes = options_.store->get(Space::kDocuments, document_key(uuid, id));
        if (!bytes || !*bytes) {
          status = bytes
                       ? Error(ErrorCode::kCorruptIndex, "document [{}] of index [{}] is in the log only", id, options_.index_name)
                       : bytes.error();
          return false;
        }
        const Result<StoredValue> value = decode_stored_value(**bytes);
        if (!value) {
          status = value.error();
          return false;
        }
        // An operation that a later one replaced leaves nothing; the later one removes what was there before.
        if (value->seq_no == seq_no) recover_document(id, *value);
        status = refresh_if_large();
        return status.has_value();
      }));
  return status;
}

/// Brings memory to what the store says of one document.
void LocalIndexEngine::recover_document(std::string_view id, const StoredValue& value) {
  const auto in_buffer = [&] {
    return std::any_of(buffers_.begin(), buffers_.end(), [&](const auto& buffer) {
      const auto at = buffer->newest.find(id);
      return at != buffer->newest.end() && buffer->buffer.seq_no(at->second.doc) == value.seq_no;
    });
  };
  if (!value.deleted && (in_buffer() || holds_current(id, value.seq_no))) return;
  remove_previous(id);
  if (value.deleted) return;
  const std::shared_ptr<BufferedSegment> buffer = take_buffer();
  WriteOp op;
  op.id = id;
  op.source = value.source;
  op.inference = value.inference;
  std::shared_ptr<const Mapping> mapping = mapping_;
  const Prepared prepared = prepare(op, *buffer, mapping);
  if (prepared.error) {
    // It was indexed once, so this is a bug of ours or a changed analyzer; the document stays readable by id.
    recovery_notes_.push_back(base::format("document [{}] cannot be indexed again: {}", id, prepared.error->reason()));
  } else {
    buffer->commit(prepared.doc, value.seq_no);
  }
  give_back(buffer);
}

Status LocalIndexEngine::refresh_if_large() {
  if (buffers_.empty() || buffers_.front()->buffer.bytes() < options_.buffer_bytes) return {};
  dirty_ = true;
  const std::lock_guard lock(refresh_mutex_);
  RETURN_IF_ERROR(refresh_locked());
  return {};
}

}  // namespace selene::index
