#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace selene::index {

static_assert(std::endian::native == std::endian::little, "index files are little-endian and read in place");

/// Reads a T at any address. REQUIRES: sizeof(T) readable bytes.
template <class T>
T load(const void* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Appends integers and bytes to a string. Fixed-width integers are little-endian; a varint has 7 bits a byte, low bits first.
class ByteWriter {
 public:
  template <class T>
  void fixed(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void varint(uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  void raw(std::string_view bytes) { bytes_.append(bytes); }
  /// Length as a varint, then the bytes.
  void string(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }
  size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }
  std::string& bytes() { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

/// Reads what ByteWriter wrote, never past the end: the first read that does not fit gives zero, as do all that follow, and
/// `ok()` stays false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_(reinterpret_cast<const uint8_t*>(bytes.data())), end_(at_ + bytes.size()) {}
  ByteReader(const uint8_t* begin, const uint8_t* end) : at_(begin), end_(end) {}

  bool ok() const { return ok_; }
  bool done() const { return at_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  const uint8_t* position() const { return at_; }
  /// For a reader whose caller found a value that cannot be.
  void fail() {
    ok_ = false;
    at_ = end_;
  }

  template <class T>
  T fixed() {
    if (remaining() < sizeof(T)) [[unlikely]] {
      fail();
      return T{};
    }
    const T value = load<T>(at_);
    at_ += sizeof(T);
    return value;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const uint8_t byte = *at_++;
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }
  uint32_t varint32() {
    const uint64_t value = varint();
    if (value > UINT32_MAX) [[unlikely]] {
      fail();
      return 0;
    }
    return static_cast<uint32_t>(value);
  }
  std::string_view raw(size_t length) {
    if (remaining() < length) [[unlikely]] {
      fail();
      return {};
    }
    const std::string_view bytes(reinterpret_cast<const char*>(at_), length);
    at_ += length;
    return bytes;
  }
  std::string_view string() { return raw(varint()); }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  bool ok_ = true;
};

}  // namespace selene::index
