#include <algorithm>
#include <charconv>

#include "base/clock.h"
#include "base/time_value.h"
#include "ingest/index_copy.h"
#include "rest/cluster_settings.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::JsonValue;

enum class Resize : uint8_t { kClone, kSplit, kShrink };

base::Status check_keys(JsonValue body, std::initializer_list<std::string_view> known, std::string_view what) {
  if (!body.exists()) return {};
  if (!body.is_object()) return Error(ErrorCode::kParse, "request body must be an object");
  for (const auto [key, value] : body.as_object()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return Error(ErrorCode::kXContentParse, "[{}] unknown field [{}]", what, key);
  }
  return {};
}

base::Status check_shards(Resize how, const index::Index& source, const index::IndexSettings& target) {
  const int32_t from = source.settings.number_of_shards;
  const int32_t to = target.number_of_shards;
  if (how == Resize::kSplit && (to < from || to % from != 0)) {
    return Error(ErrorCode::kIllegalArgument, "the number of source shards [{}] must be a factor of [{}]", from, to);
  }
  if (how == Resize::kShrink && (to > from || from % to != 0)) {
    return Error(ErrorCode::kIllegalArgument, "the number of source shards [{}] must be a multiple of [{}]", from, to);
  }
  if (how == Resize::kClone && to != from) {
    return Error(ErrorCode::kIllegalArgument, "cannot clone index [{}] with [{}] shards into one with [{}]", source.name, from, to);
  }
  return {};
}

base::Result<RestResponse> resize(const Services& services, const RestRequest& request, Resize how) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  ASSIGN_OR_RETURN(const index::ActiveShardCount wanted, active_shard_count(request));
  RETURN_IF_ERROR(check_keys(body.root(), {"settings", "aliases", "max_primary_shard_size"}, "resize"));
  const auto source = services.catalog.find(request.path_param("index"));
  if (source == nullptr) return index_not_found(request.path_param("index"));
  if (source->state == index::IndexState::kClosed) return index::index_closed(*source);
  if (index::check_blocks(*source, index::BlockLevel::kWrite)) {
    return Error(ErrorCode::kIllegalArgument, "index {} must be read-only to resize index. use \"index.blocks.write=true\"",
                 source->name);
  }
  const int32_t shards = how == Resize::kShrink ? 1 : source->settings.number_of_shards;
  ASSIGN_OR_RETURN(const auto target,
                   ingest::create_like(services.catalog, *source, request.path_param("target"), body.root(), shards));
  base::Status status = check_shards(how, *source, target->settings);
  if (status) status = ingest::copy_documents(*source, *target, request.cancellation());
  if (!status) {
    (void)services.catalog.remove(target->name);
    return std::move(status).error();
  }
  base::JsonWriter out;
  out.begin_object().field("acknowledged", true);
  out.field("shards_acknowledged", wanted.is_satisfied(target->settings.number_of_replicas))
      .field("index", target->name)
      .end_object();
  return json_response(out.take());
}

/// `logs-000007` after `logs-000006`. Errors: kIllegalArgument, a name that does not end in a dash and digits.
base::Result<std::string> next_name(std::string_view name) {
  const size_t dash = name.rfind('-');
  int64_t number = 0;
  if (dash == std::string_view::npos || dash + 1 == name.size() ||
      std::from_chars(name.data() + dash + 1, name.data() + name.size(), number).ptr != name.data() + name.size() || number < 0) {
    return Error(ErrorCode::kIllegalArgument, "index name [{}] does not match pattern '^.*-\\d+$'", name);
  }
  return base::format("{}-{:06}", name.substr(0, dash), number + 1);
}

struct Condition {
  std::string shown;  ///< "[max_docs: 5]"
  bool met = false;
  bool is_minimum = false;
};

base::Result<int64_t> parse_bytes(std::string_view name, std::string_view text) {
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {{"pb", int64_t{1} << 50}, {"tb", int64_t{1} << 40},
                                                             {"gb", int64_t{1} << 30}, {"mb", int64_t{1} << 20},
                                                             {"kb", int64_t{1} << 10}, {"b", 1}};
  for (const auto& [unit, factor] : kUnits) {
    if (!text.ends_with(unit)) continue;
    int64_t value = 0;
    const char* const end = text.data() + text.size() - unit.size();
    if (std::from_chars(text.data(), end, value).ptr == end && value >= 0 && value <= INT64_MAX / factor) return value * factor;
    break;
  }
  return Error(ErrorCode::kParse,
               "failed to parse setting [{}] with value [{}] as a size in bytes: unit is missing or unrecognized", name, text);
}

