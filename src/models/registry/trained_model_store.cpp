#include "models/registry/trained_model_store.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <set>

#include "base/wildcard.h"
#include "models/registry/trained_json.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::JsonWriter;

constexpr std::string_view kModels = "trained_model";
constexpr std::string_view kAliases = "trained_model_alias";
constexpr int64_t kMaxParts = 100'000;

Error not_found(std::string_view model_id) {
  return Error(ErrorCode::kResourceNotFound, "No known trained model with model_id [{}]", model_id);
}

std::string to_record(const TrainedModelInfo& info) {
  JsonWriter out;
  out.begin_object().key("config").raw(info.config.to_record());
  out.field("total_parts", info.total_parts).field("total_length", info.total_length);
  out.field("has_vocabulary", info.has_vocabulary).key("parts").begin_array();
  for (const TrainedModelInfo::Part& part : info.parts) {
    out.begin_array().value(part.size_bytes).value(static_cast<int64_t>(part.hash)).end_array();
  }
  return out.end_array().end_object().take();
}

base::Result<TrainedModelInfo> from_record(const std::string& model_id, const std::string& bytes) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(bytes));
  TrainedModelInfo info;
  FieldReader fields(document.root(), "trained_model");
  ASSIGN_OR_RETURN(info.config, TrainedConfig::from_record(model_id, fields.value("config")));
  info.total_parts = fields.integer("total_parts").value_or(0);
  info.total_length = fields.integer("total_length").value_or(0);
  info.has_vocabulary = fields.flag("has_vocabulary").value_or(false);
  const JsonValue parts = fields.value("parts");
  if (parts.is_array()) {
    for (const JsonValue part : parts.as_array()) {
      const auto numbers = part.as_array();
      auto it = numbers.begin();
      const int64_t size = (*it).as_int64();
      ++it;
      info.parts.push_back({size, static_cast<uint64_t>((*it).as_int64())});
    }
  }
  RETURN_IF_ERROR(fields.finish());
  return info;
}

base::Status check_numbers(const TrainedModelStore::Part& part) {
  if (part.part < 0) return validation_failed("[part] must be greater or equal to 0");
  if (part.total_parts <= 0) return validation_failed("[total_parts] must be greater than 0");
  if (part.part >= part.total_parts) return validation_failed("[part] must be less than total_parts");
  if (part.total_length <= 0) return validation_failed("[total_definition_length] must be greater than 0");
  if (part.bytes.empty()) return validation_failed("[definition] must not be empty");
  if (part.total_parts > kMaxParts) return validation_failed(base::format("[total_parts] must be at most {}", kMaxParts));
  return {};
}

int64_t uploaded_bytes(const TrainedModelInfo& info) {
  int64_t sum = 0;
  for (const TrainedModelInfo::Part& part : info.parts) sum += part.size_bytes;
  return sum;
}

/// Whether the part fits what came before it; `offset` is where it begins.
base::Status check_sequence(const TrainedModelInfo& info, const TrainedModelStore::Part& part, int64_t offset) {
  const auto next = static_cast<int64_t>(info.parts.size());
  if (info.total_parts > 0 && (part.total_parts != info.total_parts || part.total_length != info.total_length)) {
    return Error(ErrorCode::kIllegalArgument,
                 "part [{}] says [total_parts] [{}] and [total_definition_length] [{}], but the parts before it said [{}] and [{}]",
                 part.part, part.total_parts, part.total_length, info.total_parts, info.total_length);
  }
  if (part.part > next) {
    return Error(ErrorCode::kIllegalArgument, "part [{}] of the definition came before part [{}]: parts are uploaded in order",
                 part.part, next);
  }
  const auto size = static_cast<int64_t>(part.bytes.size());
  if (size > part.total_length - offset) {
    return Error(ErrorCode::kIllegalArgument,
                 "part [{}] is too long: with it the definition has [{}] bytes, [total_definition_length] says [{}]", part.part,
                 offset + size, part.total_length);
  }
  if (part.part + 1 == part.total_parts && offset + size != part.total_length) {
    return Error(ErrorCode::kIllegalArgument,
                 "the definition has [{}] bytes in all its [{}] parts, [total_definition_length] says [{}]", offset + size,
                 part.total_parts, part.total_length);
  }
  return {};
}

}  // namespace

