#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace selene::index {

/// What the write-ahead logs of a closed store hold, read without opening it.
struct LogScan {
  uint64_t last_sequence = 0;      ///< of the last whole batch before the first fault; 0: none
  std::filesystem::path bad_file;  ///< where reading stopped; empty: every log was read to its end
  uint64_t bad_offset = 0;
  bool cut_off = false;  ///< the fault is a record longer than what is left of the file, as a crash leaves it
};

/// Where the records of one file stop being whole.
struct RecordScan {
  uint64_t offset = 0;   ///< of the first fault; the size of the file if there is none
  bool is_whole = true;  ///< up to the end
  bool cut_off = false;  ///< as in LogScan
};

/// Compares the checksums of a file in the layout of the logs, whatever its records hold: RocksDB's MANIFEST is one. Errors: kIo.
base::Result<RecordScan> scan_records(const std::filesystem::path& file);

/// Reads `folder`/*.log in the order of their numbers up to the first fault.  Source of the layout: RocksDB's wiki, "Write Ahead
/// Log File Format". Errors: kIo.
base::Result<LogScan> scan_logs(const std::filesystem::path& folder);

}  // namespace selene::index
