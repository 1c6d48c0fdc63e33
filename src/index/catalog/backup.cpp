#include "index/catalog/backup.h"

#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/env.h"
#include "base/random_id.h"
#include "index/catalog/data_folder.h"

namespace selene::index {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::string_view kListName = "backup";
constexpr std::string_view kFirstLine = "selene backup 1";
constexpr std::string_view kWanted = ".wanted";
constexpr std::string_view kPart = ".part";
constexpr std::string_view kFailed = ".failed";
constexpr std::chrono::milliseconds kPollInterval{20};
constexpr size_t kMaxListBytes = size_t{64} << 20;

Error io_error(std::string_view action, const fs::path& path, const std::error_code& error) {
  return Error(ErrorCode::kIo, "cannot {} [{}]: {}", action, path.string(), error.message());
}

struct CopiedFile {
  std::string path;  ///< relative
  uint64_t size = 0;
  uint64_t checksum = 0;
};

/// Copies and syncs one file; gives what was copied.
Result<CopiedFile> copy_and_sync(const fs::path& from, const fs::path& to) {
  base::Env& env = base::system_env();
  ASSIGN_OR_RETURN(const base::FileMapping source, env.map_file(from));
  RETURN_IF_ERROR(env.create_folders(to.parent_path()));
  RETURN_IF_ERROR(env.write_file(to, source.bytes()));
  RETURN_IF_ERROR(env.sync(to));
  return CopiedFile{{}, source.bytes().size(), XXH3_64bits(source.bytes().data(), source.bytes().size())};
}

Status sync_folders(const fs::path& folder) {
  RETURN_IF_ERROR(base::system_env().sync(folder));
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_directory()) RETURN_IF_ERROR(base::system_env().sync(entry.path()));
  }
  return {};
}

Result<BackupSummary> copy_with_list(const fs::path& copy, const fs::path& target) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(copy, error)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  if (error) return io_error("list", copy, error);
  std::sort(paths.begin(), paths.end());
  std::string list(kFirstLine);
  list += '\n';
  BackupSummary summary;
  for (const fs::path& path : paths) {
    const std::string relative = path.lexically_relative(copy).generic_string();
    ASSIGN_OR_RETURN(const CopiedFile file, copy_and_sync(path, target / relative));
    list += base::format("{:016x} {} {}\n", file.checksum, file.size, relative);
    ++summary.num_files;
    summary.num_bytes += static_cast<int64_t>(file.size);
  }
  list += base::format("{:016x}\n", XXH3_64bits(list.data(), list.size()));
  RETURN_IF_ERROR(sync_folders(target));
  // The list comes last: a folder without one is no backup.
  RETURN_IF_ERROR(base::write_atomically(base::system_env(), target / kListName, list));
  return summary;
}

