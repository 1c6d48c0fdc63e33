#include "base/random_id.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

#include "base/base64.h"

namespace selene::base {
namespace {

template <size_t kBytes>
std::array<char, kBytes> random_bytes() {
  std::random_device device;
  std::array<char, kBytes> bytes;
  for (char& b : bytes) b = static_cast<char>(device() & 255U);
  return bytes;
}

}  // namespace

std::string random_uuid() {
  const auto bytes = random_bytes<16>();
  return base64url_encode({bytes.data(), bytes.size()});
}

std::string random_document_id() {
  // 15 bytes: 5 of time in ms (34 years before it repeats), 6 of this process, 4 of a counter that starts anywhere.
  static const std::array<char, 6> process = random_bytes<6>();
  static std::atomic<uint32_t> counter{std::random_device{}()};
  const auto ms = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
  const uint32_t count = counter.fetch_add(1, std::memory_order_relaxed);
  std::array<char, 15> bytes;
  for (size_t i = 0; i < 5; ++i) bytes[i] = static_cast<char>((ms >> (8 * (4 - i))) & 255);
  std::memcpy(bytes.data() + 5, process.data(), process.size());
  for (size_t i = 0; i < 4; ++i) bytes[11 + i] = static_cast<char>((count >> (8 * (3 - i))) & 255);
  return base64url_encode({bytes.data(), bytes.size()});
}

}  // namespace selene::base
