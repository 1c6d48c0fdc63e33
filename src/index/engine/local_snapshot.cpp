#include "index/engine/local_snapshot.h"

#include "index/engine/version_rules.h"
#include "index/store/stored_value.h"

namespace selene::index {

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

base::Result<StoredDocument> LocalSnapshot::document(DocId doc) const {
  const SegmentView& view = segment_of(doc);
  const std::string_view id = view.reader->id(doc - view.doc_base);
  ASSIGN_OR_RETURN(auto found, read_document(*parts_.store, parts_.index_uuid, id, parts_.moment.get()));
  if (!found) {
    return base::Error(base::ErrorCode::kCorruptIndex, "document [{}] of index [{}] is in segment [{}] but not in the store", id,
                       parts_.index_name, view.reader->name());
  }
  return std::move(*found);
}

base::Result<std::optional<StoredDocument>> read_document(const Store& store, std::string_view uuid, std::string_view id,
                                                          const StoreSnapshot* moment) {
  ASSIGN_OR_RETURN(const auto bytes, store.get(Space::kDocuments, document_key(uuid, id), moment));
  if (!bytes) return std::optional<StoredDocument>();
  ASSIGN_OR_RETURN(const StoredValue value, decode_stored_value(*bytes));
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

}  // namespace selene::index
