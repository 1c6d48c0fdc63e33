#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <system_error>

#include "base/env.h"
#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "main/commands.h"
#include "main/hub_client.h"
#include "main/hub_layout.h"
#include "main/model_folders.h"
#include "main/progress.h"
#include "models/runtime/loaded_model.h"

namespace selene::main {

using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRecord = "selene_pull.json";  // in each pulled folder: where it came from

Error disk_error(std::string_view action, const fs::path& path, const std::error_code& fault) {
  return Error(ErrorCode::kIo, "cannot {} [{}]: {}", action, path.string(), fault.message());
}

/// Folders of one pull. `staging` keeps what came so far, for a later try to go on with.
struct PullFolders {
  fs::path staging;
  fs::path target;
};
PullFolders pull_folders(const PullOptions& options, const std::string& id) {
  const fs::path models = pulled_models_dir(options.data);
  std::string flat = id;
  for (size_t at = flat.find('/'); at != std::string::npos; at = flat.find('/')) flat.replace(at, 1, "__");
  return {models / (".part-" + flat), models / id};
}

std::string installed_commit(const fs::path& folder) {
  const auto bytes = base::system_env().read_file(folder / kRecord, 65536);
  if (!bytes.has_value()) return {};
  const auto document = base::JsonDocument::parse(*bytes);
  if (!document.has_value() || !document->root()["commit"].is_string()) return {};
  return std::string(document->root()["commit"].as_string());
}

/// What the model is, in a line; loading it whole is the check that this program can read it.
base::Result<std::string> describe(const fs::path& folder) {
  ASSIGN_OR_RETURN(const auto model, models::LoadedModel::load(folder, {}));
  std::string text(models::model_kind_name(model->kind()));
  if (const models::DenseEncoder* encoder = model->dense_encoder()) {
    text += base::format(", {} dimensions, {}", encoder->dims(), models::similarity_name(encoder->similarity()));
  }
  return text + base::format(", texts of up to {} tokens", model->any_encoder().max_length());
}

/// Puts the staged folder in the target's place. An older one goes once the new one stands.
base::Status install(const PullFolders& folders) {
  std::error_code fault;
  fs::create_directories(folders.target.parent_path(), fault);
  const fs::path old = folders.staging.string() + ".old";
  fs::remove_all(old, fault);
  fs::rename(folders.target, old, fault);  // fails if there is none
  fs::rename(folders.staging, folders.target, fault);
  if (fault) {
    std::error_code back;
    fs::rename(old, folders.target, back);
    return disk_error("create", folders.target, fault);
  }
  fs::remove_all(old, fault);
  return base::system_env().sync(folders.target.parent_path());
}

base::Status finish(const PullFolders& folders, const std::string& id, const std::string& source, const std::string& commit) {
  ASSIGN_OR_RETURN(const std::string description, describe(folders.staging));
  base::JsonWriter record;
  record.begin_object().field("source", source).field("commit", commit).end_object();
  RETURN_IF_ERROR(base::write_atomically(base::system_env(), folders.staging / kRecord, record.take()));
  RETURN_IF_ERROR(install(folders));
  std::cout << base::format("{}: {}\nmodel_id: {}\nfolder: {}\n", source, description, id, folders.target.string());
  return {};
}

base::Status pull_folder(const PullOptions& options) {
  const fs::path source = fs::weakly_canonical(options.source);
  const std::string id = options.as.empty() ? source.filename().string() : options.as;
  if (!is_model_id(id)) {
    return Error(ErrorCode::kIllegalArgument,
                 "[{}] cannot be a model id: letters, digits, '.', '_' and '-' are; name one with --as", id);
  }
  const PullFolders folders = pull_folders(options, id);
  std::error_code fault;
  if (fs::weakly_canonical(folders.target, fault) == source) {
    return Error(ErrorCode::kIllegalArgument, "[{}] is where model [{}] lies already", source.string(), id);
  }
  fs::remove_all(folders.staging, fault);
  RETURN_IF_ERROR(base::system_env().create_folders(folders.staging));
  fs::copy(source, folders.staging, fs::copy_options::recursive, fault);
  if (fault) return disk_error("copy", source, fault);
  base::Status status = finish(folders, id, source.string(), "");
  if (!status.has_value()) fs::remove_all(folders.staging, fault);
  return status;
}

base::Status download_all(HubClient& hub, const HubModel& model, const fs::path& staging) {
  ASSIGN_OR_RETURN(const std::vector<HubFile> files, files_to_pull(model));
  int64_t total = 0;
  for (const HubFile& file : files) total += file.size_bytes;
  Progress progress("pulling " + model.id + " (bytes)", total);
  for (const HubFile& file : files) {
    const fs::path to = staging / file.path;
    std::error_code fault;
    if (fs::is_regular_file(to, fault)) {  // whole and checked by an earlier try
      progress.advance(file.size_bytes);
      continue;
    }
    RETURN_IF_ERROR(hub.download(model, file, to, [&progress](int64_t bytes) { progress.advance(bytes); }));
  }
  return {};
}

base::Status pull_from_hub(const PullOptions& options) {
  const auto environment = [](const char* name, const char* absent) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread starts
    return std::string(value != nullptr && *value != '\0' ? value : absent);
  };
  if (!is_hub_id(options.source)) {
    return Error(ErrorCode::kIllegalArgument,
                 "[{}] is neither a folder nor a model id of the hub such as intfloat/multilingual-e5-small", options.source);
  }
  const std::string& id = options.as.empty() ? options.source : options.as;
  HubOptions hub_options{environment("HF_ENDPOINT", "https://huggingface.co"), environment("HF_TOKEN", "")};
  ASSIGN_OR_RETURN(const auto hub, HubClient::create(std::move(hub_options)));
  ASSIGN_OR_RETURN(const HubModel model, hub->model(options.source, options.revision));
  PullFolders folders = pull_folders(options, id);
  if (installed_commit(folders.target) == model.commit) {
    std::cout << base::format("{}: up to date\nmodel_id: {}\nfolder: {}\n", options.source, id, folders.target.string());
    return {};
  }
  folders.staging += "-" + model.commit;  // what came of another commit is not mixed in
  RETURN_IF_ERROR(base::system_env().create_folders(folders.staging));
  RETURN_IF_ERROR(download_all(*hub, model, folders.staging));
  return finish(folders, id, options.source, model.commit);
}

}  // namespace

base::Status run_pull(const PullOptions& options) {
  if (!options.as.empty() && !is_model_id(options.as)) {
    return Error(ErrorCode::kIllegalArgument, "--as [{}]: a model id has letters, digits, '.', '_' and '-'", options.as);
  }
  std::error_code fault;
  return fs::is_directory(options.source, fault) ? pull_folder(options) : pull_from_hub(options);
}

}  // namespace selene::main
