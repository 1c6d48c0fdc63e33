#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selene::main {

/// A file of a repository on the Hugging Face hub.
struct HubFile {
  std::string path;  ///< relative, with slashes
  int64_t size_bytes = 0;
  std::string sha256;  ///< empty for small files that are not kept as LFS objects
};
struct HubModel {
  std::string id;
  std::string commit;
  std::vector<HubFile> files;
};

/// Whether it has the form of a hub id: NAME or ORGANISATION/NAME of letters, digits, '.', '_', '-', none of them "." or "..".
bool is_hub_id(std::string_view text);
/// Whether it can be a model's id in this program and a folder's name: as above, without a slash, perhaps with a leading dot.
bool is_model_id(std::string_view text);

/// Takes the hub's answer to GET /api/models/{id}/revision/{revision}?blobs=true apart.
/// Errors: kParsing if it is not what the hub sends.
base::Result<HubModel> parse_hub_model(std::string_view id, std::string_view json);

/// The files of a model that this program reads: config.json, tokenizer and weights (safetensors), modules and their folders, model
/// card and licence. Errors: kIllegalArgument if there is no config.json, no tokenizer.json or no safetensors weights.
base::Result<std::vector<HubFile>> files_to_pull(const HubModel& model);

/// {PATH_DATA}/models/{id}, where pulled models lie.
std::filesystem::path pulled_models_dir(const std::filesystem::path& data);

}  // namespace selene::main
