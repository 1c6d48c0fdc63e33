#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "models/kernels/kernel_table.h"
#include "models/runtime/any_encoder.h"
#include "models/tokenizers/tokenizer.h"

namespace selene::models {

struct EncoderOptions {
  Tier tier = Tier::kInt8;
  /// What the model is to be, instead of what the folder says.
  std::optional<ModelKind> kind = std::nullopt;
  const KernelTable* table = nullptr;  ///< null: the kernels of `active_kernels()`
};

/// How a pair of texts is put to a model: as the tokenizer's post-processor says, or in a decoder's prompt.
enum class PairPrompt : uint8_t { kNone, kQwen3Reranker };

/// An encoder, the folder where its config.json lies, and what was read beside.
struct FolderEncoder {
  AnyEncoder encoder;
  std::filesystem::path transformer;
  PairPrompt prompt = PairPrompt::kNone;
  std::unique_ptr<Tokenizer> tokenizer = nullptr;  ///< if the head's tokens had to be looked up in it
};

/// tokenizer.json of a model folder: at its top, else beside the transformer.
std::filesystem::path tokenizer_file(const std::filesystem::path& folder, const std::filesystem::path& transformer);

/// The encoder of a Hugging Face folder: modules.json, where there is one, says which modules and kind it is made of; config.json
/// which architecture; model.safetensors (or its shards) holds the weights. Without modules.json the architecture's name says the
/// kind: *ForSequenceClassification and *ForCausalLM a cross-encoder, *ForMaskedLM a sparse encoder, *Model a dense encoder with
/// mean pooling (decoders: the last token). Errors: kResourceNotFound for a missing file; kIllegalArgument naming the file and what
/// is damaged or not supported, with the list of what is.
base::Result<FolderEncoder> load_encoder(const std::filesystem::path& folder, const EncoderOptions& options);

/// The same for a folder that must hold a cross-encoder.
base::Result<std::unique_ptr<CrossEncoder>> load_cross_encoder(const std::filesystem::path& folder, Tier tier,
                                                               const KernelTable* table = nullptr);

}  // namespace selene::models
