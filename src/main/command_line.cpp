#include "main/command_line.h"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "main/commands.h"

// The one file that knows the command line library: parsing it costs as much as all the commands together.

namespace selene::main {

namespace {

void report_causes(const base::Error& error) {
  for (const base::Error* cause = error.cause(); cause != nullptr; cause = cause->cause())
    std::cerr << "  because: " << cause->reason() << "\n";
  for (const base::Error& part : error.suppressed()) {
    std::cerr << "  because: " << part.reason() << "\n";
    report_causes(part);
  }
}

int report(const base::Error& error) {
  std::cerr << "selene: " << error.reason() << "\n";
  report_causes(error);
  return 1;
}

int exit_status_of(const base::Status& status) { return status ? 0 : report(status.error()); }
int exit_status_of(const base::Result<int>& status) { return status ? *status : report(status.error()); }

/// Has `command` run `run` with the options that were filled.
template <class Options, class Run>
void on_call(CLI::App& command, const std::shared_ptr<Options>& options, Run run, int& exit_status) {
  command.callback([options, run, &exit_status] { exit_status = exit_status_of(run(*options)); });
}

void add_setting(CLI::App& command, ServeOptions& options, const std::string& flag, const std::string& variable,
                 const std::string& setting, const std::string& help) {
  command
      .add_option_function<std::string>(
          flag, [&options, setting](const std::string& value) { options.given[setting] = value; }, help)
      ->envname(variable);
}

void add_serve_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("serve", "Run the server");
  auto options = std::make_shared<ServeOptions>();
  command->add_option("--config", options->config_file, "settings file (selene.yml)")
      ->envname("SELENE_CONFIG")
      ->check(CLI::ExistingFile);
  add_setting(*command, *options, "--port", "SELENE_PORT", "http.port", "port, 0 for any free one [9200]");
  add_setting(*command, *options, "--host", "SELENE_HOST", "network.host", "address to listen on [127.0.0.1]");
  add_setting(*command, *options, "--data", "SELENE_DATA", "path.data", "data folder [selene-data]");
  add_setting(*command, *options, "--cluster-name", "SELENE_CLUSTER_NAME", "cluster.name", "name of the cluster [selene]");
  add_setting(*command, *options, "--node-name", "SELENE_NODE_NAME", "node.name", "name of this node [the machine's]");
  add_setting(*command, *options, "--models-dir", "SELENE_MODELS_DIR", "models_dir", "folder of the bundled models");
  add_setting(*command, *options, "--tier", "SELENE_TIER", "tier", "number type of models: int8, fp32 or bf16 [int8]");
  add_setting(*command, *options, "--threads", "SELENE_THREADS", "threads", "threads for inference [one for each processor]");
  add_setting(*command, *options, "--kernel-isa", "SELENE_KERNEL_ISA", "kernel_isa",
              "scalar, avx2, avx_vnni, avx512, avx512_bf16, neon, neon_dot or neon_i8mm [the best of this machine]");
  add_setting(*command, *options, "--log-level", "SELENE_LOG_LEVEL", "logger.level", "error, warn, info or debug [info]");
  add_setting(*command, *options, "--durability", "SELENE_DURABILITY", "index.translog.durability",
              "request: a write is on disk before it is answered; async [request]");
  add_setting(*command, *options, "--flood-stage", "SELENE_FLOOD_STAGE", "cluster.routing.allocation.disk.watermark.flood_stage",
              "writes are refused with less than this free (500mb), or more than this of the disk used (95%) [256mb]");
  add_setting(*command, *options, "--password-file", "ELASTIC_PASSWORD_FILE", "bootstrap.password_file",
              "file with the password of the user elastic, where xpack.security.enabled is true");
  // No flag: everyone on the machine sees a command line.
  if (const char* password = std::getenv("ELASTIC_PASSWORD"); password != nullptr && *password != '\0')
    options->given["bootstrap.password"] = password;
  command->add_option("--model", options->model_mappings,
                      "maps a model id to a folder, for example .rerank-v1=/srv/models/mine; may be repeated");
  command->add_option("-E", options->settings, "any setting of selene.yml as NAME=VALUE; may be repeated");
  command->add_option("--port-file", options->port_file, "file that gets the port once the server is ready");
  on_call(*command, options, run_serve, exit_status);
}

// Options that several sub-commands have.

void add_data_folder(CLI::App& command, std::string& data, const std::string& help) {
  command.add_option("--data", data, help)->envname("SELENE_DATA")->capture_default_str();
}

void add_models_dir(CLI::App& command, std::string& models_dir) {
  command.add_option("--models-dir", models_dir, "folder of the bundled models")->check(CLI::ExistingDirectory);
}

void add_engine_options(CLI::App& command, std::string& tier, int32_t& threads) {
  command.add_option("--tier", tier, "int8, fp32 or bf16")->capture_default_str();
  command.add_option("--threads", threads, "threads for inference [one for each processor]")->check(CLI::Range(1, 1024));
}

void add_pull_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("pull", "Install a model of the Hugging Face hub, or of a folder, in the data folder");
  auto options = std::make_shared<PullOptions>();
  command->add_option("ID", options->source, "model of the hub (ORGANISATION/NAME), or a model folder")->required();
  command->add_option("--as", options->as, "model id to install it under, for example .elser_model_2 [its own]");
  command->add_option("--revision", options->revision, "branch, tag, commit or refs/pr/N")->capture_default_str();
  add_data_folder(*command, options->data, "data folder of the server");
  on_call(*command, options, run_pull, exit_status);
}

