#include <fstream>
#include <iostream>
#include <map>
#include <memory>

#include "base/env.h"
#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "main/commands.h"
#include "main/model_folders.h"
#include "main/progress.h"
#include "main/stack.h"
#include "models/runtime/calibration.h"
#include "models/runtime/deployment.h"

namespace selene::main {

namespace {

using base::Error;
using base::ErrorCode;
using models::Calibration;
using models::LabelledLogit;

constexpr size_t kMaxPairs = 1000000;

struct LabelledText {
  std::string text;
  bool relevant = false;
};
/// By query: texts of one query are scored together.
using LabelledPairs = std::map<std::string, std::vector<LabelledText>>;

/// `label`: true, false, 1 or 0.
base::Result<bool> read_label(base::JsonValue label, int64_t line) {
  if (label.is_bool()) return label.as_bool();
  if (label.is_number() && (label.as_double() == 0 || label.as_double() == 1)) return label.as_double() == 1;
  return Error(ErrorCode::kParsing, "line {}: [label] must be 0 or 1", line);
}

base::Result<LabelledPairs> read_pairs(const std::string& path) {
  std::ifstream in(path);
  if (!in) return Error(ErrorCode::kIo, "cannot read [{}]", path);
  LabelledPairs pairs;
  size_t count = 0;
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto json = base::JsonDocument::parse(line);
    const base::JsonValue root = json.has_value() ? json->root() : base::JsonValue();
    if (!root["query"].is_string() || !root["text"].is_string())
      return Error(ErrorCode::kParsing, R"(line {}: a pair is an object {{"query":"..","text":"..","label":1}})", number);
    ASSIGN_OR_RETURN(const bool relevant, read_label(root["label"], number));
    if (++count > kMaxPairs) return Error(ErrorCode::kIllegalArgument, "at most {} pairs are taken", kMaxPairs);
    pairs[std::string(root["query"].as_string())].push_back({std::string(root["text"].as_string()), relevant});
  }
  return pairs;
}

base::Result<std::vector<LabelledLogit>> score_pairs(const CalibrateOptions& options, const std::filesystem::path& folder,
                                                     const LabelledPairs& pairs) {
  ASSIGN_OR_RETURN(const models::Tier tier, models::parse_tier(options.tier));
  ASSIGN_OR_RETURN(auto model, models::LoadedModel::load(folder, {.tier = tier}));
  models::DeploymentOptions deployment_options;
  deployment_options.num_threads = options.threads > 0 ? options.threads : default_threads();
  const std::unique_ptr<models::Deployment> deployment = models::Deployment::start(std::move(model), deployment_options);
  std::vector<LabelledLogit> logits;
  Progress progress("scoring", static_cast<int64_t>(pairs.size()));
  for (const auto& [query, labelled] : pairs) {
    std::vector<std::string_view> texts;
    for (const LabelledText& text : labelled) texts.push_back(text.text);
    ASSIGN_OR_RETURN(const std::vector<float> scores, deployment->score(query, texts, base::Cancellation()));
    for (size_t i = 0; i < scores.size(); ++i) logits.push_back({scores[i], labelled[i].relevant});
    progress.advance();
  }
  deployment->stop();
  return logits;
}

/// What one calibration is worth on the pairs.
struct Figures {
  std::string_view name;
  Calibration calibration;
  double log_loss = 0;
  double ece = 0;
};

Figures figures_of(std::string_view name, const Calibration& calibration, const std::vector<LabelledLogit>& logits) {
  return {name, calibration, models::log_loss(calibration, logits), models::expected_calibration_error(calibration, logits)};
}

void print_table(const std::vector<Figures>& rows, size_t num_pairs, size_t num_queries) {
  std::cout << base::format("{} pairs of {} queries\n", num_pairs, num_queries);
  std::cout << base::format("  {:18} {:>11} {:>8} {:>9} {:>8}\n", "", "temperature", "bias", "log-loss", "ECE");
  for (const Figures& row : rows) {
    std::cout << base::format("  {:18} {:11.4f} {:8.4f} {:9.4f} {:8.4f}\n", row.name, row.calibration.temperature,
                              row.calibration.bias, row.log_loss, row.ece);
  }
}

void print_json(const std::vector<Figures>& rows, size_t num_pairs, size_t num_queries) {
  base::JsonWriter out;
  out.begin_object().field("pairs", num_pairs).field("queries", num_queries);
  for (const Figures& row : rows) {
    out.key(row.name).begin_object();
    out.field("temperature", row.calibration.temperature).field("bias", row.calibration.bias);
    out.field("log_loss", row.log_loss).field("ece", row.ece).end_object();
  }
  std::cout << out.end_object().text() << "\n";
}

}  // namespace

base::Status run_calibrate(const CalibrateOptions& options) {
  ASSIGN_OR_RETURN(const std::filesystem::path folder, find_model_folder(options.model, options.models_dir, options.data));
  ASSIGN_OR_RETURN(const std::optional<Calibration> present, models::read_calibration(folder));
  ASSIGN_OR_RETURN(const LabelledPairs pairs, read_pairs(options.pairs_file));
  ASSIGN_OR_RETURN(const std::vector<LabelledLogit> logits, score_pairs(options, folder, pairs));
  ASSIGN_OR_RETURN(const Calibration fitted, models::fit_calibration(logits));
  std::vector<Figures> rows = {figures_of("sigmoid", Calibration(), logits)};
  if (present) rows.push_back(figures_of("calibration.json", *present, logits));
  rows.push_back(figures_of("fitted", fitted, logits));
  options.json ? print_json(rows, logits.size(), pairs.size()) : print_table(rows, logits.size(), pairs.size());
  if (options.dry_run) return {};
  const std::filesystem::path path = folder / "calibration.json";
  RETURN_IF_ERROR(base::write_atomically(base::system_env(), path, fitted.to_json() + "\n"));
  if (!options.json)
    std::cout << base::format("wrote [{}]; a running server takes it when it loads the model anew\n", path.string());
  return {};
}

}  // namespace selene::main
