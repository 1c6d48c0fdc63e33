#include "ingest/document_service.h"

#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "index/catalog/index_blocks.h"
#include "ingest/bulk_reader.h"
#include "ingest/index_batch.h"
#include "ingest/prepared_actions.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using Outcome = base::Result<DocumentOutcome>;

constexpr size_t kMaxIdBytes = 512;
constexpr size_t kMaxChunkActions = 20000;
constexpr size_t kMaxChunkBytes = size_t{16} << 20;

struct Group {
  std::shared_ptr<index::Index> index;
  std::vector<size_t> actions;
};

Error no_such_index(std::string_view name, std::string reason) {
  return Error(ErrorCode::kIndexNotFound, std::move(reason))
      .with("resource.type", "index_or_alias")
      .with("resource.id", name)
      .with("index_uuid", "_na_")
      .with("index", name);
}

/// Makes the group's writes visible; if that fails, no answer may say that all is well.
void refresh_group(const Group& group, RefreshPolicy policy, std::vector<std::optional<Outcome>>& outcomes) {
  const base::Status status = group.index->engine->refresh();
  for (const size_t i : group.actions) {
    if (!outcomes[i]->has_value()) continue;
    if (!status) {
      outcomes[i] = status.error();
    } else {
      (*outcomes[i])->forced_refresh = policy == RefreshPolicy::kImmediate;
    }
  }
}

int64_t body_bytes(const Group& group, const std::vector<DocumentAction>& actions) {
  size_t bytes = 0;
  for (const size_t i : group.actions) bytes += actions[i].body.size();
  return static_cast<int64_t>(bytes);
}

std::string request_text(const Group& group, const std::vector<DocumentAction>& actions) {
  if (group.actions.size() > 1) return base::format("[{}] requests", group.actions.size());
  const DocumentAction& action = actions[group.actions.front()];
  if (action.type == DocumentAction::Type::kDelete) return base::format("[delete {{[{}][{}]}}]", group.index->name, action.id);
  constexpr size_t kMaxShown = 2048;
  const std::string source = action.body.size() <= kMaxShown
                                 ? std::string(action.body)
                                 : base::format("n/a, actual length: [{} bytes], max length: 2kb", action.body.size());
  return base::format("[index {{[{}][{}], source[{}]}}]", group.index->name, action.id, source);
}

/// Fails the group's actions if fewer copies are there than they wait for: no wait would bring them.
void check_active_shards(const Group& group, const std::vector<DocumentAction>& actions,
                         std::vector<std::optional<Outcome>>& outcomes) {
  const auto& settings = group.index->settings;
  const auto set = settings.flat.find("index.write.wait_for_active_shards");
  const auto of_index = index::ActiveShardCount::parse(set == settings.flat.end() ? "1" : set->second);
  static const WriteWait kUnsaid;
  for (const size_t i : group.actions) {
    const WriteWait& wait = actions[i].wait == nullptr ? kUnsaid : *actions[i].wait;
    const index::ActiveShardCount count = actions[i].wait == nullptr && of_index ? *of_index : wait.active_shards;
    if (count.is_satisfied(settings.number_of_replicas)) continue;
    outcomes[i] =
        Error(ErrorCode::kTimeout,
              "[{}][0] Not enough active copies to meet shard count of [{}] (have {}, needed {}). Timeout: [{}], request: "
              "[BulkShardRequest [[{}][0]] containing {}]",
              group.index->name, count.name(), index::ActiveShardCount::kActive, count.needed(settings.number_of_replicas),
              wait.timeout, group.index->name, request_text(group, actions));
  }
}

}  // namespace

std::string validate_action(const DocumentAction& action) {
  if (action.id.size() > kMaxIdBytes) {
    return base::format("id [{}] is too long, must be no longer than 512 bytes but was: {}", action.id, action.id.size());
  }
  if (action.if_seq_no && *action.if_seq_no < 0)
    return base::format("sequence numbers must be non negative. got [{}].", *action.if_seq_no);
  const bool needs_id = action.type == DocumentAction::Type::kUpdate || action.type == DocumentAction::Type::kDelete;
  if (needs_id && action.id.empty()) return "id is missing";
  const bool external = action.version_type != index::VersionType::kInternal;
  if (external && !action.version) return "version type [external] requires a [version]";
  if (external && action.if_seq_no) return "compare and write operations can not use versioning";
  if (external && action.type == DocumentAction::Type::kCreate)
    return "create operations only support internal versioning. use index instead";
  if (!external && action.version) {
    return "internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and `if_primary_term` "
           "instead";
  }
  if (action.if_seq_no.has_value() != action.if_primary_term.has_value()) {
    return action.if_seq_no ? "ifSeqNo is set, but primary term is [0]"
                            : "ifSeqNo is unassigned, but primary term is [" + std::to_string(*action.if_primary_term) + "]";
  }
  return {};
}

