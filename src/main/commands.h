#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace selene::main {

// What each sub-command can be told. command_line.cpp fills these and says what every flag means; the functions below know no
// flags.

struct ServeOptions {
  std::string config_file;
  std::string port_file;
  std::vector<std::string> model_mappings;
  std::vector<std::string> settings;  ///< NAME=VALUE
  /// Settings of selene.yml by name, as given by a flag or an environment variable.
  std::map<std::string, std::string> given;
};

struct PullOptions {
  std::string source;
  std::string as;
  std::string revision = "main";
  std::string data = "selene-data";
};

struct RerankOptions {
  std::string query;
  std::string model;
  std::string models_dir;
  std::string data = "selene-data";
  std::string tier = "int8";
  std::string file = "-";
  size_t top = 0;
  int32_t threads = 0;
  bool json = false;
};

struct EvalOptions {
  std::string folder;
  std::string query_ids_file;
  std::string out_file;
  std::string tier = "int8";
  std::vector<std::string> compare;  ///< further tiers to re-rank with
  std::string model;                 ///< folder; empty: the bundled one
  std::string models_dir;
  int64_t num_queries = 0;  ///< of the re-ranked run; 0: all
  int64_t depth = 100;
  int32_t threads = 0;
};

struct CalibrateOptions {
  std::string model;
  std::string pairs_file;
  std::string models_dir;
  std::string data = "selene-data";
  std::string tier = "int8";
  int32_t threads = 0;
  bool dry_run = false;
  bool json = false;
};

struct BenchArguments {
  std::string folder;
  std::string pairs_file;
  std::vector<int32_t> num_threads = {1};
  std::vector<std::string> tiers = {"int8", "bf16", "fp32"};
  int32_t repetitions = 0;
  std::string kernel_isa;
  bool json = false;
};

struct CheckOptions {
  std::string data;
  bool repair = false;
};

struct BackupOptions {
  std::string from;
  std::string to;
  int64_t patience_s = 30;
};

/// Each runs one sub-command to its end. An error is what the program ends with: it is printed and the exit status is 1.
base::Status run_serve(const ServeOptions& options);
base::Status run_pull(const PullOptions& options);
base::Status run_rerank(const RerankOptions& options);
base::Status run_eval(const EvalOptions& options);
base::Status run_calibrate(const CalibrateOptions& options);
base::Status run_bench(const BenchArguments& arguments);
base::Status run_backup(const BackupOptions& options);
base::Status run_restore(const BackupOptions& options);
/// The exit status: 0 if nothing is wrong (any more), 1 if something is.
base::Result<int> run_check(const CheckOptions& options);

}  // namespace selene::main
