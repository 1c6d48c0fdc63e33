#include "models/archives/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using Bytes = std::span<const std::byte>;

constexpr uint32_t kLocalHeader = 0x04034B50;
constexpr uint32_t kCentralHeader = 0x02014B50;
constexpr uint32_t kEndOfDirectory = 0x06054B50;
constexpr uint32_t kEndOfDirectory64 = 0x06064B50;
constexpr uint32_t kLocator64 = 0x07064B50;
constexpr size_t kLocalHeaderBytes = 30;
constexpr size_t kCentralHeaderBytes = 46;
constexpr size_t kEndOfDirectoryBytes = 22;
constexpr size_t kEndOfDirectory64Bytes = 56;
constexpr size_t kLocator64Bytes = 20;
constexpr size_t kMaxComment = 65535;
constexpr uint64_t kMaxDeflateRatio = 1032;  // RFC 1951: 258 bytes from two bits

/// REQUIRES: the number lies inside.
template <class Int>
Int little_endian(Bytes bytes, size_t at) {
  Int value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <class... Args>
Error bad(base::format_string<Args...> fmt, Args&&... args) {
  return Error(ErrorCode::kIllegalArgument, "the zip archive is damaged: " + base::format(fmt, std::forward<Args>(args)...));
}

struct Directory {
  uint64_t begin = 0;
  uint64_t size = 0;
  uint64_t num_entries = 0;
};

/// Where the end-of-directory record begins: the last one whose comment reaches to the end of the file.
std::optional<size_t> find_end_record(Bytes file) {
  if (file.size() < kEndOfDirectoryBytes) return std::nullopt;
  const size_t last = file.size() - kEndOfDirectoryBytes;
  const size_t first = last > kMaxComment ? last - kMaxComment : 0;
  for (size_t at = last + 1; at-- > first;) {
    if (little_endian<uint32_t>(file, at) != kEndOfDirectory) continue;
    if (at + kEndOfDirectoryBytes + little_endian<uint16_t>(file, at + 20) == file.size()) return at;
  }
  return std::nullopt;
}

/// The zip64 record that the locator before `end_record` points to.
base::Result<Directory> read_directory64(Bytes file, size_t end_record) {
  if (end_record < kLocator64Bytes || little_endian<uint32_t>(file, end_record - kLocator64Bytes) != kLocator64) {
    return bad("the zip64 directory has no locator");
  }
  const auto at = little_endian<uint64_t>(file, end_record - kLocator64Bytes + 8);
  if (at > file.size() || file.size() - at < kEndOfDirectory64Bytes ||
      little_endian<uint32_t>(file, static_cast<size_t>(at)) != kEndOfDirectory64) {
    return bad("the zip64 locator points to no directory");
  }
  const auto record = static_cast<size_t>(at);
  return Directory{little_endian<uint64_t>(file, record + 48), little_endian<uint64_t>(file, record + 40),
                   little_endian<uint64_t>(file, record + 32)};
}

base::Result<Directory> find_directory(Bytes file) {
  const auto end_record = find_end_record(file);
  if (!end_record) return bad("no end of central directory record");
  Directory directory{little_endian<uint32_t>(file, *end_record + 16), little_endian<uint32_t>(file, *end_record + 12),
                      little_endian<uint16_t>(file, *end_record + 10)};
  if (directory.begin == UINT32_MAX || directory.size == UINT32_MAX || directory.num_entries == UINT16_MAX) {
    ASSIGN_OR_RETURN(directory, read_directory64(file, *end_record));
  }
  if (directory.begin > *end_record || directory.size > *end_record - directory.begin) {
    return bad("its directory lies outside the file");
  }
  if (directory.num_entries > ZipArchive::kMaxEntries) {
    return bad("[{}] entries; at most [{}] are read", directory.num_entries, ZipArchive::kMaxEntries);
  }
  return directory;
}

/// Relative, of plain components, printable.
bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > ZipArchive::kMaxNameBytes || name.front() == '/') return false;
  if (std::any_of(name.begin(), name.end(), [](char c) { return c == '\\' || static_cast<unsigned char>(c) < 0x20; })) return false;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part == "." || part == ".." || (part.empty() && end != name.size())) return false;
    begin = end + 1;
  }
  return true;
}

