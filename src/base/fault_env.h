#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"

namespace selene::base {

/// For tests: the operations of another Env, of which the n-th and all later ones fail with kIo, as on a disk that has died.
/// A write that fails leaves half of its bytes, as a torn one does. Run a step with n = 0, 1, 2, ... until it succeeds, and after
/// each failure check with the other Env what is left. Thread-safe.
class FaultEnv final : public Env {
 public:
  /// `env` must outlive this.
  FaultEnv(Env& env, int64_t num_good_operations) : env_(env), num_left_(num_good_operations) {}

  Result<std::string> read_file(const std::filesystem::path& path, size_t max_bytes) override {
    RETURN_IF_ERROR(spend("read", path));
    return env_.read_file(path, max_bytes);
  }
  Result<FileMapping> map_file(const std::filesystem::path& path) override {
    RETURN_IF_ERROR(spend("map", path));
    return env_.map_file(path);
  }
  Status write_file(const std::filesystem::path& path, std::string_view bytes) override {
    const Status spent = spend("write", path);
    if (spent.has_value()) return env_.write_file(path, bytes);
    if (num_left_.load() == -1) RETURN_IF_ERROR(env_.write_file(path, bytes.substr(0, bytes.size() / 2)));
    return spent;
  }
  Status write_at(const std::filesystem::path& path, uint64_t offset, std::string_view bytes) override {
    const Status spent = spend("write", path);
    if (spent.has_value()) return env_.write_at(path, offset, bytes);
    if (num_left_.load() == -1) RETURN_IF_ERROR(env_.write_at(path, offset, bytes.substr(0, bytes.size() / 2)));
    return spent;
  }
  Result<std::unique_ptr<OutputFile>> create_file(const std::filesystem::path& path) override {
    RETURN_IF_ERROR(spend("create", path));
    ASSIGN_OR_RETURN(auto file, env_.create_file(path));
    return std::unique_ptr<OutputFile>(std::make_unique<FaultFile>(*this, std::move(file), path));
  }
  Status sync(const std::filesystem::path& path) override {
    RETURN_IF_ERROR(spend("sync", path));
    return env_.sync(path);
  }
  Status rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    RETURN_IF_ERROR(spend("rename", from));
    return env_.rename(from, to);
  }
  Status remove(const std::filesystem::path& path) override {
    RETURN_IF_ERROR(spend("remove", path));
    return env_.remove(path);
  }
  Status create_folders(const std::filesystem::path& path) override {
    RETURN_IF_ERROR(spend("create", path));
    return env_.create_folders(path);
  }
  Result<std::vector<std::string>> list(const std::filesystem::path& folder) override {
    RETURN_IF_ERROR(spend("list", folder));
    return env_.list(folder);
  }
  bool has_failed() const { return num_left_.load() < 0; }
  /// Counts an operation that something else carries out; an error if it has to fail.
  Status spend(std::string_view what, const std::filesystem::path& path) {
    if (num_left_.fetch_sub(1) > 0) return {};
    return Error(ErrorCode::kIo, "cannot {} [{}]: fault made by a test", what, path.string());
  }

 private:
  class FaultFile final : public OutputFile {
   public:
    FaultFile(FaultEnv& env, std::unique_ptr<OutputFile> file, std::filesystem::path path)
        : env_(env), file_(std::move(file)), path_(std::move(path)) {}
    Status append(std::string_view bytes) override {
      const Status spent = env_.spend("write", path_);
      return spent.has_value() ? file_->append(bytes) : spent;
    }
    Status close() override {
      RETURN_IF_ERROR(env_.spend("close", path_));
      return file_->close();
    }

   private:
    FaultEnv& env_;
    std::unique_ptr<OutputFile> file_;
    std::filesystem::path path_;
  };

  Env& env_;
  std::atomic<int64_t> num_left_;
};

}  // namespace selene::base
