#include "index/formats/segment_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "index/formats/byte_io.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::string_view kMagic = "SELENSEG";
constexpr size_t kHeaderBytes = 16;
constexpr size_t kEntryBytes = 32;
constexpr size_t kFooterBytes = 40;
constexpr size_t kAlignment = 16;
constexpr size_t kBufferBytes = size_t{1} << 18;

Error io_error(std::string_view action, const std::filesystem::path& path) {
  return Error(ErrorCode::kIo, "cannot {} [{}]: {}", action, path.string(), std::strerror(errno));
}

}  // namespace

struct SegmentFileWriter::State {
  base::Env* files = nullptr;
  std::filesystem::path path;
  std::unique_ptr<base::OutputFile> file;
  bool finished = false;
  uint64_t offset = 0;
  std::string buffer;
  XXH3_state_t* hash = nullptr;
  std::vector<SegmentFile::Section> sections;
  std::optional<Error> error;
};

SegmentFileWriter::SegmentFileWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<SegmentFileWriter>> SegmentFileWriter::create(const std::filesystem::path& path, base::Env& files) {
  auto state = std::make_unique<State>();
  state->files = &files;
  state->path = path;
  ASSIGN_OR_RETURN(state->file, files.create_file(path));
  state->hash = XXH3_createState();
  state->buffer.reserve(kBufferBytes + 4096);
  std::unique_ptr<SegmentFileWriter> writer(new SegmentFileWriter(std::move(state)));
  ByteWriter header;
  header.raw(kMagic);
  header.fixed(kSegmentFormatVersion);
  header.fixed(uint32_t{0});
  writer->state_->buffer = header.bytes();
  writer->state_->offset = header.size();
  return writer;
}

SegmentFileWriter::~SegmentFileWriter() {
  state_->file = nullptr;
  if (!state_->finished && state_->files != nullptr) (void)state_->files->remove(state_->path);
  XXH3_freeState(state_->hash);
}

void SegmentFileWriter::fail(Error error) {
  if (!state_->error) state_->error = std::move(error);
}

void SegmentFileWriter::flush_buffer() {
  if (!state_->error) {
    if (Status written = state_->file->append(state_->buffer); !written) fail(std::move(written).error());
  }
  state_->buffer.clear();
}

void SegmentFileWriter::begin_section(SectionKind kind, uint32_t field) {
  const size_t padding = (kAlignment - state_->offset % kAlignment) % kAlignment;
  state_->buffer.append(padding, '\0');
  state_->offset += padding;
  state_->sections.push_back({kind, field, state_->offset, 0, 0});
  section_size_ = 0;
  XXH3_64bits_reset(state_->hash);
}

void SegmentFileWriter::append(std::string_view bytes) {
  XXH3_64bits_update(state_->hash, bytes.data(), bytes.size());
  state_->buffer.append(bytes);
  state_->offset += bytes.size();
  section_size_ += bytes.size();
  if (state_->buffer.size() >= kBufferBytes) flush_buffer();
}

void SegmentFileWriter::end_section() {
  state_->sections.back().length = section_size_;
  state_->sections.back().checksum = XXH3_64bits_digest(state_->hash);
}

Status SegmentFileWriter::finish() {
  ByteWriter table;
  for (const SegmentFile::Section& section : state_->sections) {
    table.fixed(section.kind);
    table.fixed(section.field);
    table.fixed(section.offset);
    table.fixed(section.length);
    table.fixed(section.checksum);
  }
  const uint64_t table_offset = state_->offset;
  const uint64_t table_checksum = XXH3_64bits(table.bytes().data(), table.size());
  table.fixed(table_offset);
  table.fixed(static_cast<uint32_t>(state_->sections.size()));
  table.fixed(kSegmentFormatVersion);
  table.fixed(table_checksum);
  table.fixed(table_offset + table.size() + 16);  // the file's length
  table.raw(kMagic);
  state_->buffer.append(table.bytes());
  flush_buffer();
  if (state_->error) return *state_->error;
  RETURN_IF_ERROR(state_->file->close());
  state_->finished = true;
  return {};
}

Error SegmentFile::corrupt(std::string_view what) const {
  return Error(ErrorCode::kCorruptIndex, "segment file [{}] is damaged: {}", path_.string(), what);
}

