#include "ingest/prepared_actions.h"

#include "base/clock.h"
#include "base/json/json_tree.h"
#include "index/catalog/date_math_names.h"
#include "index/catalog/index_templates.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;

namespace {

constexpr std::chrono::seconds kPipelineTimeout{60};

std::string pipeline_setting(const index::IndexSettings& settings, std::string_view name) {
  const auto at = settings.flat.find(name);
  return at == settings.flat.end() || at->second == "_none" ? std::string() : at->second;
}

std::string template_setting(const JsonTree& settings, std::string_view name) {
  const JsonTree* const value = settings.find(name);
  return value == nullptr || !value->is_string() || value->as_string() == "_none" ? std::string() : value->as_string();
}

/// Which member of an update's body may become a new document; empty: none.
std::string_view upsert_member(const JsonTree& body) {
  const JsonTree* const as_upsert = body.find("doc_as_upsert");
  if (as_upsert != nullptr && as_upsert->is_bool() && as_upsert->as_bool()) return body.find("doc") != nullptr ? "doc" : "";
  const JsonTree* const upsert = body.find("upsert");
  return upsert != nullptr && upsert->is_object() ? "upsert" : "";
}

/// The body of an update as a tree; null if it is none (its parser will say why).
JsonTree update_body(const DocumentAction& action) {
  const auto document = base::JsonDocument::parse(action.body);
  return document && document->root().is_object() ? JsonTree::from(document->root()) : JsonTree();
}

}  // namespace

PreparedActions::PreparedActions(index::Catalog& catalog, const PipelineService* pipelines,
                                 const std::vector<DocumentAction>& actions, std::vector<std::optional<Outcome>>& outcomes)
    : catalog_(catalog), given_(actions) {
  std::map<std::string, Target, std::less<>> targets;
  std::vector<IngestItem> items;
  std::vector<size_t> places;
  for (size_t i = 0; i < actions.size(); ++i) {
    auto at = targets.find(actions[i].index);
    if (at == targets.end()) at = targets.emplace(actions[i].index, look_up(actions[i].index)).first;
    add_routing(i, at->second, outcomes);
    if (!outcomes[i] && pipelines != nullptr) add_item(i, at->second, items, places);
  }
  if (items.empty()) return;
  pipelines->run(items, base::Cancellation().with_deadline(base::Cancellation::Clock::now() + kPipelineTimeout));
  for (size_t k = 0; k < items.size(); ++k) take_back(items[k], places[k], outcomes);
}

const std::vector<std::string>& PreparedActions::executed(size_t i) const {
  static const std::vector<std::string> none;
  const auto at = executed_.find(i);
  return at == executed_.end() ? none : at->second;
}

PreparedActions::Target PreparedActions::look_up(const std::string& name) const {
  Target target;
  std::shared_ptr<index::Index> index = catalog_.find(name);
  if (index == nullptr) {
    if (auto behind = catalog_.resolve_write(name, false)) {
      index = *behind;
      const auto aliases = catalog_.aliases_of(index->name);
      if (const auto alias = aliases.find(name); alias != aliases.end()) target.routing = alias->second.index_routing;
    }
  }
  if (index != nullptr) {
    target.default_pipeline = pipeline_setting(index->settings, "index.default_pipeline");
    target.final_pipeline = pipeline_setting(index->settings, "index.final_pipeline");
  } else if (const auto resolved = index::resolve_date_math(name, base::wall_clock_ms()); resolved) {
    const auto simulated = catalog_.templates().simulate_index(*resolved);
    if (!simulated) return target;
    const JsonTree& settings = *simulated->result.find("settings");
    target.default_pipeline = template_setting(settings, "index.default_pipeline");
    target.final_pipeline = template_setting(settings, "index.final_pipeline");
  }
  return target;
}

DocumentAction& PreparedActions::own(size_t i) {
  if (!changed_) own_ = given_;
  changed_ = true;
  return own_[i];
}

void PreparedActions::add_routing(size_t i, const Target& target, std::vector<std::optional<Outcome>>& outcomes) {
  if (target.routing.empty() || given_[i].routing == target.routing) return;
  if (given_[i].routing.empty()) {
    own(i).routing = target.routing;
    return;
  }
  outcomes[i] =
      Error(ErrorCode::kIllegalArgument,
            "Alias [{}] has index routing associated with it [{}], and was provided with routing value [{}], rejecting operation",
            given_[i].index, target.routing, given_[i].routing);
}

void PreparedActions::add_item(size_t i, const Target& target, std::vector<IngestItem>& items, std::vector<size_t>& places) {
  const DocumentAction& action = actions()[i];
  if (action.type == DocumentAction::Type::kDelete) return;
  const std::string& named = action.pipeline && !action.pipeline->empty() ? *action.pipeline : target.default_pipeline;
  const bool has_first = !named.empty() && named != "_none";
  if (!has_first && target.final_pipeline.empty()) return;
  IngestItem item;
  if (has_first) item.first_pipeline = named;
  item.final_pipeline = target.final_pipeline;
  if (action.type == DocumentAction::Type::kUpdate) {
    const JsonTree body = update_body(action);
    const std::string_view member = upsert_member(body);
    if (member.empty()) return;
    item.source = body.find(member)->to_json();
  } else {
    item.source = action.body;
  }
  item.index = action.index;
  item.id = action.id;
  item.routing = action.routing;
  items.push_back(std::move(item));
  places.push_back(i);
}

void PreparedActions::take_back(const IngestItem& item, size_t i, std::vector<std::optional<Outcome>>& outcomes) {
  executed_[i] = item.executed;
  if (item.failure) {
    outcomes[i] = *item.failure;
    return;
  }
  if (item.dropped) {
    DocumentOutcome outcome;
    outcome.index = given_[i].index;
    outcome.id = given_[i].id.empty() ? "auto-generated" : given_[i].id;
    outcome.version = -3;
    outcome.seq_no = -2;
    outcome.primary_term = 0;
    outcome.result = DocumentOutcome::Result::kNoop;
    outcomes[i] = std::move(outcome);
    return;
  }
  DocumentAction& action = own(i);
  action.index = item.index;
  action.id = item.id;
  action.routing = item.routing;
  if (action.type != DocumentAction::Type::kUpdate) {
    action.body = bodies_.emplace_back(item.source);
    return;
  }
  JsonTree body = update_body(given_[i]);
  const std::string member(upsert_member(body));
  const auto changed = base::JsonDocument::parse(item.source);
  body.set(member, JsonTree::from(changed->root()));
  action.body = bodies_.emplace_back(body.to_json());
}

}  // namespace selene::ingest
