#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/env.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "models/registry/trained_config.h"

namespace selene::models {

/// Small durable records by kind and id, given by the node (the catalog's), so that models/ does not know index/. `put` and
/// `remove` are durable when they return.
struct TrainedRecords {
  std::function<base::Status(std::string_view kind, std::string_view id, std::string_view bytes)> put;
  std::function<base::Status(std::string_view kind, std::string_view id)> remove;
  std::function<base::Result<std::map<std::string, std::string>>(std::string_view kind)> load_all;
};

/// A trained model and how much of it has been uploaded. A value.
struct TrainedModelInfo {
  struct Part {
    int64_t size_bytes = 0;
    uint64_t hash = 0;
  };
  TrainedConfig config;
  int64_t total_parts = 0;  ///< 0: no part yet
  int64_t total_length = 0;
  std::vector<Part> parts;  ///< those uploaded, in order
  bool has_vocabulary = false;

  bool has_definition() const {
    return config.from_folder || (total_parts > 0 && static_cast<int64_t>(parts.size()) == total_parts);
  }
  bool fully_defined() const { return config.from_folder || (has_definition() && has_vocabulary); }
};

/// Trained models that clients upload: their configs, definitions and vocabularies, and aliases. Thread-safe.
///
/// A model's files lie in `folder`/<model id>/: definition.pt and vocabulary.json. The records say which of it counts: a part is
/// written and synced before its record is, so what is acknowledged survives a crash, and what is not acknowledged is cut off when
/// the part is sent again. Folders without a record are removed at start.
class TrainedModelStore {
 public:
  struct Options {
    std::filesystem::path folder;
    TrainedRecords records;
    /// Whether the server has a folder for an id (`.rerank-v1`), which PUT then may name without a definition.
    std::function<bool(std::string_view)> has_folder = [](std::string_view) { return false; };
    /// Called when what is loaded of a model is out of date: it was removed, or has another vocabulary.
    std::function<void(std::string_view)> changed = [](std::string_view) {};
    base::Env* env = &base::system_env();
    const base::Clock* clock = &base::system_clock();
  };
  /// Errors: kIo, those of the records.
  static base::Result<std::unique_ptr<TrainedModelStore>> open(Options options);

  /// PUT of a config. Errors: those of TrainedConfig::parse; kResourceAlreadyExists.
  base::Result<TrainedModelInfo> put(std::string_view model_id, base::JsonValue body);
  /// Part `part` of the definition, raw bytes. Parts come in order; one that is sent again with the same bytes is acknowledged
  /// again. Errors: kResourceNotFound, kActionRequestValidation, kIllegalArgument naming the fault; kIo.
  struct Part {
    int64_t part = 0;
    int64_t total_parts = 0;
    int64_t total_length = 0;
    std::string_view bytes;
  };
  base::Status put_part(std::string_view model_id, const Part& part);
  /// `body` is the request's text, parsed as `document`. Another vocabulary replaces the one before.
  base::Status put_vocabulary(std::string_view model_id, std::string_view body, base::JsonValue document);
  /// Model, aliases and files. Errors: kResourceNotFound.
  base::Status remove(std::string_view model_id);

  /// An id or an alias. Errors: kResourceNotFound `No known trained model with model_id [x]`.
  base::Result<TrainedModelInfo> get(std::string_view id_or_alias) const;
  bool contains(std::string_view model_id) const;
  /// Comma list of ids, aliases and `*` wildcards, `_all`, empty = all; sorted by id, none twice. Errors: kResourceNotFound for
  /// what matches nothing: a plain id always, a wildcard if `allow_no_match` is false.
  enum class NoMatch : uint8_t { kAllow, kRefuse };
  base::Result<std::vector<TrainedModelInfo>> find(std::string_view expression, NoMatch no_match) const;

  /// Errors: kResourceNotFound, kIllegalArgument.
  enum class Reassign : uint8_t { kNo, kYes };
  base::Status put_alias(std::string_view alias, std::string_view model_id, Reassign reassign);
  base::Status remove_alias(std::string_view alias, std::string_view model_id);
  /// The model an alias means; empty if it is none.
  std::string alias_target(std::string_view alias) const;
  std::vector<std::string> aliases_of(std::string_view model_id) const;

  std::filesystem::path definition_path(std::string_view model_id) const { return model_folder(model_id) / "definition.pt"; }
  std::filesystem::path vocabulary_path(std::string_view model_id) const { return model_folder(model_id) / "vocabulary.json"; }
  base::Env& env() const { return *options_.env; }
  const TrainedRecords& records() const { return options_.records; }
  const base::Clock& clock() const { return *options_.clock; }

 private:
  explicit TrainedModelStore(Options options) : options_(std::move(options)) {}
  std::filesystem::path model_folder(std::string_view model_id) const { return options_.folder / std::string(model_id); }
  base::Status load();
  base::Status remove_orphans();
  base::Status remove_files(std::string_view model_id);
  /// Writes the record, then publishes. REQUIRES: write_mutex_ held.
  base::Status save(TrainedModelInfo info);
  base::Result<TrainedModelInfo> known(std::string_view model_id) const;

  Options options_;
  std::mutex write_mutex_;    // one change at a time, disk included
  mutable std::mutex mutex_;  // the maps
  std::map<std::string, TrainedModelInfo, std::less<>> models_;
  std::map<std::string, std::string, std::less<>> aliases_;
};

}  // namespace selene::models
