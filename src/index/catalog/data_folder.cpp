#include "index/catalog/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string>

#include "index/formats/segment_file.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr int kFormat = 1;
constexpr const char* kFormatFile = "format";
constexpr std::string_view kFormatPrefix = "selene data ";

Status write_format_file(const std::filesystem::path& path) {
  const std::filesystem::path draft = path.string() + ".new";
  {
    std::ofstream out(draft);
    out << kFormatPrefix << kFormat << '\n';
    if (!out.flush()) return Error(ErrorCode::kIo, "cannot write [{}]", draft.string());
  }
  RETURN_IF_ERROR(sync_path(draft));
  std::error_code error;
  std::filesystem::rename(draft, path, error);
  if (error) return Error(ErrorCode::kIo, "cannot write [{}]: {}", path.string(), error.message());
  return sync_path(path.parent_path());
}

}  // namespace

DataFolder::DataFolder(DataFolder&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<DataFolder> DataFolder::open(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path / "indices", error);
  if (error) return Error(ErrorCode::kIo, "cannot create data folder [{}]: {}", path.string(), error.message());
  const std::string lock_path = path / "node.lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) return Error(ErrorCode::kIo, "cannot open [{}]: {}", lock_path, std::strerror(errno));
  DataFolder folder(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return Error(ErrorCode::kIllegalState, "data folder [{}] is locked by another process", path.string());
  }
  RETURN_IF_ERROR(folder.check_format());
  return folder;
}

Status DataFolder::write_format(const std::filesystem::path& folder) { return write_format_file(folder / kFormatFile); }

Status DataFolder::check_format() const {
  const std::filesystem::path file = path_ / kFormatFile;
  std::ifstream in(file);
  if (!in) {
    if (std::filesystem::exists(store())) {
      return Error(ErrorCode::kIllegalState,
                   "data folder [{}] has a store but no file [format]: it is not a data folder of Selene, or damaged",
                   path_.string());
    }
    return write_format_file(file);
  }
  std::string line;
  std::getline(in, line);
  int format = 0;
  const std::string_view text = line;
  const bool known = text.starts_with(kFormatPrefix);
  if (known) std::from_chars(text.data() + kFormatPrefix.size(), text.data() + text.size(), format);
  if (format < 1) return Error(ErrorCode::kIllegalState, "[{}] does not name a data format of Selene", file.string());
  if (format > kFormat) {
    return Error(ErrorCode::kIllegalState,
                 "data folder [{}] was written by a newer version of Selene: its format is [{}], this one reads up to [{}]",
                 path_.string(), format, kFormat);
  }
  return {};
}

}  // namespace selene::index
