#include "search/request/search_service.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/format.h"
#include "base/json/json_writer.h"
#include "base/thread_pool.h"
#include "index/catalog/index_blocks.h"
#include "search/backends/local_search.h"
#include "search/exec/collection_snapshot.h"
#include "search/query/parse_support.h"
#include "search/query/query_inference.h"
#include "search/query/request_warnings.h"
#include "search/request/answer.h"
#include "search/request/query_rulesets.h"
#include "search/request/reader_contexts.h"
#include "search/request/scroll.h"
#include "search/request/search_request.h"
#include "search/request/search_run.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Clock = base::Cancellation::Clock;

Result<std::vector<LocalTarget>> resolve_targets(index::Catalog& catalog, const std::string& indices,
                                                 const index::IndicesOptions& options) {
  ASSIGN_OR_RETURN(const auto found, catalog.resolve(indices, options));
  std::vector<LocalTarget> targets;
  for (const std::shared_ptr<index::Index>& index : found) {
    RETURN_IF_ERROR(index::check_blocks(*index, index::BlockLevel::kRead));
    ASSIGN_OR_RETURN(auto alias_filter, AliasFilter::find(catalog, indices, *index));
    targets.push_back({index, index->engine->snapshot(), std::move(alias_filter)});
  }
  // Shards are numbered by index name, so that ties between indices fall as in Elasticsearch.
  std::sort(targets.begin(), targets.end(),
            [](const LocalTarget& a, const LocalTarget& b) { return a.index->name < b.index->name; });
  return targets;
}

/// From now on scores are made of the statistics of all targets together.
void share_statistics(std::vector<LocalTarget>& targets) {
  if (targets.size() < 2) return;
  std::vector<CollectionSnapshot::Shared> all;
  for (const LocalTarget& target : targets) all.push_back(target.snapshot);
  for (LocalTarget& target : targets) target.snapshot = std::make_shared<const CollectionSnapshot>(target.snapshot, all);
}

base::Status check_window(const std::vector<LocalTarget>& targets, const SearchRequest& request) {
  const int64_t wanted = int64_t{request.from_or_default()} + request.size_or_default();
  for (const LocalTarget& target : targets) {
    const int32_t limit = target.index->settings.max_result_window;
    if (wanted <= limit) continue;
    Error error(
        ErrorCode::kIllegalArgument,
        "Result window is too large, from + size must be less than or equal to: [{}] but was [{}]. See the scroll api for a more "
        "efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level "
        "setting.",
        limit, wanted);
    return all_shards_failed({{target.index->name, std::move(error).with("index", target.index->name)}});
  }
  return {};
}

base::Status check_script_fields(const LocalBackend& backend, const SearchRequest& request) {
  const auto wanted = static_cast<int64_t>(request.script_fields.size());
  for (const LocalTarget& target : backend.targets()) {
    const int64_t limit = backend.bind_context(target).limit("index.max_script_fields", 32);
    if (wanted <= limit) continue;
    Error error(
        ErrorCode::kIllegalArgument,
        "Trying to retrieve too many script_fields. Must be less than or equal to: [{}] but was [{}]. This limit can be set "
        "by changing the [index.max_script_fields] index level setting.",
        limit, wanted);
    return all_shards_failed({{target.index->name, std::move(error).with("index", target.index->name)}});
  }
  return {};
}

/// The limit on pages of a scroll.
base::Status check_scroll_size(const std::vector<LocalTarget>& targets, const SearchRequest& request) {
  for (const LocalTarget& target : targets) {
    const int32_t limit = target.index->settings.max_result_window;
    if (request.size_or_default() <= limit) continue;
    Error error(ErrorCode::kIllegalArgument,
                "Batch size is too large, size must be less than or equal to: [{}] but was [{}]. Scroll batch sizes cost as much "
                "memory as result windows so they are controlled by the [index.max_result_window] index level setting.",
                limit, request.size_or_default());
    return all_shards_failed({{target.index->name, std::move(error).with("index", target.index->name)}});
  }
  return {};
}

/// `indices_boost`: the first entry that names an index (itself, an alias or a pattern) holds.
base::Status apply_boosts(const index::Catalog& catalog, const SearchRequest& request, std::vector<LocalTarget>& targets) {
  for (auto boost = request.indices_boost.rbegin(); boost != request.indices_boost.rend(); ++boost) {
    index::IndicesOptions options;
    options.ignore_unavailable = request.indices_options.ignore_unavailable;
    ASSIGN_OR_RETURN(const auto named, catalog.resolve(boost->first, options));
    for (LocalTarget& target : targets) {
      const bool is_named = std::any_of(named.begin(), named.end(), [&](const auto& i) { return i->name == target.index->name; });
      if (is_named) target.boost = boost->second;
    }
  }
  return {};
}

