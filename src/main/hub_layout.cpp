#include "main/hub_layout.h"

#include <algorithm>
#include <array>

#include "base/json/json_document.h"

namespace selene::main {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

namespace {

constexpr size_t kMaxFiles = 10000;
constexpr size_t kMaxNameLength = 96;

constexpr std::array<std::string_view, 10> kHubFileNames = {"config.json",
                                                            "tokenizer.json",
                                                            "tokenizer_config.json",
                                                            "modules.json",
                                                            "model.safetensors",
                                                            "model.safetensors.index.json",
                                                            "README.md",
                                                            "vocab.txt",
                                                            "calibration.json",
                                                            "config_sentence_transformers.json"};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameLength && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
         });
}

/// "1_Pooling", "0_Transformer": folders of sentence-transformers' modules.
bool is_module_folder(std::string_view name) {
  const size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  return digits > 0 && digits < name.size() && name[digits] == '_' && is_name(name);
}

/// Whether a file of that name is read, at the top or in a module's folder.
bool is_wanted_name(std::string_view name) {
  if (!is_name(name)) return false;
  if (std::find(kHubFileNames.begin(), kHubFileNames.end(), name) != kHubFileNames.end()) return true;
  if (name.starts_with("LICENSE") || (name.starts_with("sentence_") && name.ends_with("_config.json"))) return true;
  return name.starts_with("model-") && name.ends_with(".safetensors");
}

bool is_wanted(std::string_view path) {
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return is_wanted_name(path);
  return is_module_folder(path.substr(0, slash)) && is_wanted_name(path.substr(slash + 1));
}

bool ends_with_name(const std::vector<HubFile>& files, std::string_view name) {
  return std::any_of(files.begin(), files.end(), [name](const HubFile& file) {
    return file.path == name || file.path == "0_Transformer/" + std::string(name);
  });
}

base::Error not_a_hub_answer(std::string_view what) {
  return Error(ErrorCode::kParsing, "the hub's answer is not understood: {}", what);
}

}  // namespace

bool is_hub_id(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return is_name(text);
  return is_name(text.substr(0, slash)) && is_name(text.substr(slash + 1));
}

bool is_model_id(std::string_view text) { return is_name(text); }

base::Result<HubModel> parse_hub_model(std::string_view id, std::string_view json) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(json));
  const JsonValue commit = document.root()["sha"];
  const JsonValue siblings = document.root()["siblings"];
  if (!commit.is_string() || !is_name(commit.as_string())) return not_a_hub_answer("no [sha]");
  if (!siblings.is_array() || siblings.as_array().size() > kMaxFiles) return not_a_hub_answer("no [siblings]");
  HubModel model{std::string(id), std::string(commit.as_string()), {}};
  for (const JsonValue entry : siblings.as_array()) {
    const JsonValue name = entry["rfilename"];
    const JsonValue size = entry["size"];
    const JsonValue sha256 = entry["lfs"]["sha256"];
    if (!name.is_string()) return not_a_hub_answer("a file without [rfilename]");
    const bool sized = size.type() == base::JsonType::kInt64 && size.as_int64() >= 0;
    model.files.push_back({std::string(name.as_string()), sized ? size.as_int64() : 0,
                           sha256.is_string() ? std::string(sha256.as_string()) : std::string()});
  }
  return model;
}

base::Result<std::vector<HubFile>> files_to_pull(const HubModel& model) {
  std::vector<HubFile> files;
  for (const HubFile& file : model.files) {
    if (is_wanted(file.path)) files.push_back(file);
  }
  for (const std::string_view needed : {"config.json", "tokenizer.json"}) {
    if (ends_with_name(files, needed)) continue;
    return Error(ErrorCode::kIllegalArgument, "[{}] has no [{}]: it is not a model this program reads", model.id, needed);
  }
  if (!ends_with_name(files, "model.safetensors") && !ends_with_name(files, "model.safetensors.index.json")) {
    return Error(ErrorCode::kIllegalArgument,
                 "[{}] has no weights as safetensors; where the repository has a pull request with a conversion, name it with "
                 "--revision refs/pr/N",
                 model.id);
  }
  return files;
}

std::filesystem::path pulled_models_dir(const std::filesystem::path& data) { return data / "models"; }

}  // namespace selene::main
