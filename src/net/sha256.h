#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace selene::net {

/// SHA-256 of bytes that come piece by piece. Movable; one thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&& other) noexcept;
  Sha256& operator=(Sha256&& other) noexcept;

  void update(std::string_view bytes);
  /// 64 lower-case hexadecimal digits. Once; then the digest takes no more bytes.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace selene::net
