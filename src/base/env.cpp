#include "base/env.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace selene::base {
namespace {

namespace fs = std::filesystem;

Error io_error(std::string_view what, const fs::path& path, int code) {
  const ErrorCode kind = code == ENOENT ? ErrorCode::kResourceNotFound : ErrorCode::kIo;
  return Error(kind, "cannot {} [{}]: {}", what, path.string(), std::generic_category().message(code));
}

struct Descriptor {
  int fd;
  explicit Descriptor(int opened) : fd(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  /// 0 or the system's error: a delayed write fault may show here.
  int close() {
    const int closed = fd >= 0 ? ::close(std::exchange(fd, -1)) : 0;
    return closed == 0 ? 0 : errno;
  }
};

/// Size of an opened regular file. Errors: as Env.
Result<size_t> regular_size(const Descriptor& file, const fs::path& path) {
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) return io_error("read", path, errno);
  if (!S_ISREG(status.st_mode)) return Error(ErrorCode::kIo, "cannot read [{}]: not a regular file", path.string());
  return static_cast<size_t>(status.st_size);
}

class SystemOutputFile final : public OutputFile {
 public:
  SystemOutputFile(int fd, fs::path path) : file_(fd), path_(std::move(path)) {}
  Status append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::write(file_.fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_error("write", path_, errno);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return {};
  }
  Status close() override {
    if (const int code = file_.close(); code != 0) return io_error("write", path_, code);
    return {};
  }

 private:
  Descriptor file_;
  fs::path path_;
};

class SystemEnv final : public Env {
 public:
  Result<std::string> read_file(const fs::path& path, size_t max_bytes) override {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd < 0) return io_error("read", path, errno);
    ASSIGN_OR_RETURN(const size_t size, regular_size(file, path));
    if (size > max_bytes) {
      return Error(ErrorCode::kContentTooLong, "[{}] holds {} bytes, which is more than the limit of {}", path.string(), size,
                   max_bytes);
    }
    std::string bytes(size, '\0');
    size_t done = 0;
    while (done < size) {
      const ssize_t n = ::read(file.fd, bytes.data() + done, size - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_error("read", path, errno);
      if (n == 0) break;  // cut short meanwhile
      done += static_cast<size_t>(n);
    }
    bytes.resize(done);
    return bytes;
  }

  Result<FileMapping> map_file(const fs::path& path) override {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd < 0) return io_error("map", path, errno);
    ASSIGN_OR_RETURN(const size_t size, regular_size(file, path));
    if (size == 0) return FileMapping();
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd, 0);
    if (data == MAP_FAILED) return io_error("map", path, errno);
    return FileMapping(static_cast<const char*>(data), size);
  }

  Status write_file(const fs::path& path, std::string_view bytes) override { return write_at(path, 0, bytes); }

  Status write_at(const fs::path& path, uint64_t offset, std::string_view bytes) override {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (file.fd < 0) return io_error("write", path, errno);
    auto at = static_cast<off_t>(offset);
    if (::ftruncate(file.fd, at) != 0) return io_error("write", path, errno);
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(file.fd, bytes.data(), bytes.size(), at);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_error("write", path, errno);
      bytes.remove_prefix(static_cast<size_t>(n));
      at += n;
    }
    if (const int code = file.close(); code != 0) return io_error("write", path, code);
    return {};
  }

  Result<std::unique_ptr<OutputFile>> create_file(const fs::path& path) override {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return io_error("write", path, errno);
    return std::unique_ptr<OutputFile>(std::make_unique<SystemOutputFile>(fd, path));
  }

  Status sync(const fs::path& path) override {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd < 0 || ::fsync(file.fd) != 0) return io_error("sync", path, errno);
    return {};
  }

  Status rename(const fs::path& from, const fs::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return io_error("rename", from, errno);
    return {};
  }

  Status remove(const fs::path& path) override {
    if (::remove(path.c_str()) != 0) return io_error("remove", path, errno);
    return {};
  }

  Status create_folders(const fs::path& path) override {
    std::error_code code;
    fs::create_directories(path, code);
    if (code) return io_error("create", path, code.value());
    return {};
  }

  Result<std::vector<std::string>> list(const fs::path& folder) override {
    std::vector<std::string> names;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
      names.push_back(it->path().filename().string());
    }
    if (code) return io_error("list", folder, code.value());
    std::sort(names.begin(), names.end());
    return names;
  }
};

}  // namespace

FileMapping& FileMapping::operator=(FileMapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

FileMapping::~FileMapping() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

Env& system_env() {
  static SystemEnv env;
  return env;
}

Status write_atomically(Env& env, const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path draft = path.string() + ".tmp";
  Status written = env.write_file(draft, bytes);
  if (written.has_value()) written = env.sync(draft);
  if (written.has_value()) written = env.rename(draft, path);
  if (!written.has_value()) {
    // What went wrong first is what the caller must hear; a draft left behind is overwritten next time.
    static_cast<void>(env.remove(draft).has_value());
    return written;
  }
  return env.sync(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
}

}  // namespace selene::base
