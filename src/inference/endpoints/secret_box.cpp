#include "inference/endpoints/secret_box.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/crypto.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr char kVersion = 1;  // ON DISK: do not renumber

class File {
 public:
  File(const std::filesystem::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

Error file_error(const std::filesystem::path& path, std::string_view what) {
  return {ErrorCode::kIo, "cannot {} the key file [{}]: {}", what, path.string(), std::strerror(errno)};
}

Result<std::string> read_key(const std::filesystem::path& path) {
  const File file(path, O_RDONLY);
  if (file.fd() < 0) return file_error(path, "open");
  std::string key(net::kSealKeyBytes + 1, '\0');
  const ssize_t size = ::read(file.fd(), key.data(), key.size());
  if (size != static_cast<ssize_t>(net::kSealKeyBytes))
    return Error(ErrorCode::kIo, "the key file [{}] does not hold [{}] bytes", path.string(), net::kSealKeyBytes);
  key.resize(net::kSealKeyBytes);
  return key;
}

/// Under another name first, so that a crash leaves a whole key or none.
Result<std::string> create_key(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(std::string key, net::random_bytes(net::kSealKeyBytes));
  const std::filesystem::path temporary = path.string() + ".tmp";
  ::unlink(temporary.c_str());
  const File file(temporary, O_WRONLY | O_CREAT | O_EXCL);
  if (file.fd() < 0) return file_error(path, "create");
  if (::write(file.fd(), key.data(), key.size()) != static_cast<ssize_t>(key.size()) || ::fsync(file.fd()) != 0 ||
      ::rename(temporary.c_str(), path.c_str()) != 0)
    return file_error(path, "write");
  const File folder(path.parent_path().empty() ? "." : path.parent_path(), O_RDONLY | O_DIRECTORY);
  if (folder.fd() < 0 || ::fsync(folder.fd()) != 0) return file_error(path, "sync");
  return key;
}

}  // namespace

Result<std::string> SecretBox::key(Missing missing) {
  const std::lock_guard lock(mutex_);
  if (!key_.empty()) return key_;
  if (key_file_.empty()) return Error(ErrorCode::kIo, std::string("no key file is configured for secrets"));
  const bool create = missing == Missing::kCreate && ::access(key_file_.c_str(), F_OK) != 0;
  ASSIGN_OR_RETURN(key_, create ? create_key(key_file_) : read_key(key_file_));
  return key_;
}

Result<std::string> SecretBox::seal(std::string_view inference_id, std::string_view secrets) {
  ASSIGN_OR_RETURN(const std::string secret_key, key(Missing::kCreate));
  ASSIGN_OR_RETURN(const std::string sealed, net::seal(secret_key, secrets, inference_id));
  return std::string(1, kVersion) + sealed;
}

Result<std::string> SecretBox::open(std::string_view inference_id, std::string_view sealed) {
  if (sealed.empty() || sealed.front() != kVersion)
    return Error(ErrorCode::kIllegalArgument, "the stored secrets of [{}] have a format this version does not know", inference_id);
  ASSIGN_OR_RETURN(const std::string secret_key, key(Missing::kRefuse));
  return net::open_sealed(secret_key, sealed.substr(1), inference_id);
}

}  // namespace selene::inference