base::Result<std::unique_ptr<TrainedModelStore>> TrainedModelStore::open(Options options) {
  std::unique_ptr<TrainedModelStore> store(new TrainedModelStore(std::move(options)));
  RETURN_IF_ERROR(store->load());
  RETURN_IF_ERROR(store->remove_orphans());
  return store;
}

base::Status TrainedModelStore::load() {
  ASSIGN_OR_RETURN(const auto models, options_.records.load_all(kModels));
  for (const auto& [id, bytes] : models) {
    ASSIGN_OR_RETURN(TrainedModelInfo info, from_record(id, bytes));
    models_.emplace(id, std::move(info));
  }
  ASSIGN_OR_RETURN(const auto aliases, options_.records.load_all(kAliases));
  for (const auto& [alias, model_id] : aliases) aliases_.emplace(alias, model_id);
  return {};
}

base::Status TrainedModelStore::remove_orphans() {
  RETURN_IF_ERROR(options_.env->create_folders(options_.folder));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, options_.env->list(options_.folder));
  for (const std::string& name : names) {
    if (!models_.contains(name) && check_model_id(name).has_value()) RETURN_IF_ERROR(remove_files(name));
  }
  return {};
}

base::Status TrainedModelStore::remove_files(std::string_view model_id) {
  const std::filesystem::path folder = model_folder(model_id);
  const auto names = options_.env->list(folder);
  if (!names) return {};  // nothing was uploaded
  for (const std::string& name : *names) RETURN_IF_ERROR(options_.env->remove(folder / name));
  return options_.env->remove(folder);
}

base::Status TrainedModelStore::save(TrainedModelInfo info) {
  RETURN_IF_ERROR(options_.records.put(kModels, info.config.model_id, to_record(info)));
  const std::scoped_lock lock(mutex_);
  models_.insert_or_assign(info.config.model_id, std::move(info));
  return {};
}

base::Result<TrainedModelInfo> TrainedModelStore::known(std::string_view model_id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = models_.find(model_id);
  if (found == models_.end()) return not_found(model_id);
  return found->second;
}

base::Result<TrainedModelInfo> TrainedModelStore::put(std::string_view model_id, JsonValue body) {
  TrainedModelInfo info;
  const bool built_in = model_id.starts_with('.') && options_.has_folder(model_id);
  if (built_in) {
    const bool expands = model_id.starts_with(".elser");
    const bool embeds = model_id.starts_with(".multilingual-e5");
    info.config = TrainedConfig::of_folder(model_id, expands  ? TrainedTask::kTextExpansion
                                                     : embeds ? TrainedTask::kTextEmbedding
                                                              : TrainedTask::kTextSimilarity);
    FieldReader fields(body, "trained_model_config");
    FieldReader input(fields.value("input"), "input");
    if (auto names = input.texts("field_names")) info.config.input_fields = *names;
    RETURN_IF_ERROR(input.finish());
    RETURN_IF_ERROR(fields.finish());
  } else if (model_id.starts_with('.')) {
    return Error(
        ErrorCode::kIllegalArgument,
        "model [{}] is not among the models of this server: put its folder beside the others and start with --model {}=FOLDER",
        model_id, model_id);
  } else {
    ASSIGN_OR_RETURN(info.config, TrainedConfig::parse(model_id, body));
    if (options_.has_folder(model_id)) {
      return Error(ErrorCode::kIllegalArgument, "model_id [{}] is that of a model folder of this server; choose another one",
                   model_id);
    }
  }
  info.config.create_time_ms = options_.clock->wall_ms();
  const std::scoped_lock writing(write_mutex_);
  if (contains(model_id)) {
    return Error(ErrorCode::kResourceAlreadyExists, "Trained machine learning model [{}] already exists", model_id);
  }
  if (!alias_target(model_id).empty()) {
    return Error(ErrorCode::kIllegalArgument,
                 "requested model_id [{}] is the same as an existing model_alias. Model model_aliases and ids must be unique",
                 model_id);
  }
  RETURN_IF_ERROR(save(info));
  return info;
}

