#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "main/commands.h"
#include "models/runtime/bench.h"
#include "simd/isa.h"

namespace selene::main {

base::Status run_bench(const BenchArguments& arguments) {
  if (!arguments.kernel_isa.empty()) RETURN_IF_ERROR(simd::force_isa(arguments.kernel_isa));
  models::BenchOptions options;
  options.folder = arguments.folder;
  options.pairs_file = arguments.pairs_file;
  options.num_threads = arguments.num_threads;
  options.repetitions = arguments.repetitions;
  options.tiers.clear();
  for (const std::string& name : arguments.tiers) {
    ASSIGN_OR_RETURN(const models::Tier tier, models::parse_tier(name));
    options.tiers.push_back(tier);
  }
  if (arguments.json) options.output = models::BenchOutput::kJson;
  return models::run_bench(options, std::cout);
}

}  // namespace selene::main
