#include "index/store/fault_file_system.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace selene::index {
namespace {

using rocksdb::FileOptions;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using BeforeIo = std::function<base::Status(std::string_view, const std::string&)>;

IOStatus ask(const BeforeIo& before_io, std::string_view what, const std::string& path) {
  const base::Status status = before_io(what, path);
  return status ? IOStatus::OK() : IOStatus::IOError(status.error().reason());
}

class FaultFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(std::unique_ptr<FSWritableFile> file, std::string path, const BeforeIo& before_io)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), before_io_(before_io) {}
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options, IODebugContext* context) override {
    const IOStatus status = ask(before_io_, "write", path_);
    if (status.ok()) return FSWritableFileOwnerWrapper::Append(bytes, options, context);
    const rocksdb::Slice half(bytes.data(), bytes.size() / 2);  // a torn write
    FSWritableFileOwnerWrapper::Append(half, options, context).PermitUncheckedError();
    return status;
  }
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* context) override {
    return Append(bytes, options, context);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    const IOStatus status = ask(before_io_, "sync", path_);
    return status.ok() ? FSWritableFileOwnerWrapper::Sync(options, context) : status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    const IOStatus status = ask(before_io_, "sync", path_);
    return status.ok() ? FSWritableFileOwnerWrapper::Fsync(options, context) : status;
  }

 private:
  std::string path_;
  const BeforeIo& before_io_;
};

class FaultFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(BeforeIo before_io)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), before_io_(std::move(before_io)) {}
  const char* Name() const override { return "FaultFileSystem"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options, std::unique_ptr<FSWritableFile>* file,
                           IODebugContext* context) override {
    IOStatus status = ask(before_io_, "create", path);
    if (status.ok()) status = FileSystemWrapper::NewWritableFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<FaultFile>(std::move(*file), path, before_io_);
    return status;
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options, std::unique_ptr<FSWritableFile>* file,
                              IODebugContext* context) override {
    IOStatus status = ask(before_io_, "create", path);
    if (status.ok()) status = FileSystemWrapper::ReopenWritableFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<FaultFile>(std::move(*file), path, before_io_);
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options, IODebugContext* context) override {
    const IOStatus status = ask(before_io_, "rename", from);
    return status.ok() ? FileSystemWrapper::RenameFile(from, to, options, context) : status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* context) override {
    const IOStatus status = ask(before_io_, "remove", path);
    return status.ok() ? FileSystemWrapper::DeleteFile(path, options, context) : status;
  }

 private:
  const BeforeIo before_io_;
};

}  // namespace

std::shared_ptr<rocksdb::Env> make_fault_env(BeforeIo before_io) {
  return rocksdb::NewCompositeEnv(std::make_shared<FaultFileSystem>(std::move(before_io)));
}

}  // namespace selene::index
