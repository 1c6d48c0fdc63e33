#include "index/catalog/data_check.h"

#include "index/catalog/data_folder.h"
#include "index/catalog/index_record.h"
#include "index/engine/manifest.h"
#include "index/segments/mapped_segment_reader.h"
#include "index/store/store.h"
#include "index/store/stored_value.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

/// One index of an opened store.
class IndexCheck {
 public:
  IndexCheck(const Store& store, const DataFolder& folder, const IndexRecord& record, DataReport& report)
      : store_(store), folder_(folder), record_(record), report_(report) {}

  void run() {
    check_mapping();
    check_segments();
    check_documents();
  }

 private:
  void lose(const Error& error) { report_.lost.push_back(base::format("index [{}]: {}", record_.name, error.reason())); }
  void note(const Error& error) { report_.repairable.push_back(base::format("index [{}]: {}", record_.name, error.reason())); }

  void check_mapping() {
    const auto bytes = store_.get(Space::kMetadata, mapping_key(record_.uuid));
    if (!bytes) return lose(bytes.error());
    if (!*bytes) return lose(Error(ErrorCode::kCorruptIndex, "the store holds no mapping"));
    if (const auto json = base::JsonDocument::parse(**bytes); !json) lose(json.error());
  }

  void check_segments() {
    const auto bytes = store_.get(Space::kMetadata, manifest_key(record_.uuid));
    if (!bytes) return lose(bytes.error());
    if (!*bytes) return;  // nothing flushed yet
    const Result<Manifest> manifest = decode_manifest(**bytes);
    if (!manifest) return note(manifest.error());
    for (const Manifest::Segment& listed : manifest->segments) {
      ++report_.num_segments;
      const auto path = folder_.indices() / record_.uuid / listed.name;
      const auto segment = open_segment(path, listed.name, SegmentFile::Verify::kChecksums);
      if (!segment) {
        note(segment.error());
      } else if (listed.has_deletes) {
        check_live_docs(listed.name, (*segment)->max_doc());
      }
    }
  }

  void check_live_docs(const std::string& segment, DocId max_doc) {
    const auto bytes = store_.get(Space::kMetadata, live_docs_key(record_.uuid, segment));
    if (!bytes) return lose(bytes.error());
    if (!*bytes) return note(Error(ErrorCode::kCorruptIndex, "no live docs of segment [{}]", segment));
    if (const auto live_docs = decode_live_docs(**bytes, max_doc); !live_docs) note(live_docs.error());
  }

  void check_documents() {
    const std::string& uuid = record_.uuid;
    const Status scanned =
        store_.scan(Space::kDocuments, uuid, prefix_end(uuid), [&](std::string_view key, std::string_view bytes) {
          const Result<StoredValue> value = decode_stored_value(bytes);
          if (!value) {
            lose(Error(ErrorCode::kCorruptIndex, "document [{}]: {}", key.substr(uuid.size()), value.error().reason()));
          } else if (!value->deleted) {
            ++report_.num_documents;
          }
          return true;
        });
    if (!scanned) lose(scanned.error());
  }

  const Store& store_;
  const DataFolder& folder_;
  const IndexRecord& record_;
  DataReport& report_;
};

}  // namespace

Result<DataReport> check_data(const std::filesystem::path& data) {
  std::error_code error;
  if (!std::filesystem::exists(data / "store", error)) {
    return Error(ErrorCode::kIllegalState, "[{}] is not a data folder: it has no store", data.string());
  }
  ASSIGN_OR_RETURN(const DataFolder folder, DataFolder::open(data));
  ASSIGN_OR_RETURN(const auto store, Store::open(folder.store()));
  DataReport report;
  if (const Status verified = store->verify(); !verified) report.lost.push_back(verified.error().reason());
  std::vector<std::string> records;
  const std::string prefix = index_record_key("");
  RETURN_IF_ERROR(store->scan(Space::kMetadata, prefix, prefix_end(prefix), [&](std::string_view, std::string_view bytes) {
    records.emplace_back(bytes);
    return true;
  }));
  for (const std::string& bytes : records) {
    ++report.num_indices;
    const Result<IndexRecord> record = decode_index_record(bytes);
    if (record) {
      IndexCheck(*store, folder, *record, report).run();
    } else {
      report.lost.push_back(record.error().reason());
    }
  }
  return report;
}

}  // namespace selene::index
