#include "rest/security/secret_hash.h"

#include <array>
#include <charconv>

#include "base/base64.h"
#include "net/crypto.h"

namespace selene::rest {

namespace {

constexpr std::string_view kAlgorithm = "pbkdf2_sha512";
constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;
constexpr int kMaxIterations = 10000000;  ///< a damaged record must not stop the server

}  // namespace

base::Result<std::string> hash_secret(std::string_view secret, int iterations) {
  ASSIGN_OR_RETURN(const std::string salt, net::random_bytes(kSaltBytes));
  ASSIGN_OR_RETURN(const std::string hash, net::pbkdf2_sha512(secret, salt, iterations, kHashBytes));
  return base::format("{}${}${}${}", kAlgorithm, iterations, base::base64_encode(salt), base::base64_encode(hash));
}

bool secret_matches(std::string_view secret, std::string_view hash) {
  std::array<std::string_view, 4> parts;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t end = hash.find('$');
    const bool is_last = i + 1 == parts.size();
    if ((end == std::string_view::npos) != is_last) return false;
    parts[i] = hash.substr(0, end);
    if (!is_last) hash.remove_prefix(end + 1);
  }
  int iterations = 0;
  const char* const digits_end = parts[1].data() + parts[1].size();
  const auto [end, fault] = std::from_chars(parts[1].data(), digits_end, iterations);
  if (parts[0] != kAlgorithm || fault != std::errc() || end != digits_end || iterations < 1 || iterations > kMaxIterations)
    return false;
  const auto salt = base::base64_decode(parts[2]);
  const auto expected = base::base64_decode(parts[3]);
  if (!salt || !expected || expected->size() != kHashBytes) return false;
  const auto actual = net::pbkdf2_sha512(secret, *salt, iterations, kHashBytes);
  return actual.has_value() && net::equal_in_constant_time(*actual, *expected);
}

}  // namespace selene::rest
