#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "models/runtime/any_encoder.h"
#include "models/runtime/calibration.h"
#include "models/runtime/pair_template.h"
#include "models/runtime/pair_windows.h"
#include "models/tokenizers/tokenizer.h"

namespace selene::models {

/// Texts that a model wants before what it reads.
struct TextPrefixes {
  std::string ingest;  ///< of documents
  std::string search;  ///< of queries
};

struct LoadOptions {
  Tier tier = Tier::kInt8;
  /// What the model is to be, instead of what its folder says.
  std::optional<ModelKind> kind = std::nullopt;
};

/// A Hugging Face or sentence-transformers folder (config.json, model.safetensors, tokenizer.json, modules.json) ready to run: a
/// tokenizer and an encoder of one kind. Immutable, thread-safe.
struct LoadedModel {
  std::string name;
  std::unique_ptr<Tokenizer> tokenizer;
  AnyEncoder encoder;
  /// How pairs are put to a decoder; nothing: as the tokenizer's post-processor says.
  std::optional<PairTemplate> pair_template = std::nullopt;

  /// Of an upload whose config says so; nothing: the second text of a pair too long is cut.
  std::optional<LongPairs> long_pairs = std::nullopt;

  TextPrefixes prefixes = {};

  /// Of a cross-encoder whose folder has a `calibration.json`.
  std::optional<Calibration> calibration = std::nullopt;

  ModelKind kind() const { return kind_of(encoder); }
  /// The encoder if it is of that kind, else null.
  const CrossEncoder* cross_encoder() const { return get<CrossEncoder>(); }
  const DenseEncoder* dense_encoder() const { return get<DenseEncoder>(); }
  const SparseEncoder* sparse_encoder() const { return get<SparseEncoder>(); }
  /// Whatever its kind.
  const Encoder& any_encoder() const { return common_part(encoder); }

  /// Errors name the file and what is wrong with it: kResourceNotFound (no such file), kIllegalArgument. A cross-encoder must give
  /// exactly one logit a pair.
  static base::Result<std::shared_ptr<const LoadedModel>> load(const std::filesystem::path& folder, const LoadOptions& options);

 private:
  template <class Kind>
  const Kind* get() const {
    const auto* found = std::get_if<std::unique_ptr<Kind>>(&encoder);
    return found != nullptr ? found->get() : nullptr;
  }
};

}  // namespace selene::models
