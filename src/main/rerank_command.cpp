#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <numeric>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "main/commands.h"
#include "main/model_folders.h"
#include "main/progress.h"
#include "main/stack.h"
#include "models/runtime/deployment.h"

namespace selene::main {

namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kMaxPassages = 1000000;
constexpr size_t kBatch = 64;  // passages scored at a time, and a step of the progress bar

/// A line as text: an NDJSON object's `text` (with its `title`), or the line itself.
base::Result<std::string> passage_of(const std::string& line, int64_t number) {
  if (!line.starts_with('{')) return line;
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(line));
  const base::JsonValue text = json.root()["text"];
  const base::JsonValue title = json.root()["title"];
  if (!text.is_string()) return Error(ErrorCode::kParsing, "line {}: an object needs a string [text]", number);
  if (!title.is_string() || title.as_string().empty()) return std::string(text.as_string());
  return std::string(title.as_string()) + ". " + std::string(text.as_string());
}

base::Result<std::vector<std::string>> read_passages(std::istream& in) {
  std::vector<std::string> passages;
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    if (passages.size() == kMaxPassages) return Error(ErrorCode::kIllegalArgument, "at most {} passages are taken", kMaxPassages);
    ASSIGN_OR_RETURN(std::string passage, passage_of(line, number));
    passages.push_back(std::move(passage));
  }
  return passages;
}

base::Result<std::vector<float>> score_all(const RerankOptions& options, const std::vector<std::string>& passages) {
  ASSIGN_OR_RETURN(const models::Tier tier, models::parse_tier(options.tier));
  ASSIGN_OR_RETURN(const std::filesystem::path folder, find_model_folder(options.model, options.models_dir, options.data));
  ASSIGN_OR_RETURN(auto model, models::LoadedModel::load(folder, {.tier = tier}));
  models::DeploymentOptions deployment_options;
  deployment_options.num_threads = options.threads > 0 ? options.threads : default_threads();
  const std::unique_ptr<models::Deployment> deployment = models::Deployment::start(std::move(model), deployment_options);
  std::vector<float> scores;
  Progress progress("re-ranking", static_cast<int64_t>(passages.size()));
  for (size_t begin = 0; begin < passages.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, passages.size());
    const std::vector<std::string_view> texts(passages.begin() + static_cast<std::ptrdiff_t>(begin),
                                              passages.begin() + static_cast<std::ptrdiff_t>(end));
    ASSIGN_OR_RETURN(const std::vector<float> part, deployment->score(options.query, texts, base::Cancellation()));
    scores.insert(scores.end(), part.begin(), part.end());
    progress.advance(static_cast<int64_t>(part.size()));
  }
  deployment->stop();
  return scores;
}

}  // namespace

base::Status run_rerank(const RerankOptions& options) {
  std::vector<std::string> passages;
  if (options.file == "-") {
    ASSIGN_OR_RETURN(passages, read_passages(std::cin));
  } else {
    std::ifstream in(options.file);
    if (!in) return Error(ErrorCode::kIo, "cannot read [{}]", options.file);
    ASSIGN_OR_RETURN(passages, read_passages(in));
  }
  if (passages.empty()) return {};
  ASSIGN_OR_RETURN(const std::vector<float> scores, score_all(options, passages));
  std::vector<size_t> order(passages.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  if (options.top > 0 && order.size() > options.top) order.resize(options.top);
  for (const size_t i : order) {
    if (options.json) {
      std::cout << base::JsonWriter()
                       .begin_object()
                       .field("index", i)
                       .field("relevance_score", scores[i])
                       .field("text", passages[i])
                       .end_object()
                       .take()
                << "\n";
    } else {
      std::cout << base::format("{:9.4f}  {}\n", scores[i], passages[i]);
    }
  }
  return {};
}

}  // namespace selene::main
