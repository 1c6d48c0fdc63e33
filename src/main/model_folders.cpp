#include "main/model_folders.h"

#include <system_error>

#include "main/hub_layout.h"
#include "models/registry/known_models.h"

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

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
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

ModelMap pulled_models(const fs::path& pulled_dir) {
  ModelMap models;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(pulled_dir, fault)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".part-")) continue;  // not whole yet
    if (is_model(entry.path())) {
      models[name] = entry.path();
      continue;
    }
    std::error_code inner_fault;
    for (const auto& inner : fs::directory_iterator(entry.path(), inner_fault)) {
      if (!is_model(inner.path())) continue;
      const std::string inner_name = inner.path().filename().string();
      models[name + "/" + inner_name] = inner.path();
      models.emplace(lower_case(name + "__" + inner_name), inner.path());
    }
  }
  for (const models::KnownModel& known : models::known_models()) {
    if (const auto found = models.find(known.hub_id); found != models.end()) models.emplace(known.id, found->second);
  }
  return models;
}

fs::path find_pulled_model(const fs::path& pulled_dir, std::string_view id) {
  if (pulled_dir.empty()) return {};
  const ModelMap models = pulled_models(pulled_dir);
  const auto found = models.find(id);
  return found != models.end() ? found->second : fs::path();
}

base::Result<fs::path> find_model_folder(const std::string& model, const fs::path& models_dir, const fs::path& data) {
  if (fs::is_directory(model)) return fs::path(model);
  ASSIGN_OR_RETURN(const ModelMap folders, model_folders(find_models_dir(models_dir), {}));
  const std::string id = model.empty() ? std::string(kDefaultModelId) : model;
  if (const auto it = folders.find(id); it != folders.end()) return it->second;
  if (const auto pulled = find_pulled_model(pulled_models_dir(data), id); !pulled.empty()) return pulled;
  return Error(ErrorCode::kIllegalArgument,
               "there is no model [{}]: name a model folder, or the folder of models with --models-dir, or install it with "
               "[selene pull]",
               id);
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
