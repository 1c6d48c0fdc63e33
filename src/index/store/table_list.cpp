#include "index/store/table_list.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "index/store/log_scan.h"

namespace selene::index {

ManifestFile current_manifest(const std::filesystem::path& folder) {
  constexpr std::string_view kPrefix = "MANIFEST-";
  ManifestFile found;
  std::ifstream current(folder / "CURRENT");
  const std::string text{std::istreambuf_iterator<char>(current), {}};
  if (!text.starts_with(kPrefix) || !text.ends_with('\n')) return found;
  const char* end = text.data() + text.size() - 1;
  uint64_t number = 0;
  if (std::from_chars(text.data() + kPrefix.size(), end, number).ptr != end) return found;
  found.path = folder / text.substr(0, text.size() - 1);
  std::error_code error;
  const uintmax_t bytes = std::filesystem::file_size(found.path, error);
  if (error) return found;
  found.number = number;
  found.bytes = bytes;
  return found;
}

base::Status check_current(const std::filesystem::path& folder) {
  const std::filesystem::path current = folder / "CURRENT";
  std::error_code error;
  if (!std::filesystem::exists(current, error))
    return base::Error(base::ErrorCode::kCorruptIndex, "[{}] is missing", current.string());
  const ManifestFile manifest = current_manifest(folder);
  if (manifest.number != 0) return {};
  if (manifest.path.empty())
    return base::Error(base::ErrorCode::kCorruptIndex, "[{}] is damaged: it must name a MANIFEST file", current.string());
  return base::Error(base::ErrorCode::kCorruptIndex, "[{}] names [{}], which is missing", current.string(), manifest.path.string());
}

/// RocksDB takes a list that was cut off, or whose length of a record was damaged, for one that ends in half a record, and forgets
/// the tables behind it. Half a record is what a crash leaves only behind what was synced.
base::Status check_manifest(const std::filesystem::path& folder, const SyncedMark::Content& synced) {
  const ManifestFile manifest = current_manifest(folder);
  const bool is_known = manifest.number == synced.manifest_number;
  if (!is_known || manifest.bytes >= synced.manifest_bytes) {
    ASSIGN_OR_RETURN(const RecordScan records, scan_records(manifest.path));
    const bool is_torn = records.cut_off && (!is_known || records.offset >= synced.manifest_bytes);
    if (records.is_whole || is_torn) return {};
    return base::Error(base::ErrorCode::kCorruptIndex,
                       "[{}] is damaged at byte [{}]. Restore a backup, or let `selene check --repair` go on with what is left",
                       manifest.path.string(), records.offset);
  }
  return base::Error(
      base::ErrorCode::kCorruptIndex,
      "[{}] is cut off: it has [{}] bytes and had [{}]. Restore a backup, or let `selene check --repair` go on with what "
      "is left",
      manifest.path.string(), manifest.bytes, synced.manifest_bytes);
}

}  // namespace selene::index
