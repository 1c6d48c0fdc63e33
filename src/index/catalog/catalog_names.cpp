// Names: indices, aliases, patterns; and the records of upper layers.

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/wildcard.h"
#include "index/catalog/date_math_names.h"
#include "index/catalog/index_blocks.h"
#include "index/catalog/index_name_rules.h"
#include "index/catalog/local_catalog.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

std::string record_key(std::string_view kind, std::string_view id) {
  std::string key = "record/";
  key.append(kind).push_back('\0');
  key.append(id);
  return key;
}

bool is_hidden(const Index& index) {
  const auto at = index.settings.flat.find("index.hidden");
  return index.name.starts_with('.') || (at != index.settings.flat.end() && at->second == "true");
}

bool is_hidden_alias(std::string_view name, const AliasInfo& info) { return info.is_hidden.value_or(name.starts_with('.')); }

bool writes_to(const AliasInfo& info) { return info.is_write_index.value_or(false); }

/// kNoSuchRemoteCluster for `cluster:index` and `-cluster:index`. A pattern of clusters is none: it means no index, as no cluster
/// fits it. `index::selector` names no cluster.
Status check_cluster(std::string_view part) {
  const std::string_view name = part.starts_with('-') ? part.substr(1) : part;
  const size_t colon = name.find(':');
  if (colon == std::string_view::npos || colon == 0 || name.substr(colon).starts_with("::")) return {};
  const std::string_view cluster = name.substr(0, colon);
  if (base::is_wildcard(cluster)) return {};
  return Error(ErrorCode::kNoSuchRemoteCluster, "no such remote cluster: [{}]", cluster);
}

}  // namespace

std::shared_ptr<Index> LocalCatalog::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(name);
  return at == entries_.end() ? nullptr : at->second.index;
}

std::vector<std::shared_ptr<Index>> LocalCatalog::all() const {
  std::vector<std::shared_ptr<Index>> indices;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) indices.push_back(entry.index);
  return indices;
}

bool LocalCatalog::has_alias(std::string_view alias) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const auto& entry) { return entry.second.record.aliases.contains(alias); });
}

/// REQUIRES: mutex_ held. Appends the names of indices that `expression` (no list, no exclusion) means; false if there are none.
bool LocalCatalog::add_matches(std::string_view expression, const IndicesOptions& options, std::vector<std::string>& names) const {
  const std::string_view pattern = expression == "_all" ? "*" : expression;
  const bool wildcard = base::is_wildcard(pattern);
  bool any = false;
  for (const auto& [name, entry] : entries_) {
    bool matches = false;
    if (!wildcard) {
      matches = name == pattern || entry.record.aliases.contains(pattern);
    } else if (entry.index->state == IndexState::kOpen ? options.expand_open : options.expand_closed) {
      const auto shows = [&](std::string_view shown, bool hidden) {
        return base::matches_wildcard(pattern, shown) &&
               (options.expand_hidden || !hidden || (pattern[0] == '.' && shown[0] == '.'));
      };
      matches = shows(name, is_hidden(*entry.index)) ||
                std::any_of(entry.record.aliases.begin(), entry.record.aliases.end(),
                            [&](const auto& alias) { return shows(alias.first, is_hidden_alias(alias.first, alias.second)); });
    }
    if (!matches) continue;
    any = true;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return any;
}

Result<std::vector<std::shared_ptr<Index>>> LocalCatalog::resolve(std::string_view expression,
                                                                  const IndicesOptions& options) const {
  ASSIGN_OR_RETURN(const std::string resolved, resolve_date_math(expression, base::wall_clock_ms()));
  const std::string_view all = resolved.empty() ? std::string_view("_all") : std::string_view(resolved);
  std::vector<std::string> names;
  std::set<std::string, std::less<>> by_name;  // named by themselves, not by a pattern
  bool seen_wildcard = false;
  const std::lock_guard lock(mutex_);
  for (std::string_view rest = all;;) {
    const size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    const bool wildcard = part == "_all" || base::is_wildcard(part);
    if (resolved == expression) RETURN_IF_ERROR(check_cluster(part));
    if (part.starts_with('-') && seen_wildcard) {
      std::vector<std::string> excluded;
      IndicesOptions every = options;
      every.expand_open = every.expand_closed = every.expand_hidden = true;
      add_matches(part.substr(1), every, excluded);
      std::erase_if(names,
                    [&](const std::string& name) { return std::find(excluded.begin(), excluded.end(), name) != excluded.end(); });
    } else if (!part.empty()) {
      if (part[0] == '_' && part != "_all") return invalid_index_name(part, "must not start with '_'.");
      const size_t known = names.size();
      const bool any = add_matches(part, options, names);
      if (!wildcard) by_name.insert(names.begin() + static_cast<std::ptrdiff_t>(known), names.end());
      if (!any && (wildcard ? !options.allow_no_indices : !options.ignore_unavailable)) return no_such_index(part);
    }
    seen_wildcard = seen_wildcard || wildcard;
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (names.empty() && !options.allow_no_indices) return no_such_index(all);
  std::vector<std::shared_ptr<Index>> indices;
  for (const std::string& name : names) {
    const std::shared_ptr<Index>& index = entries_.find(name)->second.index;
    if (index->state == IndexState::kClosed && options.closed == IndicesOptions::Closed::kForbidden) {
      if (!options.ignore_unavailable) return index_closed(*index);
      if (by_name.contains(name)) continue;
    }
    indices.push_back(index);
  }
  return indices;
}

std::vector<std::string> LocalCatalog::alias_filters(std::string_view unresolved, std::string_view index) const {
  std::vector<std::string> filters;
  const auto resolved = resolve_date_math(unresolved, base::wall_clock_ms());
  const std::string_view expression = resolved ? std::string_view(*resolved) : unresolved;
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(index);
  if (entry == entries_.end()) return filters;
  for (std::string_view rest = expression;;) {
    const size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    if (part.empty() || part == "_all" || base::matches_wildcard(part, index)) return {};
    for (const auto& [alias, info] : entry->second.record.aliases) {
      if (!base::matches_wildcard(part, alias)) continue;
      if (info.filter.empty()) return {};
      if (std::find(filters.begin(), filters.end(), info.filter) == filters.end()) filters.push_back(info.filter);
    }
    if (comma == std::string_view::npos) return filters;
    rest.remove_prefix(comma + 1);
  }
}

Result<std::shared_ptr<Index>> LocalCatalog::resolve_write(std::string_view unresolved, bool auto_create) {
  ASSIGN_OR_RETURN(const std::string name, resolve_date_math(unresolved, base::wall_clock_ms()));
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = entries_.find(name); at != entries_.end()) return at->second.index;
    std::vector<const Entry*> behind;
    for (const auto& [index, entry] : entries_) {
      if (entry.record.aliases.contains(name)) behind.push_back(&entry);
    }
    for (const Entry* entry : behind) {
      const AliasInfo& info = entry->record.aliases.find(name)->second;
      if (writes_to(info) || (behind.size() == 1 && !info.is_write_index)) return entry->index;
    }
    if (!behind.empty()) {
      return Error(ErrorCode::kIllegalArgument,
                   "no write index is defined for alias [{}]. The write index may be explicitly disabled using "
                   "is_write_index=false or the alias "
                   "points to multiple indices without one being designated as a write index",
                   name);
    }
  }
  if (!auto_create) return no_such_index(name);
  Result<std::shared_ptr<Index>> created = create(name, base::JsonValue());
  if (!created && created.error().code() == ErrorCode::kResourceAlreadyExists) {
    if (auto index = find(name)) return index;  // another writer was first
  }
  return created;
}

