#include "index/catalog/index_templates.h"

#include <algorithm>
#include <span>

#include "base/wildcard.h"
#include "index/analysis/analyzer_registry.h"
#include "index/catalog/catalog.h"
#include "index/catalog/index_name_rules.h"
#include "index/catalog/index_settings.h"
#include "index/catalog/template_merge.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonTree;
using base::JsonValue;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view kComponentKind = "component_template";
constexpr std::string_view kTemplateKind = "index_template";
constexpr std::string_view kComponentKeys[] = {"template", "version", "_meta", "deprecated", "allow_auto_create"};
constexpr std::string_view kTemplateKeys[] = {
    "index_patterns", "template", "composed_of",       "priority",
    "version",        "_meta",    "allow_auto_create", "ignore_missing_component_templates",
    "deprecated"};

Status check_keys(JsonValue body, std::span<const std::string_view> known, std::string_view what) {
  if (!body.is_object()) return Error(ErrorCode::kParse, "request body must be an object");
  for (const auto [key, value] : body.as_object()) {
    if (key == "data_stream")
      return Error(ErrorCode::kIllegalArgument, "[data_stream] is not supported: there are no data streams here");
    if (std::find(known.begin(), known.end(), key) == known.end())
      return Error(ErrorCode::kXContentParse, "[{}] unknown field [{}]", what, key);
  }
  return {};
}

std::vector<std::string> texts(const JsonTree* value) {
  std::vector<std::string> list;
  if (value == nullptr) return list;
  if (value->is_string()) list.push_back(value->as_string());
  if (value->is_array()) {
    for (const JsonTree& element : value->as_array()) {
      if (element.is_string()) list.push_back(element.as_string());
    }
  }
  return list;
}

int64_t priority_of(const JsonTree& body) {
  const JsonTree* const priority = body.find("priority");
  return priority != nullptr && priority->is_integer() ? priority->as_int64() : 0;
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) { return base::matches_wildcard(p, name); });
}

std::string joined(const std::vector<std::string>& names, std::string_view comma = ", ") {
  std::string list;
  for (const std::string& name : names) list.append(list.empty() ? "" : comma).append(name);
  return list;
}

/// Whether an index could be made of it: settings, analyzers, mappings, aliases.
Status check_contents(const JsonTree& contents) {
  const std::string text = contents.to_json();
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::parse(text));
  const JsonValue root = document.root();
  for (const auto [key, value] : root.as_object()) {
    if (key != "settings" && key != "mappings" && key != "aliases" && key != "lifecycle" && key != "data_stream_options")
      return Error(ErrorCode::kXContentParse, "[template] unknown field [{}]", key);
  }
  ASSIGN_OR_RETURN(const SettingValues settings, flatten_settings(root["settings"]));
  RETURN_IF_ERROR(check_settings(settings, SettingsUse::kCreate, nullptr));
  const std::string analysis = analysis_json(settings);
  JsonDocument analysis_document;
  if (!analysis.empty()) RETURN_IF_ERROR(analysis_document.reparse(analysis));
  ASSIGN_OR_RETURN(auto analyzers, AnalyzerRegistry::create(analysis_document.root(), analysis_limits(settings)));
  ASSIGN_OR_RETURN(auto similarities, read_similarities(settings));
  if (root["mappings"].is_object())
    RETURN_IF_ERROR(Mapping::empty(std::move(analyzers), {}, std::move(similarities))->merge(root["mappings"]));
  if (!root["aliases"].is_object()) return {};
  for (const auto [name, body] : root["aliases"].as_object()) {
    if (name.find('{') == std::string_view::npos) RETURN_IF_ERROR(check_alias_name(name));  // {index} stands for the name
    RETURN_IF_ERROR(AliasInfo::read(body));
  }
  return {};
}

const JsonTree& contents_of(const JsonTree& body) {
  static const JsonTree nothing = JsonTree::object();
  const JsonTree* const contents = body.find("template");
  return contents != nullptr && contents->is_object() ? *contents : nothing;
}

template <class Bodies>
Status load_into(Catalog& catalog, std::string_view kind, Bodies& bodies) {
  ASSIGN_OR_RETURN(const auto records, catalog.records(kind));
  for (const auto& [name, text] : records) {
    ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::parse(text));
    bodies[name] = JsonTree::from(document.root());
  }
  return {};
}

std::vector<std::string> names_matching(const std::map<std::string, JsonTree, std::less<>>& bodies, std::string_view pattern) {
  std::vector<std::string> names;
  for (const auto& [name, body] : bodies) {
    if (base::matches_wildcard(pattern, name)) names.push_back(name);
  }
  return names;
}

}  // namespace

