#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>

#include "base/json/json_writer.h"
#include "base/random_id.h"
#include "main/commands.h"
#include "main/progress.h"
#include "main/relevance_set.h"
#include "main/stack.h"

namespace selene::main {

namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

constexpr size_t kCutoff = 10;
constexpr std::string_view kIndex = "eval";
constexpr std::string_view kEndpoint = "eval-rerank";
constexpr std::chrono::hours kRerankTimeout{24};  // nobody waits for one query of an evaluation
constexpr std::string_view kModelId = "eval-model";

/// A folder that goes away with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(fs::temp_directory_path() / ("selene-eval-" + base::random_uuid())) { fs::create_directories(path_); }
  ~TemporaryFolder() {
    std::error_code fault;
    fs::remove_all(path_, fault);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

base::Status load_index(Stack& stack, const RelevanceSet& set) {
  ASSIGN_OR_RETURN(
      const base::JsonDocument body,
      base::JsonDocument::parse(
          R"({"settings":{"number_of_replicas":0},"mappings":{"properties":{"text":{"type":"text","analyzer":"english"}}}})"));
  RETURN_IF_ERROR(stack.catalog->create(kIndex, body.root()));
  std::vector<std::string> sources;
  sources.reserve(set.documents.size());
  std::vector<ingest::DocumentAction> actions(set.documents.size());
  for (size_t i = 0; i < set.documents.size(); ++i) {
    sources.push_back(base::JsonWriter().begin_object().field("text", set.documents[i].text).end_object().take());
    actions[i].index = kIndex;
    actions[i].id = set.documents[i].id;
    actions[i].body = sources[i];
  }
  for (auto& outcome : stack.documents->apply(actions, ingest::RefreshPolicy::kImmediate)) RETURN_IF_ERROR(std::move(outcome));
  ASSIGN_OR_RETURN(const auto index, stack.catalog->resolve_write(kIndex, false));
  return index->engine->force_merge(1);
}

base::Status make_endpoint(Stack& stack, const EvalOptions& options, int32_t threads) {
  base::JsonWriter out;
  out.begin_object().field("service", "elasticsearch").key("service_settings").begin_object();
  out.field("model_id", options.model.empty() ? kDefaultModelId : kModelId)
      .field("num_threads", threads)
      .field("num_allocations", 1)
      .end_object()
      .end_object();
  ASSIGN_OR_RETURN(const base::JsonDocument body, base::JsonDocument::parse(out.text()));
  RETURN_IF_ERROR(stack.inference->put(kEndpoint, inference::TaskType::kRerank, body.root(), std::chrono::minutes(5)));
  return {};
}

enum class Ranking { kBm25, kReranked };

std::string search_body(const RelevanceSet::Query& query, int64_t depth, Ranking ranking) {
  base::JsonWriter out;
  out.begin_object().field("size", depth).field("_source", false);
  const auto match = [&] {
    out.key("query").begin_object().key("match").begin_object().field("text", query.text).end_object().end_object();
  };
  if (ranking == Ranking::kBm25) {
    match();
  } else {
    out.key("retriever").begin_object().key("text_similarity_reranker").begin_object();
    out.key("retriever").begin_object().key("standard").begin_object();
    match();
    out.end_object().end_object();
    out.field("field", "text")
        .field("inference_id", kEndpoint)
        .field("inference_text", query.text)
        .field("rank_window_size", depth);
    out.end_object().end_object();
  }
  return out.end_object().take();
}

base::Result<std::vector<std::string>> rank(Stack& stack, const RelevanceSet::Query& query, int64_t depth, Ranking ranking) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, base::JsonDocument::parse(search_body(query, depth, ranking)));
  search::SearchCall call;
  call.indices = kIndex;
  call.body = &body;
  ASSIGN_OR_RETURN(const std::string answer, stack.searches->search(call, base::Cancellation()));
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(answer));
  std::vector<std::string> ids;
  for (const base::JsonValue hit : json.root()["hits"]["hits"].as_array()) ids.emplace_back(hit["_id"].as_string());
  return ids;
}

base::Result<std::vector<RelevanceSet::Query>> chosen_queries(const RelevanceSet& set, const EvalOptions& options) {
  std::vector<RelevanceSet::Query> chosen = set.queries;
  if (!options.query_ids_file.empty()) {
    std::ifstream file(options.query_ids_file);
    if (!file) return Error(ErrorCode::kIo, "cannot read [{}]", options.query_ids_file);
    std::set<std::string> wanted;
    for (std::string id; file >> id;) wanted.insert(id);
    std::erase_if(chosen, [&](const RelevanceSet::Query& query) { return !wanted.contains(query.id); });
  }
  if (options.num_queries > 0 && static_cast<int64_t>(chosen.size()) > options.num_queries)
    chosen.resize(static_cast<size_t>(options.num_queries));
  if (chosen.empty()) return Error(ErrorCode::kIllegalArgument, "no judged query is left to evaluate");
  return chosen;
}

/// What a run gave, query by query.
struct Run {
  std::map<std::string, std::vector<std::string>> rankings;
  double mean_over(const std::vector<RelevanceSet::Query>& queries, const RelevanceSet& set) const {
    double sum = 0;
    for (const auto& query : queries) sum += ndcg(rankings.at(query.id), set.judgements.find(query.id)->second, kCutoff);
    return sum / static_cast<double>(queries.size());
  }
};

base::Result<Run> run_all(Stack& stack, const std::vector<RelevanceSet::Query>& queries, int64_t depth, Ranking ranking) {
  Run run;
  Progress progress(ranking == Ranking::kBm25 ? "BM25" : "re-ranking", static_cast<int64_t>(queries.size()));
  for (const auto& query : queries) {
    ASSIGN_OR_RETURN(run.rankings[query.id], rank(stack, query, depth, ranking));
    progress.advance();
  }
  return run;
}

