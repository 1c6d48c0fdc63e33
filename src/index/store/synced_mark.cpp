#include "index/store/synced_mark.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>

namespace selene::index {
namespace {

struct MarkRecord {
  char magic[8];
  SyncedMark::Content content;
  uint64_t checksum;  ///< XXH3-64 of what stands before
};
static_assert(sizeof(MarkRecord) == 40);
constexpr char kMagic[9] = "SELSYNC2";

uint64_t checksum_of(const MarkRecord& record) { return XXH3_64bits(&record, offsetof(MarkRecord, checksum)); }

}  // namespace

base::Result<std::unique_ptr<SyncedMark>> SyncedMark::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return base::Error(base::ErrorCode::kIo, "cannot open [{}]: {}", path.string(), std::strerror(errno));
  std::unique_ptr<SyncedMark> mark(new SyncedMark(fd));
  MarkRecord record{};
  if (::pread(fd, &record, sizeof record, 0) != ssize_t{sizeof record}) return mark;
  if (std::memcmp(record.magic, kMagic, sizeof record.magic) == 0 && record.checksum == checksum_of(record)) {
    mark->found_ = record.content;
    mark->content_ = record.content;
  }
  return mark;
}

SyncedMark::~SyncedMark() { ::close(fd_); }

void SyncedMark::set_sequence(uint64_t sequence) {
  content_.sequence = sequence;
  write();
}

void SyncedMark::set_manifest(uint64_t number, uint64_t bytes) {
  content_.manifest_number = number;
  content_.manifest_bytes = bytes;
  write();
}

void SyncedMark::write() const {
  MarkRecord record{};
  std::memcpy(record.magic, kMagic, sizeof record.magic);
  record.content = content_;
  record.checksum = checksum_of(record);
  (void)!::pwrite(fd_, &record, sizeof record, 0);
}

}  // namespace selene::index