/// What was found although something failed or time ran out is refused if the request says so.
base::Status check_partial(const LocalBackend& backend, const SearchRequest& request) {
  if (request.allow_partial_search_results || (!backend.timed_out() && backend.failures().empty())) return {};
  if (!backend.failures().empty())
    return Error(ErrorCode::kSearchPhaseExecution, "Partial shards failure").with_cause(backend.failures().front().error);
  return Error(ErrorCode::kSearchPhaseExecution, "Time exceeded").with_cause(Error(ErrorCode::kTimeout, "Time exceeded"));
}

/// What every shard says no to.
Error all_failed(Error cause) {
  if (cause.code() != ErrorCode::kIllegalArgument) return cause;
  return Error(ErrorCode::kSearchPhaseExecution, "all shards failed").with("phase", "query").with_cause(std::move(cause));
}

/// A point in time or scroll that is not there; an id that is none is the request's own fault.
Error lost_context(Error cause) {
  if (cause.code() != ErrorCode::kSearchContextMissing) return cause;
  return Error(ErrorCode::kSearchPhaseExecution, "all shards failed").with("phase", "query").with_cause(std::move(cause));
}

/// The body of a call that opens a point in time: an `index_filter` may only leave out indices in which nothing matches, so that
/// nothing has to be done for it, but it must be a query.
base::Status check_index_filter(const base::JsonDocument& body) {
  if (!body.root().is_object()) {
    return parsing_error({&body, 0}, body.root(), base::format("Expected [START_OBJECT] but found [{}]", token_name(body.root())));
  }
  for (const base::JsonMember member : body.root().as_object()) {
    if (member.key != "index_filter")
      return x_content_error(&body, member.value, base::format("[open_point_in_time_request] unknown field [{}]", member.key));
    QueryParser parser{&body, 0};
    RETURN_IF_ERROR(parse_query(parser, member.value));
  }
  return {};
}

/// Hands what queries had to warn of to the caller.
void tell(const SearchCall& call, RequestWarnings& warnings) {
  if (call.warnings == nullptr) return;
  for (std::string& text : warnings.take()) call.warnings->push_back(std::move(text));
}

int64_t ms_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

/// `min_score` and `terminate_after` of a count.
base::Status read_count_parameter(const std::string& name, const std::string& value, std::optional<float>* min_score,
                                  int32_t* terminate_after) {
  if (name != "min_score" && name != "terminate_after") return {};
  const std::string kind = name == "min_score" ? "float" : "int";
  const char* const end = value.data() + value.size();
  float number = 0;
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || stop != end || value.empty()) {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse {} parameter [{}] with value [{}]", kind, name, value)
        .with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", value));
  }
  if (name == "min_score") *min_score = number;
  if (name == "terminate_after") *terminate_after = static_cast<int32_t>(std::clamp(number, 0.0F, 1e9F));
  return {};
}

/// Requests wait in front of these threads only as far as their own thread has other children to run.
constexpr size_t kTreeQueue = 64;
int tree_thread_count() { return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 16U)); }

/// Counts a search while it runs.
class Running {
 public:
  explicit Running(std::atomic<int32_t>& count) : count_(count) { ++count_; }
  ~Running() { --count_; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::atomic<int32_t>& count_;
};

}  // namespace

SearchService::SearchService(index::Catalog& catalog, inference::InferenceService& inference, const base::Clock& clock,
                             const FilterCache::Options& filter_cache)
    : catalog_(catalog),
      inference_(inference),
      contexts_(std::make_unique<ReaderContexts>(clock)),
      query_rulesets_(std::make_unique<QueryRulesets>(catalog)),
      filter_cache_(std::make_unique<FilterCache>(filter_cache)),
      tree_threads_(std::make_unique<base::ThreadPool>("retrievers", tree_thread_count(), kTreeQueue)) {}
SearchService::~SearchService() = default;

FreeThreads SearchService::free_threads() const {
  const int32_t idle = tree_thread_count() - num_running_.load();
  return {.pool = tree_threads_.get(), .num_helpers = static_cast<size_t>(std::max(0, idle))};
}

