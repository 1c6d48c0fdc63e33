#include "index/store/log_scan.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "base/env.h"
#include "index/formats/byte_io.h"
#include "index/store/crc32c.h"

namespace selene::index {
namespace {

constexpr size_t kLogBlockBytes = 32768;
constexpr size_t kRecordHeaderBytes = 7;  // crc (4), length (2), type (1)
constexpr size_t kBatchHeaderBytes = 12;  // sequence (8), count (4)

enum class RecordType : uint8_t { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

/// RocksDB stores checksums rotated and shifted, so that a checksum of bytes that hold checksums is a good one too.
uint32_t masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U; }

enum class Payload : uint8_t { kBatches, kAnything };

/// Goes through one log.
class LogFile {
 public:
  LogFile(std::string_view bytes, Payload payload) : bytes_(bytes), payload_(payload) {}

  /// Reads to the end or to the first fault, which stays at `offset()`. True if there was none.
  bool read(LogScan& scan) {
    while (bytes_.size() - at_ > 0) {
      const size_t left_in_block = kLogBlockBytes - at_ % kLogBlockBytes;
      if (left_in_block < kRecordHeaderBytes) {
        at_ += std::min(left_in_block, bytes_.size() - at_);
        continue;
      }
      if (!read_record(scan)) return false;
    }
    scan.cut_off = in_batch_;
    return !in_batch_;
  }
  size_t offset() const { return at_; }

 private:
  bool read_record(LogScan& scan) {
    const size_t left = bytes_.size() - at_;
    scan.cut_off = left < kRecordHeaderBytes;
    if (scan.cut_off) return false;
    const char* const header = bytes_.data() + at_;
    const auto crc = load<uint32_t>(header);
    const size_t length = load<uint16_t>(header + 4);
    const auto type = static_cast<RecordType>(header[6]);
    const size_t left_in_block = kLogBlockBytes - at_ % kLogBlockBytes;
    if (kRecordHeaderBytes + length > left_in_block) return false;
    scan.cut_off = kRecordHeaderBytes + length > left;
    if (scan.cut_off) return false;
    if (masked(crc32c(0, bytes_.substr(at_ + 6, 1 + length))) != crc) return false;
    if (!take(type, bytes_.substr(at_ + kRecordHeaderBytes, length), scan)) return false;
    at_ += kRecordHeaderBytes + length;
    return true;
  }
  /// A batch may be split over records; its header stands in the first.
  bool take(RecordType type, std::string_view payload, LogScan& scan) {
    const bool begins = type == RecordType::kFull || type == RecordType::kFirst;
    if (begins == in_batch_ || type == RecordType::kZero || type > RecordType::kLast) return false;
    if (begins && payload_ == Payload::kBatches) {
      if (payload.size() < kBatchHeaderBytes) return false;
      const auto count = load<uint32_t>(payload.data() + 8);
      batch_end_ = load<uint64_t>(payload.data()) + count - (count > 0 ? 1 : 0);
    }
    in_batch_ = type == RecordType::kFirst || type == RecordType::kMiddle;
    if (!in_batch_) scan.last_sequence = std::max(scan.last_sequence, batch_end_);
    return true;
  }

  std::string_view bytes_;
  Payload payload_;
  size_t at_ = 0;
  bool in_batch_ = false;
  uint64_t batch_end_ = 0;
};

/// By number, as RocksDB reads them.
base::Result<std::map<uint64_t, std::string>> log_names(const std::filesystem::path& folder) {
  std::map<uint64_t, std::string> names;
  ASSIGN_OR_RETURN(const auto all, base::system_env().list(folder));
  for (const std::string& name : all) {
    if (!name.ends_with(".log") || name.find_first_not_of("0123456789") != name.size() - 4) continue;
    names.emplace(std::strtoull(name.c_str(), nullptr, 10), name);
  }
  return names;
}

}  // namespace

base::Result<RecordScan> scan_records(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const base::FileMapping mapping, base::system_env().map_file(file));
  LogFile log(mapping.bytes(), Payload::kAnything);
  LogScan scan;
  RecordScan found;
  found.is_whole = log.read(scan);
  found.cut_off = scan.cut_off;
  found.offset = log.offset();
  return found;
}

base::Result<LogScan> scan_logs(const std::filesystem::path& folder) {
  LogScan scan;
  ASSIGN_OR_RETURN(const auto names, log_names(folder));
  for (const auto& [number, name] : names) {
    ASSIGN_OR_RETURN(const base::FileMapping file, base::system_env().map_file(folder / name));
    LogFile log(file.bytes(), Payload::kBatches);
    if (log.read(scan)) continue;
    scan.bad_file = folder / name;
    scan.bad_offset = log.offset();
    break;
  }
  return scan;
}

}  // namespace selene::index