base::Result<std::shared_ptr<index::Index>> DocumentService::target_index(const DocumentAction& action) const {
  if (action.require_alias && catalog_.find(action.index) != nullptr) {
    return no_such_index(action.index,
                         base::format("no such index [{}] and [require_alias] request flag is [true] and [{}] is not an alias",
                                      action.index, action.index));
  }
  const bool creates = !action.require_alias &&
                       (action.type != DocumentAction::Type::kDelete || action.version_type != index::VersionType::kInternal);
  const bool may_create = creates && (!may_create_ || may_create_(action.index));
  auto index = catalog_.resolve_write(action.index, may_create);
  if (!index && creates && !may_create && index.error().code() == ErrorCode::kIndexNotFound) {
    return no_such_index(action.index,
                         base::format("no such index [{}] and [action.auto_create_index] forbids creating it", action.index));
  }
  if (index && (*index)->state == index::IndexState::kClosed) return index::index_closed(**index);
  if (index) RETURN_IF_ERROR(index::check_blocks(**index, index::BlockLevel::kWrite));
  return index;
}

std::vector<Outcome> DocumentService::apply(const std::vector<DocumentAction>& given, RefreshPolicy refresh) {
  std::vector<std::optional<Outcome>> outcomes(given.size());
  const PreparedActions prepared(catalog_, pipelines_, given, outcomes);
  const std::vector<DocumentAction>& actions = prepared.actions();
  std::map<std::string, std::shared_ptr<index::Index>, std::less<>> resolved;  // one look-up a name
  std::map<std::string, Group, std::less<>> groups;
  for (size_t i = 0; i < actions.size(); ++i) {
    if (outcomes[i]) continue;
    const DocumentAction& action = actions[i];
    auto& index = resolved[action.index];
    if (index == nullptr || action.require_alias) {
      auto target = target_index(action);
      if (!target) {
        outcomes[i] = std::move(target).error();
        continue;
      }
      index = *std::move(target);
    }
    Group& group = groups[index->name];
    group.index = index;
    group.actions.push_back(i);
  }
  const SemanticInference semantic(inference_);
  for (const auto& [name, group] : groups) {
    const auto start = std::chrono::steady_clock::now();
    IndexBatch batch(*group.index, semantic, actions, outcomes);
    check_active_shards(group, actions, outcomes);
    for (const size_t i : group.actions) {
      if (!outcomes[i]) batch.add(i);
    }
    batch.flush();
    group.index->engine->counters().add_bulk(std::chrono::steady_clock::now() - start, body_bytes(group, actions));
    if (refresh != RefreshPolicy::kNone) refresh_group(group, refresh, outcomes);
  }
  std::vector<Outcome> out;
  out.reserve(outcomes.size());
  for (size_t i = 0; i < outcomes.size(); ++i) {
    Outcome& outcome = out.emplace_back(*std::move(outcomes[i]));
    if (outcome) outcome->executed_pipelines = prepared.executed(i);
  }
  return out;
}

base::Status DocumentService::apply_bulk(std::string_view body, const BulkDefaults& defaults, RefreshPolicy refresh,
                                         const BulkItemDone& done) {
  RETURN_IF_ERROR(check_bulk(body, defaults));
  BulkReader reader(body, defaults);
  std::set<std::string> written;
  std::vector<DocumentAction> chunk;
  bool at_end = false;
  while (!at_end) {
    chunk.clear();
    size_t bytes = 0;
    while (!at_end && chunk.size() < kMaxChunkActions && bytes < kMaxChunkBytes) {
      ASSIGN_OR_RETURN(std::optional<DocumentAction> action, reader.next());
      at_end = !action.has_value();
      if (at_end) break;
      bytes += action->body.size();
      chunk.push_back(*std::move(action));
    }
    std::vector<Outcome> outcomes = apply(chunk, RefreshPolicy::kNone);
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (outcomes[i]) {
        written.insert(outcomes[i]->index);
        outcomes[i]->forced_refresh = refresh == RefreshPolicy::kImmediate;
      }
      done(chunk[i], outcomes[i]);
    }
  }
  if (refresh == RefreshPolicy::kNone) return {};
  for (const std::string& name : written) {
    if (const auto index = catalog_.find(name)) RETURN_IF_ERROR(index->engine->refresh());
  }
  return {};
}

}  // namespace selene::ingest