/// Takes 64-bit values for those of `entry` that are all ones, in the order of the standard.
base::Status apply_zip64(Bytes extra, ZipArchive::Entry& entry) {
  uint64_t* const fields[] = {&entry.size_bytes, &entry.compressed_bytes, &entry.header_begin};
  if (std::none_of(std::begin(fields), std::end(fields), [](const uint64_t* field) { return *field == UINT32_MAX; })) return {};
  for (size_t at = 0; at + 4 <= extra.size();) {
    const auto id = little_endian<uint16_t>(extra, at);
    const size_t size = little_endian<uint16_t>(extra, at + 2);
    at += 4;
    if (size > extra.size() - at) break;
    if (id == 1) {
      size_t from = at;
      for (uint64_t* const field : fields) {
        if (*field != UINT32_MAX) continue;
        if (from + 8 > at + size) return bad("entry [{}] lacks a zip64 size", entry.name);
        *field = little_endian<uint64_t>(extra, from);
        from += 8;
      }
      return {};
    }
    at += size;
  }
  return {};  // sizes of exactly 2^32 - 1 are what they say; the checks that follow bound them
}

/// Finds the data behind the local header and checks that all of it lies before the directory.
base::Status locate_data(Bytes file, uint64_t directory_begin, ZipArchive::Entry& entry) {
  if (entry.header_begin > directory_begin || directory_begin - entry.header_begin < kLocalHeaderBytes) {
    return bad("entry [{}] lies outside the file", entry.name);
  }
  const auto header = static_cast<size_t>(entry.header_begin);
  if (little_endian<uint32_t>(file, header) != kLocalHeader) return bad("entry [{}] has no local header", entry.name);
  const size_t name_bytes = little_endian<uint16_t>(file, header + 26);
  const size_t extra_bytes = little_endian<uint16_t>(file, header + 28);
  const uint64_t room = directory_begin - entry.header_begin - kLocalHeaderBytes;
  if (name_bytes + extra_bytes > room) return bad("entry [{}] lies outside the file", entry.name);
  const std::string_view name(reinterpret_cast<const char*>(file.data()) + header + kLocalHeaderBytes, name_bytes);
  if (name != entry.name) return bad("entry [{}] has another name in its local header", entry.name);
  entry.data_begin = entry.header_begin + kLocalHeaderBytes + name_bytes + extra_bytes;
  if (entry.compressed_bytes > directory_begin - entry.data_begin) return bad("entry [{}] lies outside the file", entry.name);
  return {};
}

base::Status check_sizes(const ZipArchive::Entry& entry, uint16_t flags, uint16_t method) {
  if ((flags & 1) != 0) return bad("entry [{}] is encrypted", entry.name);
  if (method != 0 && method != Z_DEFLATED) {
    return bad("entry [{}] has compression method [{}]; stored and deflated are read", entry.name, method);
  }
  if (method == 0 && entry.size_bytes != entry.compressed_bytes) {
    return bad("stored entry [{}] has two sizes, [{}] and [{}]", entry.name, entry.size_bytes, entry.compressed_bytes);
  }
  if (method != 0 && entry.size_bytes / kMaxDeflateRatio > entry.compressed_bytes) {
    return bad("entry [{}] claims [{}] bytes of [{}] compressed ones", entry.name, entry.size_bytes, entry.compressed_bytes);
  }
  return {};
}

/// The entry at `at` of the directory; `at` moves behind it.
base::Result<ZipArchive::Entry> read_entry(Bytes file, const Directory& directory, size_t& at) {
  const Bytes rest = file.subspan(at, static_cast<size_t>(directory.begin + directory.size) - at);
  if (rest.size() < kCentralHeaderBytes || little_endian<uint32_t>(rest, 0) != kCentralHeader) {
    return bad("its directory has fewer entries than it says");
  }
  const size_t name_bytes = little_endian<uint16_t>(rest, 28);
  const size_t extra_bytes = little_endian<uint16_t>(rest, 30);
  const size_t comment_bytes = little_endian<uint16_t>(rest, 32);
  const size_t total = kCentralHeaderBytes + name_bytes + extra_bytes + comment_bytes;
  if (total > rest.size()) return bad("its directory has fewer entries than it says");
  ZipArchive::Entry entry;
  entry.name.assign(reinterpret_cast<const char*>(rest.data()) + kCentralHeaderBytes, name_bytes);
  if (!is_plain_name(entry.name)) return bad("an entry's name is empty, absolute, climbs, or holds control characters");
  const auto method = little_endian<uint16_t>(rest, 10);
  entry.deflated = method == Z_DEFLATED;
  entry.crc32 = little_endian<uint32_t>(rest, 16);
  entry.compressed_bytes = little_endian<uint32_t>(rest, 20);
  entry.size_bytes = little_endian<uint32_t>(rest, 24);
  entry.header_begin = little_endian<uint32_t>(rest, 42);
  RETURN_IF_ERROR(apply_zip64(rest.subspan(kCentralHeaderBytes + name_bytes, extra_bytes), entry));
  RETURN_IF_ERROR(check_sizes(entry, little_endian<uint16_t>(rest, 8), method));
  RETURN_IF_ERROR(locate_data(file, directory.begin, entry));
  at += total;
  return entry;
}