Result<std::string> SearchService::search(const SearchCall& call, const base::Cancellation& cancellation) {
  const Clock::time_point start = Clock::now();
  ASSIGN_OR_RETURN(const SearchRequest request, parse_search_request(call));
  if (request.scroll_keep_alive_ms) return start_scroll(call, cancellation);
  std::vector<LocalTarget> targets;
  if (request.pit) {
    Result<std::shared_ptr<ReaderContext>> found =
        contexts_->find(ContextKind::kPointInTime, request.pit->id, request.pit->keep_alive_ms);
    if (!found.has_value()) return lost_context(std::move(found).error());
    targets = (*found)->targets;
  } else {
    ASSIGN_OR_RETURN(targets, resolve_targets(catalog_, call.indices, request.indices_options));
  }
  RETURN_IF_ERROR(check_window(targets, request));
  RETURN_IF_ERROR(apply_boosts(catalog_, request, targets));
  for (LocalTarget& target : targets) target.slice = request.slice;
  if (request.statistics == Statistics::kOfAllIndices) share_statistics(targets);
  LocalBackend backend(std::move(targets), call.body, base::wall_clock_ms());
  RETURN_IF_ERROR(check_script_fields(backend, request));
  backend.set_document_lookup(catalog_lookup(catalog_));
  backend.set_filter_cache(filter_cache_.get());
  const Running running(num_running_);
  backend.set_threads(free_threads());
  const base::Cancellation limited = request.timeout ? cancellation.with_deadline(start + *request.timeout) : cancellation;
  QueryInference query_inference(inference_, limited);
  backend.set_inference(&query_inference);
  RequestWarnings warnings;
  backend.set_warnings(&warnings);
  if (max_buckets_) backend.set_max_buckets(max_buckets_());
  const Result<Outcome> outcome = run_search(backend, {inference_, *tree_threads_, rerank_timeout_}, request, nullptr, limited);
  if (std::optional<Error> failure = query_inference.failure()) return std::move(*failure);
  if (!outcome.has_value()) return outcome.error();
  RETURN_IF_ERROR(check_partial(backend, request));
  tell(call, warnings);
  return write_answer(backend, request, *outcome, {"", request.pit ? std::string_view(request.pit->id) : "", ms_since(start)},
                      limited);
}

Result<std::string> SearchService::start_scroll(const SearchCall& call, const base::Cancellation& cancellation) {
  auto context = std::make_shared<ReaderContext>();
  ASSIGN_OR_RETURN(context->scroll, ScrollState::create(call));
  const SearchRequest& request = context->scroll->request;
  ASSIGN_OR_RETURN(context->targets, resolve_targets(catalog_, call.indices, request.indices_options));
  RETURN_IF_ERROR(check_scroll_size(context->targets, request));
  RETURN_IF_ERROR(apply_boosts(catalog_, request, context->targets));
  for (LocalTarget& target : context->targets) target.slice = request.slice;
  if (request.statistics == Statistics::kOfAllIndices) share_statistics(context->targets);
  Result<std::string> id = contexts_->open(ContextKind::kScroll, context, *request.scroll_keep_alive_ms);
  if (!id.has_value()) return all_failed(std::move(id).error());
  const std::lock_guard lock(context->mutex);
  Result<std::string> answer = scroll_page(*context, *id, cancellation);
  if (!answer.has_value()) RETURN_IF_ERROR(contexts_->close(ContextKind::kScroll, *id));
  return answer;
}

Result<std::string> SearchService::scroll_page(ReaderContext& context, std::string_view scroll_id,
                                               const base::Cancellation& cancellation) {
  const Clock::time_point start = Clock::now();
  ScrollState& state = *context.scroll;
  const SearchRequest& request = state.request;
  LocalBackend backend(context.targets, state.call.body, base::wall_clock_ms());
  backend.set_document_lookup(catalog_lookup(catalog_));
  backend.set_filter_cache(filter_cache_.get());
  const Running running(num_running_);
  backend.set_threads(free_threads());
  const base::Cancellation limited = request.timeout ? cancellation.with_deadline(start + *request.timeout) : cancellation;
  const FoundHit* const after = state.last ? &*state.last : nullptr;
  QueryInference query_inference(inference_, limited);
  backend.set_inference(&query_inference);
  Result<Outcome> found = run_search(backend, {inference_, *tree_threads_, rerank_timeout_}, request, after, limited);
  if (std::optional<Error> failure = query_inference.failure()) return std::move(*failure);
  if (!found.has_value()) return std::move(found).error();
  Outcome outcome = std::move(found).value();
  RETURN_IF_ERROR(check_partial(backend, request));
  if (after == nullptr) {
    state.total = outcome.total;
    state.max_score = outcome.max_score;
  }
  outcome.total = state.total;
  outcome.max_score = state.max_score;
  ASSIGN_OR_RETURN(std::string answer, write_answer(backend, request, outcome, {scroll_id, "", ms_since(start)}, limited));
  if (!outcome.hits.empty()) state.last = std::move(outcome.hits.back());
  return answer;
}