void write_run(base::JsonWriter& out, const Run& run, const RelevanceSet& set) {
  out.begin_object();
  for (const auto& [query, ranking] : run.rankings) {
    out.key(query)
        .begin_object()
        .field("ndcg@10", ndcg(ranking, set.judgements.find(query)->second, kCutoff))
        .key("ranking")
        .begin_array();
    for (const std::string& id : ranking) out.value(id);
    out.end_array().end_object();
  }
  out.end_object();
}

/// A node's layers over a temporary index of the set, with an endpoint over a model of one tier.
class EvalNode {
 public:
  static base::Result<std::unique_ptr<EvalNode>> build(const EvalOptions& options, const RelevanceSet& set, models::Tier tier) {
    auto node = std::unique_ptr<EvalNode>(new EvalNode);
    StackOptions stack;
    stack.data = node->folder_.path();
    stack.sync_writes = false;
    stack.threads = options.threads > 0 ? options.threads : default_threads();
    stack.tier = tier;
    ModelMap given;
    if (!options.model.empty()) given.emplace(kModelId, options.model);
    ASSIGN_OR_RETURN(stack.models, model_folders(find_models_dir(options.models_dir), given));
    ASSIGN_OR_RETURN(node->stack_, Stack::build(stack));
    node->stack_.searches->set_rerank_timeout(kRerankTimeout);
    RETURN_IF_ERROR(load_index(node->stack_, set));
    RETURN_IF_ERROR(make_endpoint(node->stack_, options, stack.threads));
    return node;
  }
  ~EvalNode() {
    if (stack_.inference != nullptr) stack_.inference->close();
    if (stack_.catalog != nullptr) stack_.catalog->close();
  }
  EvalNode(const EvalNode&) = delete;
  EvalNode& operator=(const EvalNode&) = delete;
  Stack& stack() { return stack_; }

 private:
  EvalNode() = default;
  TemporaryFolder folder_;
  Stack stack_;
};

/// Re-ranks with another tier and prints what that changes against `reranked`.
base::Status compare_tier(const EvalOptions& options, const RelevanceSet& set, const std::vector<RelevanceSet::Query>& queries,
                          const Run& reranked, std::string_view tier_text) {
  ASSIGN_OR_RETURN(const models::Tier tier, models::parse_tier(tier_text));
  ASSIGN_OR_RETURN(const std::unique_ptr<EvalNode> node, EvalNode::build(options, set, tier));
  ASSIGN_OR_RETURN(const Run other, run_all(node->stack(), queries, options.depth, Ranking::kReranked));
  double tau = 0;
  for (const auto& query : queries) tau += kendall_tau(reranked.rankings.at(query.id), other.rankings.at(query.id));
  const double ours = reranked.mean_over(queries, set);
  const double theirs = other.mean_over(queries, set);
  std::cout << base::format("  re-ranked first {:4} ({:4})   {:.4f}   {} against it {:+.4f}, Kendall tau {:.4f}\n", options.depth,
                            tier_text, theirs, options.tier, ours - theirs, tau / static_cast<double>(queries.size()));
  return {};
}

}  // namespace

base::Status run_eval(const EvalOptions& options) {
  ASSIGN_OR_RETURN(const RelevanceSet set, RelevanceSet::load(options.folder));
  ASSIGN_OR_RETURN(const std::vector<RelevanceSet::Query> reranked_queries, chosen_queries(set, options));
  ASSIGN_OR_RETURN(const models::Tier tier, models::parse_tier(options.tier));
  ASSIGN_OR_RETURN(std::unique_ptr<EvalNode> node, EvalNode::build(options, set, tier));
  ASSIGN_OR_RETURN(const Run bm25, run_all(node->stack(), set.queries, options.depth, Ranking::kBm25));
  ASSIGN_OR_RETURN(const Run reranked, run_all(node->stack(), reranked_queries, options.depth, Ranking::kReranked));
  node.reset();
  const double bm25_all = bm25.mean_over(set.queries, set);
  const double before = bm25.mean_over(reranked_queries, set);
  const double after = reranked.mean_over(reranked_queries, set);
  std::cout << base::format("{} documents, {} judged queries; nDCG@10\n", set.documents.size(), set.queries.size());
  std::cout << base::format("  BM25, all queries            {:.4f}\n", bm25_all);
  std::cout << base::format("  BM25, {:5} queries          {:.4f}\n", reranked_queries.size(), before);
  std::cout << base::format("  re-ranked first {:4} ({:4})   {:.4f}\n", options.depth, options.tier, after);
  std::cout << base::format("  difference                   {:+.4f}\n", after - before);
  for (const std::string& other : options.compare) RETURN_IF_ERROR(compare_tier(options, set, reranked_queries, reranked, other));

  if (!options.out_file.empty()) {
    base::JsonWriter out;
    out.begin_object()
        .field("documents", set.documents.size())
        .field("queries", set.queries.size())
        .field("reranked_queries", reranked_queries.size());
    out.field("depth", options.depth)
        .field("tier", options.tier)
        .field("bm25_all_ndcg@10", bm25_all)
        .field("bm25_ndcg@10", before)
        .field("reranked_ndcg@10", after);
    out.key("bm25");
    write_run(out, bm25, set);
    out.key("reranked");
    write_run(out, reranked, set);
    std::ofstream file(options.out_file);
    file << out.end_object().text() << "\n";
    if (!file.flush()) return Error(ErrorCode::kIo, "cannot write [{}]", options.out_file);
  }
  return {};
}

}  // namespace selene::main
