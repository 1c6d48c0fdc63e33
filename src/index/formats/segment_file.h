#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "base/result.h"

namespace selene::index {

/// ON DISK: do not renumber.
enum class SectionKind : uint32_t {
  kFields = 1,
  kPostings = 2,
  kTerms = 3,
  kNorms = 4,
  kNumbers = 5,
  kKeywords = 6,
  kDocsWithField = 7,
  kIds = 8,
  kSeqNos = 9,
  kVectors = 16,
  kVectorCodes = 17,
  kVectorGraph = 18,
};
/// Flags of a field in the fields section. ON DISK.
inline constexpr uint8_t kFieldHasPositions = 1;
inline constexpr uint8_t kFieldHasWeights = 2;

inline constexpr uint32_t kNoField = 0xFFFFFFFF;
inline constexpr uint32_t kSegmentFormatVersion = 4;

/// Writes one file of checksummed sections, front to back. Layout: docs/formats/segment_file.md. One thread.
/// An I/O failure is kept and given by `finish`; calls after it do nothing.
class SegmentFileWriter {
 public:
  /// `files` must outlive the writer.
  static base::Result<std::unique_ptr<SegmentFileWriter>> create(const std::filesystem::path& path,
                                                                 base::Env& files = base::system_env());
  ~SegmentFileWriter();  ///< closes; removes the file unless `finish` succeeded

  void begin_section(SectionKind kind, uint32_t field);
  void append(std::string_view bytes);
  /// Bytes of the open section so far.
  uint64_t section_size() const { return section_size_; }
  void end_section();
  /// One whole section.
  void section(SectionKind kind, uint32_t field, std::string_view bytes) {
    begin_section(kind, field);
    append(bytes);
    end_section();
  }
  /// Writes table and footer and closes. Not synced: see sync_file.
  base::Status finish();
  /// Makes the writer refuse (a limit of the format was passed); the first reason wins.
  void fail(base::Error error);

 private:
  struct State;
  explicit SegmentFileWriter(std::unique_ptr<State> state);
  void flush_buffer();
  uint64_t section_size_ = 0;
  std::unique_ptr<State> state_;
};

/// A memory-mapped file of sections. Immutable, thread-safe.
class SegmentFile {
 public:
  struct Section {
    SectionKind kind;
    uint32_t field;
    uint64_t offset;
    uint64_t length;
    uint64_t checksum;
  };
  enum class Verify : uint8_t { kStructure, kChecksums };
  /// Errors: kIo (cannot be read), kCorruptIndex naming the file (not a segment, cut off, wrong version or checksum).
  static base::Result<std::shared_ptr<const SegmentFile>> open(const std::filesystem::path& path, Verify verify);
  ~SegmentFile();
  SegmentFile(const SegmentFile&) = delete;
  SegmentFile& operator=(const SegmentFile&) = delete;

  const std::vector<Section>& sections() const { return sections_; }
  /// Empty if the file has none.
  std::string_view find(SectionKind kind, uint32_t field) const;
  bool has(SectionKind kind, uint32_t field) const;
  std::string_view bytes() const { return bytes_; }
  /// Reads all bytes and compares every checksum. Errors: kCorruptIndex.
  base::Status verify_checksums() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  SegmentFile(std::filesystem::path path, std::string_view bytes) : path_(std::move(path)), bytes_(bytes) {}
  base::Status read_table();
  base::Error corrupt(std::string_view what) const;
  const Section* section_of(SectionKind kind, uint32_t field) const;

  std::filesystem::path path_;
  std::string_view bytes_;
  std::vector<Section> sections_;  ///< sorted by (kind, field)
};

/// fsync of a file or folder. Errors: kIo.
base::Status sync_path(const std::filesystem::path& path);

}  // namespace selene::index