Result<std::shared_ptr<const SegmentFile>> SegmentFile::open(const std::filesystem::path& path, Verify verify) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error("open", path);
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    ::close(fd);
    return io_error("stat", path);
  }
  const auto length = static_cast<size_t>(info.st_size);
  void* mapped = length == 0 ? MAP_FAILED : ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, 0);
  ::close(fd);
  if (mapped == MAP_FAILED && length != 0) return io_error("map", path);
  const std::string_view bytes = length == 0 ? std::string_view() : std::string_view(static_cast<const char*>(mapped), length);
  std::shared_ptr<SegmentFile> file(new SegmentFile(path, bytes));
  RETURN_IF_ERROR(file->read_table());
  if (verify == Verify::kChecksums) {
    RETURN_IF_ERROR(file->verify_checksums());
    ::madvise(mapped, length, MADV_DONTNEED);
  }
  return std::shared_ptr<const SegmentFile>(std::move(file));
}

SegmentFile::~SegmentFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Status SegmentFile::read_table() {
  if (bytes_.size() < kHeaderBytes + kFooterBytes) return corrupt("too short");
  ByteReader header(bytes_.substr(0, kHeaderBytes));
  ByteReader footer(bytes_.substr(bytes_.size() - kFooterBytes));
  const auto table_offset = footer.fixed<uint64_t>();
  const auto num_sections = footer.fixed<uint32_t>();
  const auto version = footer.fixed<uint32_t>();
  const auto table_checksum = footer.fixed<uint64_t>();
  const auto length = footer.fixed<uint64_t>();
  if (header.raw(8) != kMagic || footer.raw(8) != kMagic) return corrupt("no segment, or cut off");
  if (version != kSegmentFormatVersion || header.fixed<uint32_t>() != version || header.fixed<uint32_t>() != 0) {
    return corrupt(base::format("format version [{}] is not [{}]", version, kSegmentFormatVersion));
  }
  const uint64_t end = bytes_.size() - kFooterBytes;
  if (length != bytes_.size()) return corrupt("wrong length");
  if (table_offset > end || end - table_offset != uint64_t{num_sections} * kEntryBytes) return corrupt("bad section table");
  const std::string_view table = bytes_.substr(table_offset, end - table_offset);
  if (XXH3_64bits(table.data(), table.size()) != table_checksum) return corrupt("wrong checksum of the section table");
  ByteReader in(table);
  for (uint32_t i = 0; i < num_sections; ++i) {
    const Section section{static_cast<SectionKind>(in.fixed<uint32_t>()), in.fixed<uint32_t>(), in.fixed<uint64_t>(),
                          in.fixed<uint64_t>(), in.fixed<uint64_t>()};
    if (section.offset > table_offset || section.length > table_offset - section.offset) return corrupt("bad section bounds");
    sections_.push_back(section);
  }
  std::sort(sections_.begin(), sections_.end(),
            [](const Section& a, const Section& b) { return std::pair(a.kind, a.field) < std::pair(b.kind, b.field); });
  return {};
}

Status SegmentFile::verify_checksums() const {
  for (const Section& section : sections_) {
    if (XXH3_64bits(bytes_.data() + section.offset, section.length) != section.checksum) {
      return corrupt(
          base::format("wrong checksum of section [{}] of field [{}]", static_cast<uint32_t>(section.kind), section.field));
    }
  }
  return {};
}

const SegmentFile::Section* SegmentFile::section_of(SectionKind kind, uint32_t field) const {
  const auto at = std::lower_bound(sections_.begin(), sections_.end(), std::pair(kind, field),
                                   [](const Section& a, const auto& key) { return std::pair(a.kind, a.field) < key; });
  return at != sections_.end() && at->kind == kind && at->field == field ? &*at : nullptr;
}

std::string_view SegmentFile::find(SectionKind kind, uint32_t field) const {
  const Section* section = section_of(kind, field);
  return section == nullptr ? std::string_view() : bytes_.substr(section->offset, section->length);
}

bool SegmentFile::has(SectionKind kind, uint32_t field) const { return section_of(kind, field) != nullptr; }

Status sync_path(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error("open", path);
  const int synced = ::fsync(fd);
  const Error error = io_error("sync", path);
  ::close(fd);
  if (synced != 0) return error;
  return {};
}

}  // namespace selene::index