Status LocalCatalog::check_write_aliases(const Entries& entries) const {
  std::map<std::string, std::vector<std::string>, std::less<>> writers;
  for (const auto& [name, entry] : entries) {
    for (const auto& [alias, info] : entry.record.aliases) {
      if (writes_to(info)) writers[alias].push_back(name);
    }
  }
  for (const auto& [alias, names] : writers) {
    if (names.size() < 2) continue;
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
    return Error(ErrorCode::kIllegalArgument, "alias [{}] has more than one write index [{}]", alias, list);
  }
  return {};
}

/// All actions or none: checked on a copy, written in one batch.
Status LocalCatalog::update_aliases(const std::vector<AliasAction>& actions) {
  const std::lock_guard change(change_mutex_);
  Entries entries = [this] {
    const std::lock_guard lock(mutex_);
    return entries_;
  }();
  StoreBatch batch;
  for (const AliasAction& action : actions) {
    const auto at = entries.find(action.index);
    if (at == entries.end()) return no_such_index(action.index);
    auto& aliases = at->second.record.aliases;
    if (action.type == AliasAction::Type::kRemove) {
      if (aliases.erase(action.alias) == 0 && action.must_exist) {
        return Error(ErrorCode::kAliasesNotFound, "aliases [{}] missing", action.alias)
            .with("resource.type", "aliases")
            .with("resource.id", action.alias);
      }
      continue;
    }
    RETURN_IF_ERROR(check_alias_name(action.alias));
    if (entries.contains(action.alias)) {
      return invalid_alias_name(action.alias, "an index or data stream exists with the same name as the alias");
    }
    aliases[action.alias] = action.info;
  }
  RETURN_IF_ERROR(check_write_aliases(entries));
  for (const AliasAction& action : actions) {
    batch.put(Space::kMetadata, index_record_key(action.index), encode_index_record(entries.find(action.index)->second.record));
  }
  if (batch.empty()) return {};
  RETURN_IF_ERROR(store_->write_durably(batch));
  const std::lock_guard lock(mutex_);
  entries_ = std::move(entries);
  return {};
}

std::map<std::string, AliasInfo> LocalCatalog::aliases_of(std::string_view index) const {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(index);
  if (at == entries_.end()) return {};
  return {at->second.record.aliases.begin(), at->second.record.aliases.end()};
}

Status LocalCatalog::put_record(std::string_view kind, std::string_view id, std::string_view bytes) {
  StoreBatch batch;
  batch.put(Space::kMetadata, record_key(kind, id), bytes);
  return store_->write_durably(batch);
}

Status LocalCatalog::remove_record(std::string_view kind, std::string_view id) {
  StoreBatch batch;
  batch.remove(Space::kMetadata, record_key(kind, id));
  return store_->write_durably(batch);
}

Result<std::map<std::string, std::string>> LocalCatalog::records(std::string_view kind) const {
  std::map<std::string, std::string> found;
  const std::string begin = record_key(kind, "");
  RETURN_IF_ERROR(store_->scan(Space::kMetadata, begin, prefix_end(begin), [&](std::string_view key, std::string_view bytes) {
    found.emplace(key.substr(begin.size()), bytes);
    return true;
  }));
  return found;
}

}  // namespace selene::index