bool patterns_overlap(std::string_view a, std::string_view b) {
  // reach[j]: some text matches what was read of `a` and the first j characters of `b`.
  std::vector<bool> reach(b.size() + 1, false);
  reach[0] = true;
  for (size_t j = 0; j < b.size() && b[j] == '*'; ++j) reach[j + 1] = true;
  for (const char c : a) {
    std::vector<bool> next(b.size() + 1, false);
    next[0] = reach[0] && c == '*';
    for (size_t j = 0; j < b.size(); ++j) {
      if (c == '*') {
        next[j + 1] = reach[j + 1] || next[j];
      } else if (b[j] == '*') {
        next[j + 1] = reach[j + 1] || next[j];
      } else {
        next[j + 1] = reach[j] && c == b[j];
      }
    }
    reach = std::move(next);
  }
  return reach[b.size()];
}

Result<std::unique_ptr<IndexTemplates>> IndexTemplates::load(Catalog& catalog) {
  std::unique_ptr<IndexTemplates> templates(new IndexTemplates(catalog));
  RETURN_IF_ERROR(load_into(catalog, kComponentKind, templates->components_));
  RETURN_IF_ERROR(load_into(catalog, kTemplateKind, templates->templates_));
  return templates;
}

Status IndexTemplates::put_component(std::string_view name, JsonValue body, TemplatePut how) {
  RETURN_IF_ERROR(check_keys(body, kComponentKeys, "component_template"));
  if (!body["template"].is_object()) return Error(ErrorCode::kXContentParse, "[component_template] [template] must be an object");
  RETURN_IF_ERROR(check_contents(JsonTree::from(body["template"])));
  const std::lock_guard lock(mutex_);
  if (how == TemplatePut::kCreate && components_.contains(name))
    return Error(ErrorCode::kIllegalArgument, "component template [{}] already exists", name);
  RETURN_IF_ERROR(catalog_.put_record(kComponentKind, name, base::JsonWriter().value(body).text()));
  components_[std::string(name)] = JsonTree::from(body);
  return {};
}

/// REQUIRES: mutex_ held.
Status IndexTemplates::check_template(std::string_view name, const JsonTree& body) const {
  const std::vector<std::string> patterns = texts(body.find("index_patterns"));
  if (patterns.empty()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: index patterns are missing;");
  if (priority_of(body) < 0)
    return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: index template priority must be >= 0;");
  std::vector<std::string> missing;
  const std::vector<std::string> lenient = texts(body.find("ignore_missing_component_templates"));
  for (const std::string& component : texts(body.find("composed_of"))) {
    if (!components_.contains(component) && std::find(lenient.begin(), lenient.end(), component) == lenient.end())
      missing.push_back(component);
  }
  if (!missing.empty()) {
    return Error(ErrorCode::kInvalidIndexTemplate,
                 "index_template [{}] invalid, cause [index template [{}] specifies component templates [{}] that do not exist]",
                 name, name, joined(missing, ","));
  }
  for (const auto& [other, other_body] : templates_) {
    if (other == name || priority_of(other_body) != priority_of(body)) continue;
    const std::vector<std::string> others = texts(other_body.find("index_patterns"));
    for (const std::string& pattern : patterns) {
      const bool meets =
          std::any_of(others.begin(), others.end(), [&](const std::string& o) { return patterns_overlap(pattern, o); });
      if (!meets) continue;
      return Error(
          ErrorCode::kIllegalArgument,
          "index template [{}] has index patterns [{}] matching patterns from existing templates [{}] with patterns ({} => [{}]) "
          "that have the same priority [{}], multiple index templates may not match during index creation, please use a "
          "different priority",
          name, joined(patterns), other, other, joined(others), priority_of(body));
    }
  }
  return check_contents(compose(body));
}

Status IndexTemplates::put_template(std::string_view name, JsonValue body, TemplatePut how) {
  RETURN_IF_ERROR(check_keys(body, kTemplateKeys, "index_template"));
  const JsonTree tree = JsonTree::from(body);
  const std::lock_guard lock(mutex_);
  if (how == TemplatePut::kCreate && templates_.contains(name))
    return Error(ErrorCode::kIllegalArgument, "index template [{}] already exists", name);
  RETURN_IF_ERROR(check_contents(contents_of(tree)));
  RETURN_IF_ERROR(check_template(name, tree));
  RETURN_IF_ERROR(catalog_.put_record(kTemplateKind, name, base::JsonWriter().value(body).text()));
  templates_[std::string(name)] = tree;
  return {};
}

Status IndexTemplates::remove_component(std::string_view pattern) {
  const std::lock_guard lock(mutex_);
  const std::vector<std::string> names = names_matching(components_, pattern);
  if (names.empty() && !base::is_wildcard(pattern))
    return Error(ErrorCode::kResourceNotFound, "{}", std::string(pattern))
        .with("resource.type", "component_template")
        .with("resource.id", pattern);
  for (const auto& [name, body] : templates_) {
    for (const std::string& component : texts(body.find("composed_of"))) {
      if (std::find(names.begin(), names.end(), component) == names.end()) continue;
      return Error(ErrorCode::kIllegalArgument,
                   "component templates [{}] cannot be removed as they are still in use by index templates [{}]", component, name);
    }
  }
  for (const std::string& name : names) {
    RETURN_IF_ERROR(catalog_.remove_record(kComponentKind, name));
    components_.erase(name);
  }
  return {};
}

Status IndexTemplates::remove_template(std::string_view pattern) {
  const std::lock_guard lock(mutex_);
  const std::vector<std::string> names = names_matching(templates_, pattern);
  if (names.empty() && !base::is_wildcard(pattern))
    return Error(ErrorCode::kIndexTemplateMissing, "index_template [{}] missing", pattern);
  for (const std::string& name : names) {
    RETURN_IF_ERROR(catalog_.remove_record(kTemplateKind, name));
    templates_.erase(name);
  }
  return {};
}

std::map<std::string, JsonTree> IndexTemplates::components(std::string_view pattern) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, JsonTree> found;
  for (const auto& [name, body] : components_) {
    if (pattern.empty() || base::matches_wildcard(pattern, name)) found.emplace(name, body);
  }
  return found;
}

