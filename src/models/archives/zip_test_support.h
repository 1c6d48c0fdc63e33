#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace selene::models {

/// Writes zip files for tests, wrong ones too: every field of an entry can be made to lie.
class ZipBuilder {
 public:
  struct Entry {
    std::string name;
    std::string data;  ///< as it lies in the file
    uint64_t size_bytes = 0;
    uint64_t compressed_bytes = 0;
    uint32_t crc = 0;
    uint16_t method = 0;
    uint16_t flags = 0;
    uint32_t header_begin = 0;
    std::string local_name;
  };

  static uint32_t crc_of(std::string_view bytes) {
    return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  }
  Entry& stored(std::string name, std::string data) {
    Entry entry{name, data, data.size(), data.size(), crc_of(data), 0, 0, 0, name};
    return add(std::move(entry));
  }
  Entry& deflated(std::string name, const std::string& data) {
    std::string out(compressBound(data.size()) + 64, '\0');
    z_stream stream = {};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    Entry entry{name, out, data.size(), out.size(), crc_of(data), Z_DEFLATED, 0, 0, name};
    return add(std::move(entry));
  }
  std::vector<Entry>& entries() { return entries_; }

  /// Local headers as torch writes them: sizes and CRC 0. `zip64`: sizes and offsets stand in extra fields.
  std::string build(bool zip64 = false) {
    std::string file;
    for (Entry& entry : entries_) {
      if (entry.header_begin == 0) entry.header_begin = static_cast<uint32_t>(file.size());
      const size_t begin = file.size();
      const size_t unpadded = begin + 30 + entry.local_name.size();
      const size_t padding = (64 - unpadded % 64) % 64;
      put32(file, 0x04034B50);
      put16(file, 20), put16(file, entry.flags), put16(file, entry.method), put32(file, 0);
      put32(file, 0), put32(file, 0), put32(file, 0);
      put16(file, static_cast<uint16_t>(entry.local_name.size())), put16(file, static_cast<uint16_t>(padding));
      file += entry.local_name;
      file.append(padding, '\0');
      file += entry.data;
    }
    const size_t directory = file.size();
    for (const Entry& entry : entries_) {
      put32(file, 0x02014B50);
      put16(file, 20), put16(file, 20), put16(file, entry.flags), put16(file, entry.method), put32(file, 0);
      put32(file, entry.crc);
      put32(file, zip64 ? UINT32_MAX : static_cast<uint32_t>(entry.compressed_bytes));
      put32(file, zip64 ? UINT32_MAX : static_cast<uint32_t>(entry.size_bytes));
      put16(file, static_cast<uint16_t>(entry.name.size())), put16(file, zip64 ? 28 : 0), put16(file, 0);
      put16(file, 0), put16(file, 0), put32(file, 0), put32(file, zip64 ? UINT32_MAX : entry.header_begin);
      file += entry.name;
      if (zip64) {
        put16(file, 1), put16(file, 24);
        put64(file, entry.size_bytes), put64(file, entry.compressed_bytes), put64(file, entry.header_begin);
      }
    }
    const size_t directory_bytes = file.size() - directory;
    if (zip64) {
      const size_t record = file.size();
      put32(file, 0x06064B50), put64(file, 44), put16(file, 45), put16(file, 45), put32(file, 0), put32(file, 0);
      put64(file, entries_.size()), put64(file, entries_.size()), put64(file, directory_bytes), put64(file, directory);
      put32(file, 0x07064B50), put32(file, 0), put64(file, record), put32(file, 1);
    }
    put32(file, 0x06054B50), put16(file, 0), put16(file, 0);
    const auto count = static_cast<uint16_t>(entries_.size());
    put16(file, zip64 ? UINT16_MAX : count), put16(file, zip64 ? UINT16_MAX : count);
    put32(file, zip64 ? UINT32_MAX : static_cast<uint32_t>(directory_bytes));
    put32(file, zip64 ? UINT32_MAX : static_cast<uint32_t>(directory)), put16(file, 0);
    return file;
  }

 private:
  Entry& add(Entry entry) {
    entries_.push_back(std::move(entry));
    return entries_.back();
  }
  template <class Int>
  static void put(std::string& file, Int value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    file.append(raw, sizeof value);
  }
  static void put16(std::string& file, uint16_t value) { put(file, value); }
  static void put32(std::string& file, uint32_t value) { put(file, value); }
  static void put64(std::string& file, uint64_t value) { put(file, value); }

  std::vector<Entry> entries_;
};

}  // namespace selene::models