base::Status check_overlaps(const std::vector<ZipArchive::Entry>& entries) {
  std::vector<const ZipArchive::Entry*> in_order;
  in_order.reserve(entries.size());
  for (const ZipArchive::Entry& entry : entries) in_order.push_back(&entry);
  std::sort(in_order.begin(), in_order.end(), [](const auto* a, const auto* b) { return a->header_begin < b->header_begin; });
  for (size_t i = 1; i < in_order.size(); ++i) {
    const ZipArchive::Entry& before = *in_order[i - 1];
    if (before.data_begin + before.compressed_bytes > in_order[i]->header_begin) {
      return bad("entries [{}] and [{}] overlap", before.name, in_order[i]->name);
    }
  }
  return {};
}

uint32_t crc_of(Bytes bytes) {
  return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// Ends an inflate stream however the function is left.
struct InflateStream {
  z_stream stream = {};
  bool ready = inflateInit2(&stream, -MAX_WBITS) == Z_OK;
  ~InflateStream() {
    if (ready) inflateEnd(&stream);
  }
};

base::Result<std::string> inflate_entry(Bytes compressed, const ZipArchive::Entry& entry) {
  std::string out(static_cast<size_t>(entry.size_bytes), '\0');
  InflateStream inflater;
  if (!inflater.ready) return Error(ErrorCode::kIllegalState, "zlib cannot inflate");
  char past_end = 0;  // a place to write to where the entry claims to be empty
  inflater.stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(compressed.data()));
  inflater.stream.avail_in = static_cast<uInt>(compressed.size());
  inflater.stream.next_out = reinterpret_cast<Bytef*>(out.empty() ? &past_end : out.data());
  inflater.stream.avail_out = static_cast<uInt>(out.size());
  const int code = inflate(&inflater.stream, Z_FINISH);
  if (code != Z_STREAM_END || inflater.stream.total_out != out.size() || inflater.stream.avail_in != 0) {
    return bad("entry [{}] does not inflate to the [{}] bytes it claims", entry.name, entry.size_bytes);
  }
  return out;
}

}  // namespace

base::Result<ZipArchive> ZipArchive::parse(Bytes file) {
  ASSIGN_OR_RETURN(const Directory directory, find_directory(file));
  ZipArchive archive;
  archive.file_ = file;
  archive.entries_.reserve(static_cast<size_t>(directory.num_entries));
  auto at = static_cast<size_t>(directory.begin);
  for (uint64_t i = 0; i < directory.num_entries; ++i) {
    ASSIGN_OR_RETURN(Entry entry, read_entry(file, directory, at));
    if (!archive.by_name_.emplace(entry.name, archive.entries_.size()).second) return bad("entry [{}] stands twice", entry.name);
    archive.entries_.push_back(std::move(entry));
  }
  if (at != directory.begin + directory.size) return bad("its directory has more entries than it says");
  RETURN_IF_ERROR(check_overlaps(archive.entries_));
  return archive;
}

const ZipArchive::Entry* ZipArchive::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &entries_[found->second];
}

base::Result<Bytes> ZipArchive::stored(const Entry& entry) const {
  if (entry.deflated) return bad("entry [{}] is compressed; tensors are stored", entry.name);
  const Bytes bytes = file_.subspan(static_cast<size_t>(entry.data_begin), static_cast<size_t>(entry.size_bytes));
  if (crc_of(bytes) != entry.crc32) return bad("the bytes of entry [{}] do not have its checksum", entry.name);
  return bytes;
}

base::Result<std::string> ZipArchive::read(const Entry& entry, size_t max_bytes) const {
  if (entry.size_bytes > max_bytes || entry.compressed_bytes > UINT32_MAX - 1) {
    return bad("entry [{}] has [{}] bytes; at most [{}] are read", entry.name, entry.size_bytes, max_bytes);
  }
  if (!entry.deflated) {
    ASSIGN_OR_RETURN(const Bytes bytes, stored(entry));
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  const Bytes compressed = file_.subspan(static_cast<size_t>(entry.data_begin), static_cast<size_t>(entry.compressed_bytes));
  ASSIGN_OR_RETURN(std::string bytes, inflate_entry(compressed, entry));
  if (crc_of(std::as_bytes(std::span(bytes))) != entry.crc32) {
    return bad("the bytes of entry [{}] do not have its checksum", entry.name);
  }
  return bytes;
}

}  // namespace selene::models