base::Status TrainedModelStore::put_part(std::string_view model_id, const Part& part) {
  RETURN_IF_ERROR(check_numbers(part));
  const std::scoped_lock writing(write_mutex_);
  ASSIGN_OR_RETURN(TrainedModelInfo info, known(model_id));
  if (info.config.from_folder) {
    return Error(ErrorCode::kIllegalArgument, "model [{}] is one of this server's own and takes no definition", model_id);
  }
  const uint64_t hash = XXH3_64bits(part.bytes.data(), part.bytes.size());
  const int64_t offset = uploaded_bytes(info);
  if (static_cast<size_t>(part.part) < info.parts.size()) {
    const TrainedModelInfo::Part& before = info.parts[static_cast<size_t>(part.part)];
    const bool same = before.hash == hash && before.size_bytes == static_cast<int64_t>(part.bytes.size()) &&
                      info.total_parts == part.total_parts && info.total_length == part.total_length;
    if (same) return {};  // sent again because the answer was lost
    return Error(ErrorCode::kIllegalArgument,
                 "part [{}] of the definition of model [{}] has been uploaded already, with other content: delete the model to "
                 "upload another one",
                 part.part, model_id);
  }
  RETURN_IF_ERROR(check_sequence(info, part, offset));
  const std::filesystem::path folder = model_folder(model_id);
  if (info.parts.empty()) {
    RETURN_IF_ERROR(options_.env->create_folders(folder));
    RETURN_IF_ERROR(options_.env->sync(options_.folder));
  }
  RETURN_IF_ERROR(options_.env->write_at(definition_path(model_id), static_cast<uint64_t>(offset), part.bytes));
  RETURN_IF_ERROR(options_.env->sync(definition_path(model_id)));
  if (info.parts.empty()) RETURN_IF_ERROR(options_.env->sync(folder));
  info.total_parts = part.total_parts;
  info.total_length = part.total_length;
  info.parts.push_back({static_cast<int64_t>(part.bytes.size()), hash});
  if (info.has_definition()) info.config.model_size_bytes = info.total_length;
  return save(std::move(info));
}

base::Status TrainedModelStore::put_vocabulary(std::string_view model_id, std::string_view body, JsonValue document) {
  const std::scoped_lock writing(write_mutex_);
  ASSIGN_OR_RETURN(TrainedModelInfo info, known(model_id));
  if (info.config.from_folder) {
    return Error(ErrorCode::kIllegalArgument, "model [{}] is one of this server's own and takes no vocabulary", model_id);
  }
  const auto vocabulary = UploadedVocabulary::parse(document, info.config.tokenization.tokenizer.kind);
  if (!vocabulary) return vocabulary.error();
  RETURN_IF_ERROR(options_.env->create_folders(model_folder(model_id)));
  RETURN_IF_ERROR(options_.env->sync(options_.folder));
  RETURN_IF_ERROR(base::write_atomically(*options_.env, vocabulary_path(model_id), body));
  info.has_vocabulary = true;
  RETURN_IF_ERROR(save(std::move(info)));
  options_.changed(model_id);
  return {};
}