Result<std::string> SearchService::scroll(std::string_view scroll_id, std::optional<int64_t> keep_alive_ms, bool total_as_int,
                                          const base::Cancellation& cancellation) {
  Result<std::shared_ptr<ReaderContext>> found = contexts_->find(ContextKind::kScroll, scroll_id, keep_alive_ms);
  if (!found.has_value()) return lost_context(std::move(found).error());
  const std::shared_ptr<ReaderContext> context = std::move(found).value();
  const std::lock_guard lock(context->mutex);
  context->scroll->request.rest_total_hits_as_int = context->scroll->request.rest_total_hits_as_int || total_as_int;
  return scroll_page(*context, scroll_id, cancellation);
}

Result<size_t> SearchService::clear_scrolls(const std::vector<std::string>& scroll_ids) {
  size_t num_freed = 0;
  for (const std::string& id : scroll_ids) {
    ASSIGN_OR_RETURN(const bool was_open, contexts_->close(ContextKind::kScroll, id));
    num_freed += was_open ? 1 : 0;
  }
  return num_freed;
}

void SearchService::forget_expired_contexts() { contexts_->forget_expired(); }

size_t SearchService::clear_all_scrolls() { return contexts_->close_all(ContextKind::kScroll); }

Result<std::string> SearchService::open_point_in_time(const SearchCall& call, int64_t keep_alive_ms) {
  if (call.body != nullptr && call.body->root().exists()) RETURN_IF_ERROR(check_index_filter(*call.body));
  ASSIGN_OR_RETURN(const index::IndicesOptions options, parse_indices_options(call.parameters));
  auto context = std::make_shared<ReaderContext>();
  ASSIGN_OR_RETURN(context->targets, resolve_targets(catalog_, call.indices, options));
  const LocalBackend backend(context->targets, call.body, base::wall_clock_ms());
  Result<std::string> id = contexts_->open(ContextKind::kPointInTime, std::move(context), keep_alive_ms);
  if (!id.has_value()) return all_failed(std::move(id).error());
  base::JsonWriter out;
  out.begin_object().field("id", *id);
  write_shards(backend, out);
  return out.end_object().take();
}

Result<bool> SearchService::close_point_in_time(std::string_view id) { return contexts_->close(ContextKind::kPointInTime, id); }

Result<std::string> SearchService::count(const SearchCall& call, const base::Cancellation& cancellation) {
  base::JsonValue query;
  if (call.body != nullptr && call.body->root().exists()) {
    const base::JsonValue root = call.body->root();
    if (!root.is_object())
      return parsing_error({call.body, 0}, root, base::format("Expected [START_OBJECT] but found [{}]", token_name(root)));
    for (const auto [key, value] : root.as_object()) {
      if (key != "query") return parsing_error({call.body, 0}, value, base::format("request does not support [{}]", key));
      query = value;
    }
  }
  ASSIGN_OR_RETURN(const FilteredQuery parsed, parse_filtered(call.body, query, {}));
  ASSIGN_OR_RETURN(const index::IndicesOptions options, parse_indices_options(call.parameters));
  std::optional<float> min_score;
  int32_t terminate_after = 0;
  for (const auto& [name, value] : call.parameters) {
    RETURN_IF_ERROR(read_count_parameter(name, value, &min_score, &terminate_after));
  }
  ASSIGN_OR_RETURN(std::vector<LocalTarget> targets, resolve_targets(catalog_, call.indices, options));
  LocalBackend backend(std::move(targets), call.body, base::wall_clock_ms());
  backend.set_document_lookup(catalog_lookup(catalog_));
  backend.set_filter_cache(filter_cache_.get());
  const Running running(num_running_);
  backend.set_threads(free_threads());
  LocalSearch search;
  search.query = &parsed;
  search.min_score = min_score;
  search.num_hits = 0;
  search.terminate_after = terminate_after;
  search.track_total_hits_up_to = std::numeric_limits<int32_t>::max();
  QueryInference query_inference(inference_, cancellation);
  backend.set_inference(&query_inference);
  RequestWarnings warnings;
  backend.set_warnings(&warnings);
  const Result<LocalSearchResult> found = run_local_search(backend, search, cancellation);
  if (std::optional<Error> failure = query_inference.failure()) return std::move(*failure);
  if (!found.has_value()) return found.error();
  tell(call, warnings);
  count_fetch(backend, {}, {});
  base::JsonWriter out;
  out.begin_object().field("count", found->total->value);
  if (found->terminated_early) out.field("terminated_early", true);
  write_shards(backend, out);
  out.end_object();
  return out.take();
}

}  // namespace selene::search