void add_rerank_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("rerank", "Order the lines of a file by what they say about a question");
  auto options = std::make_shared<RerankOptions>();
  command->add_option("-q,--query", options->query, "the question")->required();
  command->add_option("-m,--model", options->model, "model folder, or id of a bundled or pulled model [.rerank-v1]");
  add_models_dir(*command, options->models_dir);
  add_data_folder(*command, options->data, "data folder of the server, where pulled models lie");
  add_engine_options(*command, options->tier, options->threads);
  command->add_option("--top", options->top, "print the best N only");
  command->add_flag("--json", options->json, "print NDJSON: index, relevance_score, text");
  command->add_option("FILE", options->file, "one passage a line, as text or as NDJSON with `text`; - for standard input")
      ->capture_default_str();
  on_call(*command, options, run_rerank, exit_status);
}

void add_eval_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("eval", "Measure ranking quality on a judged set: BM25, re-ranked, difference");
  auto options = std::make_shared<EvalOptions>();
  command->add_option("--data", options->folder, "folder with corpus.jsonl, queries.jsonl, qrels.tsv")
      ->required()
      ->check(CLI::ExistingDirectory);
  auto* count =
      command->add_option("--queries", options->num_queries, "re-rank the first N judged queries only")->check(CLI::PositiveNumber);
  command->add_option("--query-ids", options->query_ids_file, "re-rank the queries whose ids this file lists")
      ->check(CLI::ExistingFile)
      ->excludes(count);
  command->add_option("--depth", options->depth, "how many hits are re-ranked")->check(CLI::Range(1, 10000))->capture_default_str();
  add_engine_options(*command, options->tier, options->threads);
  command->add_option("--compare", options->compare, "further tiers to re-rank with: prints their nDCG and Kendall's tau to --tier")
      ->delimiter(',');
  command->add_option("--model", options->model, "model folder [the bundled re-ranker]")->check(CLI::ExistingDirectory);
  add_models_dir(*command, options->models_dir);
  command->add_option("--out", options->out_file, "JSON file that gets the rankings, query by query");
  on_call(*command, options, run_eval, exit_status);
}

void add_calibrate_command(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("calibrate", "Fit probabilities to a re-ranker's logits on labelled pairs: calibration.json");
  auto options = std::make_shared<CalibrateOptions>();
  command->add_option("MODEL", options->model, "model folder, or id of a bundled or pulled model")->required();
  command->add_option("--pairs", options->pairs_file, "NDJSON: query, text, label (1 relevant, 0 not)")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_flag("--dry-run", options->dry_run, "print the figures, write nothing");
  command->add_flag("--json", options->json, "print the figures as JSON");
  add_models_dir(*command, options->models_dir);
  add_data_folder(*command, options->data, "data folder of the server, where pulled models lie");
  add_engine_options(*command, options->tier, options->threads);
  on_call(*command, options, run_calibrate, exit_status);
}

void add_bench_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("bench", "Time re-ranking requests on the engine alone");
  auto arguments = std::make_shared<BenchArguments>();
  command->add_option("MODELDIR", arguments->folder, "Hugging Face model folder")->required()->check(CLI::ExistingDirectory);
  command->add_option("--pairs", arguments->pairs_file, "JSON file with input_ids and token_type_ids of one request")
      ->check(CLI::ExistingFile);
  command->add_option("--threads", arguments->num_threads, "threads of one request, or several numbers")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--tier", arguments->tiers, "of int8, bf16 and fp32")->delimiter(',')->capture_default_str();
  command->add_option("--repetitions", arguments->repetitions, "timed requests, 0 for about four seconds of them")
      ->check(CLI::Range(0, 1000000));
  command->add_option("--kernel-isa", arguments->kernel_isa,
                      "scalar, avx2, avx_vnni, avx512, avx512_bf16, neon, neon_dot or neon_i8mm [the best of this machine]");
  command->add_flag("--json", arguments->json, "a JSON line for each tier and number of threads");
  on_call(*command, arguments, run_bench, exit_status);
}

void add_check_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("check", "Compare all checksums of a data folder that no server serves");
  auto options = std::make_shared<CheckOptions>();
  command->add_option("data", options->data, "data folder")->required();
  command->add_flag("--repair", options->repair,
                    "rebuild damaged segments from the store; go on without acknowledged writes that it lost");
  on_call(*command, options, run_check, exit_status);
}

void add_backup_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("backup", "Copy a data folder, also while a server serves it");
  auto options = std::make_shared<BackupOptions>();
  command->add_option("data", options->from, "data folder")->required();
  command->add_option("target", options->to, "folder to make")->required();
  command->add_option("--patience", options->patience_s, "seconds that the server may take to begin [30]")
      ->check(CLI::Range(1, 86400));
  on_call(*command, options, run_backup, exit_status);
}

void add_restore_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("restore", "Make a data folder of a backup");
  auto options = std::make_shared<BackupOptions>();
  command->add_option("backup", options->from, "folder that `selene backup` made")->required();
  command->add_option("data", options->to, "data folder to make")->required();
  on_call(*command, options, run_restore, exit_status);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("Selene: re-ranks search results by meaning, behind the Elasticsearch REST API", "selene");
  app.set_version_flag("--version", "selene " SELENE_VERSION);
  app.require_subcommand(1);
  int exit_status = 0;
  add_serve_command(app, exit_status);
  add_pull_command(app, exit_status);
  add_rerank_command(app, exit_status);
  add_eval_command(app, exit_status);
  add_calibrate_command(app, exit_status);
  add_bench_command(app, exit_status);
  add_check_command(app, exit_status);
  add_backup_command(app, exit_status);
  add_restore_command(app, exit_status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault);
  }
  return exit_status;
}

}  // namespace selene::main
