#include "index/engine/local_snapshot.h"

#include <algorithm>
#include <utility>

#include "index/engine/version_rules.h"
#include "index/store/stored_value.h"

namespace selene::index {
namespace {

/// Empty if it was deleted.
base::Result<std::optional<StoredDocument>> decode_document(std::string_view id, std::string_view bytes) {
  ASSIGN_OR_RETURN(const StoredValue value, decode_stored_value(bytes));
  if (value.deleted) return std::optional<StoredDocument>();
  StoredDocument document;
  document.id = id;
  document.source = value.source;
  document.routing = value.routing;
  document.inference = value.inference;
  document.version = value.version;
  document.seq_no = value.seq_no;
  document.primary_term = kPrimaryTerm;
  return std::optional<StoredDocument>(std::move(document));
}

}  // namespace

LocalSnapshot::LocalSnapshot(Parts parts) : parts_(std::move(parts)) {
  DocId base = 0;
  for (SegmentView& view : parts_.segments) {
    view.doc_base = base;
    view.nested = view.reader->nested();
    base += view.reader->max_doc();
    num_docs_ += view.num_docs();
    num_deleted_docs_ += view.reader->max_doc() - view.num_docs();
  }
}

base::Error LocalSnapshot::not_in_store(DocId doc) const {
  const SegmentView& view = segment_of(doc);
  return base::Error(base::ErrorCode::kCorruptIndex, "document [{}] of index [{}] is in segment [{}] but not in the store",
                     view.reader->id(doc - view.doc_base), parts_.index_name, view.reader->name());
}

base::Result<StoredDocument> LocalSnapshot::document(DocId doc) const {
  const SegmentView& view = segment_of(doc);
  const std::string_view id = view.reader->id(doc - view.doc_base);
  ASSIGN_OR_RETURN(auto found, read_document(*parts_.store, parts_.index_uuid, id, parts_.moment.get()));
  if (!found) return not_in_store(doc);
  return std::move(*found);
}

base::Result<std::vector<DocumentCache::DocumentPtr>> LocalSnapshot::documents(std::span<const DocId> docs) const {
  std::vector<DocumentCache::DocumentPtr> found(docs.size());
  std::vector<Wanted> wanted;
  for (size_t i = 0; i < docs.size(); ++i) {
    const SegmentView& view = segment_of(docs[i]);
    const DocId doc = docs[i] - view.doc_base;
    found[i] = parts_.documents->find(parts_.documents_owner, view.reader->seq_no(doc));
    if (found[i] == nullptr) wanted.push_back({document_key(parts_.index_uuid, view.reader->id(doc)), i});
  }
  if (!wanted.empty()) RETURN_IF_ERROR(read(docs, std::move(wanted), found));
  return found;
}

base::Status LocalSnapshot::read(std::span<const DocId> docs, std::vector<Wanted> wanted,
                                 std::vector<DocumentCache::DocumentPtr>& into) const {
  std::sort(wanted.begin(), wanted.end(), [](const Wanted& a, const Wanted& b) { return a.key < b.key; });
  std::vector<std::string> keys;
  keys.reserve(wanted.size());
  for (Wanted& one : wanted) keys.push_back(std::move(one.key));
  const auto take = [&](size_t i, std::optional<std::string_view> bytes) -> base::Status {
    const size_t at = wanted[i].at;
    if (!bytes) return not_in_store(docs[at]);
    ASSIGN_OR_RETURN(auto document, decode_document(std::string_view(keys[i]).substr(parts_.index_uuid.size()), *bytes));
    if (!document) return not_in_store(docs[at]);
    into[at] = std::make_shared<const StoredDocument>(std::move(*document));
    parts_.documents->add(parts_.documents_owner, into[at]);
    return {};
  };
  return parts_.store->get_many(Space::kDocuments, keys, take, parts_.moment.get());
}

base::Result<std::optional<StoredDocument>> read_document(const Store& store, std::string_view uuid, std::string_view id,
                                                          const StoreSnapshot* moment) {
  ASSIGN_OR_RETURN(const auto bytes, store.get(Space::kDocuments, document_key(uuid, id), moment));
  if (!bytes) return std::optional<StoredDocument>();
  return decode_document(id, *bytes);
}

}  // namespace selene::index
