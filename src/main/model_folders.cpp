#include "main/model_folders.h"

#include <system_error>

namespace selene::main {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

namespace {

fs::path program_dir() {
  std::error_code fault;
  const fs::path program = fs::read_symlink("/proc/self/exe", fault);
  return fault ? fs::path(".") : program.parent_path();
}

bool is_model(const fs::path& folder) {
  std::error_code fault;
  return fs::is_regular_file(folder / "config.json", fault);
}

/// Whether it holds at least one model: some other folder may bear the name `models`.
bool holds_models(const fs::path& folder) {
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder, fault)) {
    if (is_model(entry.path())) return true;
  }
  return false;
}

}  // namespace

fs::path find_models_dir(const fs::path& given) {
  if (!given.empty()) return given;
  const fs::path here = program_dir();
  for (const fs::path& candidate : {here / "../models", here / "../../models", here / "../share/selene/models"}) {
    if (holds_models(candidate)) return candidate.lexically_normal();
  }
  return {};
}

base::Result<ModelMap> model_folders(const fs::path& models_dir, const ModelMap& given) {
  ModelMap folders;
  std::error_code fault;
  if (!models_dir.empty()) {
    for (const auto& entry : fs::directory_iterator(models_dir, fault)) {
      if (is_model(entry.path())) folders[entry.path().filename().string()] = entry.path();
    }
  }
  if (const auto bundled = folders.find(kBundledModel); bundled != folders.end()) folders.emplace(kDefaultModelId, bundled->second);
  for (const auto& [id, folder] : given) {
    if (!is_model(folder)) {
      return Error(ErrorCode::kIllegalArgument, "model [{}]: [{}] is no model folder, it has no config.json", id, folder.string());
    }
    folders[id] = folder;
  }
  return folders;
}

base::Result<std::pair<std::string, fs::path>> parse_model_mapping(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return Error(ErrorCode::kIllegalArgument, "[{}]: a model is mapped as ID=FOLDER, for example .rerank-v1=/srv/models/mine",
                 text);
  }
  return std::pair(text.substr(0, equals), fs::path(text.substr(equals + 1)));
}

}  // namespace selene::main
