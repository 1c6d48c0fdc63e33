#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "main/command_error.h"
#include "main/commands.h"
#include "models/runtime/bench.h"
#include "simd/isa.h"

namespace selene::main {

namespace {

struct BenchArguments {
  models::BenchOptions options;
  std::vector<std::string> tiers = {"int8", "bf16", "fp32"};
  std::string kernel_isa;
  bool json = false;
};

base::Status bench(BenchArguments& arguments) {
  if (!arguments.kernel_isa.empty()) RETURN_IF_ERROR(simd::force_isa(arguments.kernel_isa));
  arguments.options.tiers.clear();
  for (const std::string& name : arguments.tiers) {
    ASSIGN_OR_RETURN(const models::Tier tier, models::parse_tier(name));
    arguments.options.tiers.push_back(tier);
  }
  if (arguments.json) arguments.options.output = models::BenchOutput::kJson;
  return models::run_bench(arguments.options, std::cout);
}

}  // namespace

void add_bench_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("bench", "Time re-ranking requests on the engine alone");
  auto arguments = std::make_shared<BenchArguments>();
  command->add_option("MODELDIR", arguments->options.folder, "Hugging Face model folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--pairs", arguments->options.pairs_file, "JSON file with input_ids and token_type_ids of one request")
      ->check(CLI::ExistingFile);
  command->add_option("--threads", arguments->options.num_threads, "threads of one request, or several numbers")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--tier", arguments->tiers, "of int8, bf16 and fp32")->delimiter(',')->capture_default_str();
  command->add_option("--repetitions", arguments->options.repetitions, "timed requests, 0 for about four seconds of them")
      ->check(CLI::Range(0, 1000000));
  command->add_option("--kernel-isa", arguments->kernel_isa,
                      "scalar, avx2, avx_vnni, avx512 or avx512_bf16 [the best of this machine]");
  command->add_flag("--json", arguments->json, "a JSON line for each tier and number of threads");
  command->callback([arguments, &exit_status] {
    if (const base::Status status = bench(*arguments); !status) exit_status = report_error(status.error());
  });
}

}  // namespace selene::main