base::Status TrainedModelStore::remove(std::string_view model_id) {
  const std::scoped_lock writing(write_mutex_);
  RETURN_IF_ERROR(known(model_id));
  for (const std::string& alias : aliases_of(model_id)) {
    RETURN_IF_ERROR(options_.records.remove(kAliases, alias));
    const std::scoped_lock lock(mutex_);
    aliases_.erase(alias);
  }
  RETURN_IF_ERROR(options_.records.remove(kModels, model_id));
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = models_.find(model_id); found != models_.end()) models_.erase(found);
  }
  options_.changed(model_id);
  return remove_files(model_id);
}

base::Result<TrainedModelInfo> TrainedModelStore::get(std::string_view id_or_alias) const {
  const std::string target = alias_target(id_or_alias);
  return known(target.empty() ? id_or_alias : std::string_view(target));
}

bool TrainedModelStore::contains(std::string_view model_id) const {
  const std::scoped_lock lock(mutex_);
  return models_.contains(model_id);
}

base::Result<std::vector<TrainedModelInfo>> TrainedModelStore::find(std::string_view expression, NoMatch no_match) const {
  const std::scoped_lock lock(mutex_);
  std::set<std::string> ids;
  if (expression.empty() || expression == "_all") expression = "*";
  for (std::string_view rest = expression; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view name = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    bool matched = false;
    for (const auto& [id, info] : models_) {
      if (!base::matches_wildcard(name, id)) continue;
      ids.insert(id);
      matched = true;
    }
    for (const auto& [alias, id] : aliases_) {
      if (!base::matches_wildcard(name, alias)) continue;
      ids.insert(id);
      matched = true;
    }
    const bool must_match = !base::is_wildcard(name) || no_match == NoMatch::kRefuse;
    if (!matched && must_match) return not_found(name);
  }
  std::vector<TrainedModelInfo> found;
  for (const std::string& id : ids) {
    if (const auto model = models_.find(id); model != models_.end()) found.push_back(model->second);
  }
  return found;
}

base::Status TrainedModelStore::put_alias(std::string_view alias, std::string_view model_id, Reassign reassign) {
  RETURN_IF_ERROR(check_model_id(alias));
  const std::scoped_lock writing(write_mutex_);
  RETURN_IF_ERROR(known(model_id));
  if (contains(alias)) {
    return Error(ErrorCode::kIllegalArgument, "model_alias [{}] cannot be the same as any trained model_id", alias);
  }
  const std::string before = alias_target(alias);
  if (!before.empty() && before != model_id && reassign == Reassign::kNo) {
    return Error(ErrorCode::kIllegalArgument,
                 "cannot assign model_alias [{}] to model_id [{}] as model_alias already refers to [{}]. Set parameter [reassign] "
                 "to [true] if model_alias "
                 "should be reassigned.",
                 alias, model_id, before);
  }
  RETURN_IF_ERROR(options_.records.put(kAliases, alias, model_id));
  const std::scoped_lock lock(mutex_);
  aliases_.insert_or_assign(std::string(alias), std::string(model_id));
  return {};
}

base::Status TrainedModelStore::remove_alias(std::string_view alias, std::string_view model_id) {
  const std::scoped_lock writing(write_mutex_);
  const std::string target = alias_target(alias);
  if (target.empty()) return Error(ErrorCode::kResourceNotFound, "model_alias [{}] could not be found", alias);
  if (target != model_id) {
    return Error(ErrorCode::kResourceNotFound, "model_alias [{}] does not refer to provided model_id [{}]", alias, model_id);
  }
  RETURN_IF_ERROR(options_.records.remove(kAliases, alias));
  const std::scoped_lock lock(mutex_);
  aliases_.erase(aliases_.find(alias));
  return {};
}

std::string TrainedModelStore::alias_target(std::string_view alias) const {
  const std::scoped_lock lock(mutex_);
  const auto found = aliases_.find(alias);
  return found == aliases_.end() ? std::string() : found->second;
}

std::vector<std::string> TrainedModelStore::aliases_of(std::string_view model_id) const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [alias, id] : aliases_) {
    if (id == model_id) names.push_back(alias);
  }
  return names;
}

}  // namespace selene::models