std::map<std::string, JsonTree> IndexTemplates::templates(std::string_view pattern) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, JsonTree> found;
  for (const auto& [name, body] : templates_) {
    if (pattern.empty() || base::matches_wildcard(pattern, name)) found.emplace(name, body);
  }
  return found;
}

/// REQUIRES: mutex_ held. Null if none matches.
const IndexTemplates::Bodies::value_type* IndexTemplates::best_match(std::string_view index) const {
  const Bodies::value_type* best = nullptr;
  for (const auto& entry : templates_) {
    if (!matches_any(texts(entry.second.find("index_patterns")), index)) continue;
    if (best == nullptr || priority_of(entry.second) > priority_of(best->second)) best = &entry;
  }
  return best;
}

/// REQUIRES: mutex_ held.
JsonTree IndexTemplates::compose(const JsonTree& body) const {
  JsonTree result = JsonTree::object();
  for (const std::string& name : texts(body.find("composed_of"))) {
    const auto component = components_.find(name);
    if (component != components_.end()) result = merge_templates(std::move(result), contents_of(component->second));
  }
  return merge_templates(std::move(result), contents_of(body));
}

Result<std::string> IndexTemplates::fill_in(std::string_view index, JsonValue body) const {
  const std::lock_guard lock(mutex_);
  const auto* const best = best_match(index);
  if (best == nullptr) return std::string();
  JsonTree result = merge_templates(compose(best->second), JsonTree::from(body));
  JsonTree aliases = JsonTree::object();
  for (JsonTree::Member& alias : result.find("aliases")->as_object()) {
    std::string name = alias.key;
    if (const size_t at = name.find("{index}"); at != std::string::npos) name.replace(at, 7, index);
    aliases.set(name, std::move(alias.value));
  }
  result.set("aliases", std::move(aliases));
  return result.to_json();
}

std::vector<std::pair<std::string, std::vector<std::string>>> IndexTemplates::overlapping(std::string_view name,
                                                                                          const JsonTree& body) const {
  std::vector<std::pair<std::string, std::vector<std::string>>> others;
  const std::vector<std::string> patterns = texts(body.find("index_patterns"));
  for (const auto& [other, other_body] : templates_) {
    if (other == name) continue;
    const std::vector<std::string> theirs = texts(other_body.find("index_patterns"));
    const bool meets = std::any_of(theirs.begin(), theirs.end(), [&](const std::string& t) {
      return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) { return patterns_overlap(p, t); });
    });
    if (meets) others.emplace_back(other, theirs);
  }
  return others;
}

std::optional<IndexTemplates::Simulated> IndexTemplates::simulate_index(std::string_view index) const {
  const std::lock_guard lock(mutex_);
  const auto* const best = best_match(index);
  if (best == nullptr) return std::nullopt;
  Simulated simulated{compose(best->second), {}};
  for (const auto& [name, body] : templates_) {
    const std::vector<std::string> patterns = texts(body.find("index_patterns"));
    if (name != best->first && matches_any(patterns, index)) simulated.overlapping.emplace_back(name, patterns);
  }
  return simulated;
}

Result<IndexTemplates::Simulated> IndexTemplates::simulate_template(std::string_view name, JsonValue body) const {
  if (body.exists()) RETURN_IF_ERROR(check_keys(body, kTemplateKeys, "index_template"));
  const std::lock_guard lock(mutex_);
  if (body.exists()) {
    const JsonTree tree = JsonTree::from(body);
    RETURN_IF_ERROR(check_template(name.empty() ? "simulated" : name, tree));
    return Simulated{compose(tree), overlapping(name, tree)};
  }
  const auto at = templates_.find(name);
  if (at == templates_.end())
    return Error(ErrorCode::kIllegalArgument, "unable to simulate template [{}] that does not exist", name);
  return Simulated{compose(at->second), overlapping(name, at->second)};
}

}  // namespace selene::index
