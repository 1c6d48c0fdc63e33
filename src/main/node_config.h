#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "index/mapping/default_inference_id.h"
#include "inference/endpoints/inference_options.h"
#include "main/model_folders.h"
#include "main/security_settings.h"
#include "models/runtime/encoder.h"
#include "search/exec/filter_cache.h"

namespace selene::main {

/// Ten percent of the machine's memory.
int64_t default_filter_cache_bytes();

/// Everything a node is told at start.
struct NodeConfig {
  std::string host = "127.0.0.1";
  uint16_t port = 9200;  ///< 0: any free one
  std::filesystem::path data = "selene-data";
  std::string cluster_name = "selene";
  std::string node_name;             ///< empty: the machine's name
  std::filesystem::path models_dir;  ///< empty: found beside the program
  ModelMap models;
  models::Tier tier = models::Tier::kInt8;
  models::Tier upload_tier = models::Tier::kFp32;  ///< xpack.ml.trained_models.tier
  int32_t threads = 0;                             ///< of inference; 0: one for each processor
  std::string kernel_isa;                          ///< empty: the best of this machine
  std::string log_level = "info";
  bool sync_writes = true;                        ///< index.translog.durability: request
  uint64_t min_free_bytes = uint64_t{256} << 20;  ///< cluster.routing.allocation.disk.watermark.flood_stage, given in bytes
  double max_used = 1;                            ///< the same, given as a part of the disk
  std::string default_inference_id = std::string(index::kDefaultInferenceId);               ///< semantic_text.default_inference_id
  search::FilterCache::Options filter_cache = {.max_bytes = default_filter_cache_bytes()};  ///< indices.queries.cache.*
  int64_t document_cache_bytes = int64_t{96} << 20;                                         ///< indices.documents.cache.size
  SecurityConfig security = {};                                                             ///< xpack.security.*, bootstrap.*
  inference::InferenceOptions inference = {};                                               ///< xpack.inference.* and xpack.ml.*
};

/// Sets one setting by its name in selene.yml: `cluster.name`, `node.name`, `network.host`, `http.port`, `path.data`,
/// `models.<id>`, `models_dir`, `tier`, `threads`, `kernel_isa`, `logger.level`, `index.translog.durability`,
/// `cluster.routing.allocation.disk.watermark.flood_stage`, `xpack.ml.trained_models.tier`, `semantic_text.default_inference_id`,
/// `indices.queries.cache.size`, `.count` and `.all_segments`, `indices.documents.cache.size`, those of inference_settings.h
/// and security_settings.h.
/// Errors: kIllegalArgument (unknown name with "did you mean", wrong value).
base::Status apply_setting(NodeConfig& config, const std::string& name, const std::string& value);

/// Reads a YAML file of such settings, nested or dotted. `skip` says which names the command line or the environment has given
/// already. Errors: kIo, kParsing with line and column, those of apply_setting.
base::Status load_config_file(const std::filesystem::path& file, NodeConfig& config,
                              const std::function<bool(const std::string& name)>& skip);

/// Whether the host is an address of this machine alone (127.0.0.0/8, ::1, localhost).
bool is_loopback(std::string_view host);

}  // namespace selene::main
