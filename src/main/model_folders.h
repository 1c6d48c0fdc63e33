#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::main {

using ModelMap = std::map<std::string, std::filesystem::path, std::less<>>;

/// The model id that the bundled re-ranker answers to unless it is mapped elsewhere, and its folder's name.
inline constexpr std::string_view kDefaultModelId = ".rerank-v1";
inline constexpr std::string_view kBundledModel = "minilm-l6-rerank";

/// Where bundled models lie: `given` if not empty, else `models` beside the build folder of this program, else
/// `share/selene/models` of its install prefix. Empty path if there is no such folder.
std::filesystem::path find_models_dir(const std::filesystem::path& given);

/// Every model folder (one with a config.json) below `models_dir` under its own name, `.rerank-v1` for the bundled one, then
/// `given` over them. Errors: kIllegalArgument for a given folder that is none.
base::Result<ModelMap> model_folders(const std::filesystem::path& models_dir, const ModelMap& given);

/// Every model in a folder that `selene pull` fills, under each of its ids: ORGANISATION/NAME, the same as Eland writes it
/// (organisation__name, lower case), the id it was pulled as, and Elasticsearch's own id where it has one. Empty if there is no
/// such folder.
ModelMap pulled_models(const std::filesystem::path& pulled_dir);

/// The folder of one of them; an empty path if there is none.
std::filesystem::path find_pulled_model(const std::filesystem::path& pulled_dir, std::string_view id);

/// The folder that a command names: a folder, or the id of a bundled model below `models_dir` or of one pulled into the server's
/// `data` folder; empty: `.rerank-v1`. Errors: kIllegalArgument.
base::Result<std::filesystem::path> find_model_folder(const std::string& model, const std::filesystem::path& models_dir,
                                                      const std::filesystem::path& data);

/// `.rerank-v1=FOLDER` as a pair. Errors: kIllegalArgument.
base::Result<std::pair<std::string, std::filesystem::path>> parse_model_mapping(const std::string& text);

}  // namespace selene::main