base::Result<Condition> evaluate(std::string_view name, JsonValue value, const index::Index& index) {
  const index::EngineStats stats = index.engine->stats();
  const std::string text = value.is_string() ? std::string(value.as_string()) : base::JsonWriter().value(value).take();
  Condition condition{base::format("[{}: {}]", name, text), false, name.starts_with("min_")};
  int64_t limit = 0;
  int64_t actual = 0;
  if (name.ends_with("_age")) {
    ASSIGN_OR_RETURN(limit, base::parse_time_value_ms(text, name));
    actual = base::wall_clock_ms() - index.creation_date_ms;
  } else if (name.ends_with("_docs")) {
    if (value.type() != base::JsonType::kInt64) return Error(ErrorCode::kXContentParse, "[conditions] [{}] must be a number", name);
    limit = value.as_int64();
    actual = stats.num_docs;
  } else if (name.ends_with("_size")) {
    ASSIGN_OR_RETURN(limit, parse_bytes(name, text));
    actual = stats.size_bytes;
  } else {
    return Error(ErrorCode::kXContentParse, "[conditions] unknown field [{}]", name);
  }
  condition.met = actual >= limit;
  return condition;
}

/// Rolls over if there is no condition, or one maximum and all minimums are reached.
bool all_met(const std::vector<Condition>& conditions) {
  const bool any_maximum =
      std::any_of(conditions.begin(), conditions.end(), [](const Condition& c) { return !c.is_minimum && c.met; });
  const bool minimums =
      std::all_of(conditions.begin(), conditions.end(), [](const Condition& c) { return !c.is_minimum || c.met; });
  return conditions.empty() || (any_maximum && minimums);
}

/// Makes the new index and moves the write flag, or the alias itself where it has none.
base::Status roll(const Services& services, std::string_view alias, const std::string& old_name, const std::string& new_name,
                  const index::AliasInfo& info, JsonValue body) {
  base::JsonWriter creation;
  creation.begin_object();
  for (const char* const part : {"settings", "mappings", "aliases"}) {
    if (body[part].exists()) creation.key(part).value(body[part]);
  }
  creation.end_object();
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(creation.text()));
  RETURN_IF_ERROR(services.catalog.create(new_name, document.root()));
  const bool flagged = info.is_write_index.value_or(false);
  index::AliasAction add{index::AliasAction::Type::kAdd, new_name, std::string(alias), info, true};
  index::AliasAction leave{flagged ? index::AliasAction::Type::kAdd : index::AliasAction::Type::kRemove, old_name,
                           std::string(alias), info, true};
  if (flagged) leave.info.is_write_index = false;
  return services.catalog.update_aliases({leave, add});
}

}  // namespace

base::Result<RestResponse> clone_index(const Services& services, const RestRequest& request) {
  return resize(services, request, Resize::kClone);
}
base::Result<RestResponse> split_index(const Services& services, const RestRequest& request) {
  return resize(services, request, Resize::kSplit);
}
base::Result<RestResponse> shrink_index(const Services& services, const RestRequest& request) {
  return resize(services, request, Resize::kShrink);
}

base::Result<RestResponse> rollover(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  RETURN_IF_ERROR(check_keys(body.root(), {"conditions", "settings", "mappings", "aliases"}, "rollover"));
  ASSIGN_OR_RETURN(const bool dry_run, request.bool_param("dry_run", false));
  const std::string_view alias = request.path_param("alias");
  if (services.catalog.find(alias) != nullptr)
    return Error(ErrorCode::kIllegalArgument, "rollover target is a [concrete index] but one of [alias,data_stream] was expected");
  const auto writer = services.catalog.resolve_write(alias, false);
  if (!writer && writer.error().code() == ErrorCode::kIndexNotFound)
    return Error(ErrorCode::kResourceNotFound, "rollover target [{}] does not exist", alias);
  if (!writer) return Error(ErrorCode::kIllegalArgument, "rollover target [{}] does not point to a write index", alias);
  const index::Index& index = **writer;
  std::string new_name(request.path_param("new_index"));
  if (new_name.empty()) {
    ASSIGN_OR_RETURN(new_name, next_name(index.name));
  }
  std::vector<Condition> conditions;
  if (body.root()["conditions"].is_object()) {
    for (const auto [name, value] : body.root()["conditions"].as_object()) {
      ASSIGN_OR_RETURN(Condition condition, evaluate(name, value, index));
      conditions.push_back(std::move(condition));
    }
  }
  if (const auto existing = services.catalog.find(new_name)) {
    return Error(ErrorCode::kResourceAlreadyExists, "index [{}/{}] already exists", new_name, existing->uuid)
        .with("index_uuid", existing->uuid)
        .with("index", new_name);
  }
  const bool rolls = !dry_run && all_met(conditions);
  const std::string old_name = index.name;
  if (rolls)
    RETURN_IF_ERROR(
        roll(services, alias, old_name, new_name, services.catalog.aliases_of(old_name).at(std::string(alias)), body.root()));
  base::JsonWriter out;
  out.begin_object().field("acknowledged", rolls).field("shards_acknowledged", rolls).field("old_index", old_name);
  out.field("new_index", new_name).field("rolled_over", rolls).field("dry_run", dry_run).field("lazy", false);
  out.key("conditions").begin_object();
  for (const Condition& condition : conditions) out.field(condition.shown, condition.met);
  return json_response(out.end_object().end_object().take());
}

}  // namespace selene::rest