/// The copy that the serving process made in `backups`.
Result<fs::path> ask_for_copy(const fs::path& backups, std::chrono::milliseconds patience) {
  const std::string name = base::random_uuid();
  const fs::path wanted = backups / (name + std::string(kWanted));
  RETURN_IF_ERROR(base::system_env().create_folders(backups));
  RETURN_IF_ERROR(base::system_env().write_file(wanted, ""));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const auto is_there = [&](std::string_view suffix) {
    std::error_code error;
    return fs::exists(backups / (name + std::string(suffix)), error);
  };
  for (;;) {
    if (is_there("")) return backups / name;
    if (is_there(kFailed)) {
      const fs::path failed = backups / (name + std::string(kFailed));
      const auto text = base::system_env().read_file(failed, kMaxListBytes);
      (void)base::system_env().remove(failed);
      return Error(ErrorCode::kIo, "the server cannot copy its data: {}", text ? *text : text.error().reason());
    }
    if (!is_there(kPart) && std::chrono::steady_clock::now() > deadline) {
      (void)base::system_env().remove(wanted);
      return Error(ErrorCode::kTimeout, "the process that holds [{}] does not answer within [{}] ms",
                   backups.parent_path().string(), patience.count());
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

Status check_target(const fs::path& target) {
  std::error_code error;
  if (fs::exists(target, error) && !(fs::is_directory(target, error) && fs::is_empty(target, error))) {
    return Error(ErrorCode::kIllegalArgument, "[{}] exists already and is not an empty folder", target.string());
  }
  return {};
}

Result<std::vector<CopiedFile>> read_list(const fs::path& backup) {
  ASSIGN_OR_RETURN(const std::string text, base::system_env().read_file(backup / kListName, kMaxListBytes));
  const Error damaged(ErrorCode::kCorruptIndex, "[{}] is damaged", (backup / kListName).string());
  if (!text.starts_with(kFirstLine)) {
    return Error(ErrorCode::kIllegalState, "[{}] is not a backup that this version of Selene reads", backup.string());
  }
  const size_t last_line = text.size() < 17 ? std::string::npos : text.size() - 17;
  if (last_line == std::string::npos || text.substr(last_line) != base::format("{:016x}\n", XXH3_64bits(text.data(), last_line))) {
    return damaged;
  }
  std::vector<CopiedFile> files;
  std::istringstream lines(text.substr(0, last_line));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    CopiedFile file;
    fields >> std::hex >> file.checksum >> std::dec >> file.size;
    fields.get();
    std::getline(fields, file.path);
    const fs::path path(file.path);
    const bool outside = path.empty() || path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
    if (!fields && !fields.eof()) return damaged;
    if (outside) return damaged;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

Result<BackupSummary> make_backup(const fs::path& data, const fs::path& target, std::chrono::milliseconds patience) {
  RETURN_IF_ERROR(check_target(target));
  std::error_code error;
  if (!fs::exists(data / "format", error)) return Error(ErrorCode::kIllegalArgument, "[{}] is not a data folder", data.string());
  const fs::path backups = data / "backups";
  fs::path copy = backups / base::random_uuid();
  Catalog::Options options;
  options.data_folder = data;
  Result<std::unique_ptr<Catalog>> catalog = Catalog::open(options);
  if (catalog) {
    RETURN_IF_ERROR((*catalog)->copy_to(copy));
    (*catalog)->close();
  } else if (catalog.error().reason().ends_with("locked by another process")) {
    ASSIGN_OR_RETURN(copy, ask_for_copy(backups, patience));
  } else {
    return std::move(catalog).error();
  }
  Result<BackupSummary> summary = copy_with_list(copy, target);
  fs::remove_all(copy, error);
  return summary;
}

Result<BackupSummary> restore_backup(const fs::path& backup, const fs::path& data) {
  RETURN_IF_ERROR(check_target(data));
  ASSIGN_OR_RETURN(const std::vector<CopiedFile> files, read_list(backup));
  BackupSummary summary;
  for (const CopiedFile& wanted : files) {
    ASSIGN_OR_RETURN(const CopiedFile file, copy_and_sync(backup / wanted.path, data / wanted.path));
    if (file.size != wanted.size || file.checksum != wanted.checksum) {
      std::error_code error;
      fs::remove_all(data, error);
      return Error(ErrorCode::kCorruptIndex, "[{}] of the backup is damaged", (backup / wanted.path).string());
    }
    ++summary.num_files;
    summary.num_bytes += static_cast<int64_t>(file.size);
  }
  RETURN_IF_ERROR(sync_folders(data));
  return summary;
}

void answer_backup_requests(Catalog& catalog, const fs::path& backups) {
  std::error_code error;
  if (!fs::exists(backups, error)) return;
  const auto names = base::system_env().list(backups);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!name.ends_with(kWanted)) continue;
    const std::string request = name.substr(0, name.size() - kWanted.size());
    const fs::path part = backups / (request + std::string(kPart));
    fs::remove_all(part, error);
    const Status copied = catalog.copy_to(part);
    if (copied) {
      (void)base::system_env().rename(part, backups / request);
    } else {
      fs::remove_all(part, error);
      (void)base::write_atomically(base::system_env(), backups / (request + std::string(kFailed)), copied.error().reason());
    }
    (void)base::system_env().remove(backups / name);
  }
}

}  // namespace selene::index
