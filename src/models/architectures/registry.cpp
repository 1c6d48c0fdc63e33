#include "models/architectures/registry.h"

#include <array>
#include <string>
#include <string_view>

#include "models/architectures/bert.h"
#include "models/architectures/config_reader.h"
#include "models/architectures/deberta.h"
#include "models/architectures/distilbert.h"
#include "models/architectures/electra.h"
#include "models/architectures/encoder_engine.h"
#include "models/architectures/jina_bert.h"
#include "models/architectures/json_file.h"
#include "models/architectures/modernbert.h"
#include "models/architectures/mpnet.h"
#include "models/architectures/qwen3.h"
#include "models/architectures/roberta.h"
#include "models/architectures/sentence_modules.h"
#include "models/archives/safetensors.h"
#include "models/layers/weight_loader.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

struct LoadRequest {
  const ConfigReader& config;
  std::filesystem::path folder;
  const KernelTable& table;
  Tier tier;
  ModelKind kind;
  AnswerTokens answers = {};
};
struct LoadedWeights {
  std::shared_ptr<const TensorMap> tensors;
  EncoderWeights weights;
};
using LoadResult = base::Result<LoadedWeights>;

/// Reads the config first: its faults are found without touching the weights.
template <class Config, auto kLoad>
LoadResult load_as(const LoadRequest& request) {
  ASSIGN_OR_RETURN(const Config config, Config::parse(request.config));
  ASSIGN_OR_RETURN(TensorMap opened, TensorMap::open_folder(request.folder));
  auto tensors = std::make_shared<const TensorMap>(std::move(opened));
  WeightLoader loader(request.table, request.tier, *tensors, "");
  ASSIGN_OR_RETURN(EncoderWeights weights, kLoad(config, request.kind, loader));
  if (request.kind == ModelKind::kDenseEncoder && weights.pooling == Pooling::kFirstToken) weights.pooling = Pooling::kMean;
  return LoadedWeights{std::move(tensors), std::move(weights)};
}

LoadResult load_qwen3_causal(const LoadRequest& request) {
  if (request.kind == ModelKind::kDenseEncoder) return load_as<Qwen3Config, &load_qwen3>(request);
  ASSIGN_OR_RETURN(const Qwen3Config config, Qwen3Config::parse(request.config));
  ASSIGN_OR_RETURN(TensorMap opened, TensorMap::open_folder(request.folder));
  auto tensors = std::make_shared<const TensorMap>(std::move(opened));
  WeightLoader loader(request.table, request.tier, *tensors, "");
  ASSIGN_OR_RETURN(EncoderWeights weights, load_qwen3_reranker(config, request.answers, loader));
  return LoadedWeights{std::move(tensors), std::move(weights)};
}

struct Architecture {
  std::string_view name;  // an entry of config.json's [architectures]
  ModelKind kind;
  LoadResult (*load)(const LoadRequest& request);
  PairPrompt prompt = PairPrompt::kNone;
};
constexpr ModelKind kCross = ModelKind::kCrossEncoder;
constexpr ModelKind kDense = ModelKind::kDenseEncoder;
constexpr ModelKind kSparse = ModelKind::kSparseEncoder;
constexpr std::array kArchitectures = {
    Architecture{"BertForSequenceClassification", kCross, &load_as<BertConfig, &load_bert>},
    Architecture{"BertForMaskedLM", kSparse, &load_as<BertConfig, &load_bert>},
    Architecture{"BertModel", kDense, &load_as<BertConfig, &load_bert>},
    Architecture{"CamembertForSequenceClassification", kCross, &load_as<RobertaConfig, &load_roberta>},
    Architecture{"CamembertForMaskedLM", kSparse, &load_as<RobertaConfig, &load_roberta>},
    Architecture{"CamembertModel", kDense, &load_as<RobertaConfig, &load_roberta>},
    Architecture{"DebertaV2ForSequenceClassification", kCross, &load_as<DebertaConfig, &load_deberta>},
    Architecture{"DebertaV2Model", kDense, &load_as<DebertaConfig, &load_deberta>},
    Architecture{"DistilBertForSequenceClassification", kCross, &load_as<DistilBertConfig, &load_distilbert>},
    Architecture{"DistilBertForMaskedLM", kSparse, &load_as<DistilBertConfig, &load_distilbert>},
    Architecture{"DistilBertModel", kDense, &load_as<DistilBertConfig, &load_distilbert>},
    Architecture{"ElectraForSequenceClassification", kCross, &load_as<ElectraConfig, &load_electra>},
    Architecture{"ElectraModel", kDense, &load_as<ElectraConfig, &load_electra>},
    Architecture{"JinaBertForSequenceClassification", kCross, &load_as<JinaBertConfig, &load_jina_bert>},
    Architecture{"JinaBertForMaskedLM", kSparse, &load_as<JinaBertConfig, &load_jina_bert>},
    Architecture{"JinaBertModel", kDense, &load_as<JinaBertConfig, &load_jina_bert>},
    Architecture{"MPNetForSequenceClassification", kCross, &load_as<MpnetConfig, &load_mpnet>},
    Architecture{"MPNetForMaskedLM", kSparse, &load_as<MpnetConfig, &load_mpnet>},
    Architecture{"MPNetModel", kDense, &load_as<MpnetConfig, &load_mpnet>},
    Architecture{"ModernBertForSequenceClassification", kCross, &load_as<ModernBertConfig, &load_modernbert>},
    Architecture{"ModernBertForMaskedLM", kSparse, &load_as<ModernBertConfig, &load_modernbert>},
    Architecture{"ModernBertModel", kDense, &load_as<ModernBertConfig, &load_modernbert>},
    Architecture{"Qwen3ForCausalLM", kCross, &load_qwen3_causal, PairPrompt::kQwen3Reranker},
    Architecture{"Qwen3ForCausalLM", kDense, &load_qwen3_causal},
    Architecture{"Qwen3ForSequenceClassification", kCross, &load_as<Qwen3Config, &load_qwen3>, PairPrompt::kQwen3Reranker},
    Architecture{"Qwen3Model", kDense, &load_as<Qwen3Config, &load_qwen3>},
    Architecture{"RobertaForSequenceClassification", kCross, &load_as<RobertaConfig, &load_roberta>},
    Architecture{"RobertaForMaskedLM", kSparse, &load_as<RobertaConfig, &load_roberta>},
    Architecture{"RobertaModel", kDense, &load_as<RobertaConfig, &load_roberta>},
    Architecture{"XLMRobertaForSequenceClassification", kCross, &load_as<RobertaConfig, &load_roberta>},
    Architecture{"XLMRobertaForMaskedLM", kSparse, &load_as<RobertaConfig, &load_roberta>},
    Architecture{"XLMRobertaModel", kDense, &load_as<RobertaConfig, &load_roberta>},
};

/// Names of all architectures, or of those of one kind.
std::string architecture_names(std::optional<ModelKind> kind) {
  std::string names;
  for (const Architecture& entry : kArchitectures) {
    if (kind.has_value() && entry.kind != *kind) continue;
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return names;
}

/// The table's line for what config.json declares, or for its sibling of the wanted kind.
base::Result<const Architecture*> find_architecture(const ConfigReader& config, std::optional<ModelKind> kind) {
  const base::JsonValue declared = config.value("architectures");
  std::string given = "missing";
  if (declared.is_array()) {
    for (const base::JsonValue item : declared.as_array()) {
      if (!item.is_string()) continue;
      given = std::string(item.as_string().substr(0, 100));
      for (const Architecture& entry : kArchitectures) {
        if (entry.name != item.as_string()) continue;
        if (!kind.has_value() || entry.kind == *kind) return &entry;
        for (const Architecture& sibling : kArchitectures) {
          if (sibling.load == entry.load && sibling.kind == *kind) return &sibling;
        }
      }
    }
  }
  return config.unsupported("architectures", given, architecture_names(kind));
}

/// The tokens whose logits make a causal model's score: as modules.json says, else "yes" and "no" of the tokenizer.
base::Result<AnswerTokens> answer_tokens(const std::optional<SentenceModules>& modules, const std::filesystem::path& file,
                                         const Tokenizer& tokenizer) {
  if (modules.has_value() && modules->answers.yes_token_id >= 0) return modules->answers;
  const AnswerTokens answers{tokenizer.token_id("yes"), tokenizer.token_id("no")};
  if (answers.yes_token_id >= 0 && answers.no_token_id >= 0) return answers;
  return Error(ErrorCode::kIllegalArgument, "[{}] has no tokens [yes] and [no], whose logits make a causal model's score",
               file.string());
}

/// model_max_length of tokenizer_config.json; 0 for none, or the huge number transformers writes for none.
base::Result<int32_t> tokenizer_limit(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "tokenizer_config.json";
  std::error_code fault;
  if (!std::filesystem::is_regular_file(file, fault)) return 0;
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
  const base::JsonValue limit = document.root()["model_max_length"];
  if (limit.type() != base::JsonType::kInt64 || limit.as_int64() < 1 || limit.as_int64() > INT32_MAX) return 0;
  return static_cast<int32_t>(limit.as_int64());
}

}  // namespace

std::filesystem::path tokenizer_file(const std::filesystem::path& folder, const std::filesystem::path& transformer) {
  std::error_code fault;
  const bool at_top = std::filesystem::exists(folder / "tokenizer.json", fault);
  return (at_top ? folder : transformer) / "tokenizer.json";
}

base::Result<FolderEncoder> load_encoder(const std::filesystem::path& folder, const EncoderOptions& options) {
  const KernelTable* table = options.table;
  if (table == nullptr) {
    ASSIGN_OR_RETURN(table, active_kernels());
  }
  ASSIGN_OR_RETURN(const std::optional<SentenceModules> modules, SentenceModules::read(folder));
  const std::filesystem::path transformer = modules.has_value() ? modules->transformer : folder;
  const std::filesystem::path file = transformer / "config.json";
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
  const ConfigReader config(document.root(), file);
  std::optional<ModelKind> kind = options.kind;
  if (!kind.has_value() && modules.has_value()) kind = modules->kind;
  const bool as_modules_say = modules.has_value() && kind == modules->kind;
  const bool bare = as_modules_say && modules->head_in_modules();
  ASSIGN_OR_RETURN(const Architecture* architecture, find_architecture(config, bare ? ModelKind::kDenseEncoder : kind));
  FolderEncoder result{std::unique_ptr<CrossEncoder>(), transformer, architecture->prompt};
  LoadRequest request{config, transformer, *table, options.tier, architecture->kind};
  if (architecture->load == &load_qwen3_causal && architecture->kind == ModelKind::kCrossEncoder) {
    const std::filesystem::path vocabulary = tokenizer_file(folder, transformer);
    ASSIGN_OR_RETURN(result.tokenizer, Tokenizer::load(vocabulary));
    ASSIGN_OR_RETURN(request.answers, answer_tokens(modules, vocabulary, *result.tokenizer));
  }
  ASSIGN_OR_RETURN(LoadedWeights loaded, architecture->load(request));
  ASSIGN_OR_RETURN(loaded.weights.row_limit, tokenizer_limit(transformer));
  DenseOptions dense;
  if (as_modules_say) {
    RETURN_IF_ERROR(modules->apply(*table, loaded.weights));
    dense = {.normalize = modules->normalize, .similarity = modules->similarity};
  }
  EncoderEngine engine(*table, options.tier, std::move(loaded.weights), std::move(loaded.tensors));
  result.encoder = make_encoder(kind.value_or(architecture->kind), std::move(engine), dense);
  return result;
}

base::Result<std::unique_ptr<CrossEncoder>> load_cross_encoder(const std::filesystem::path& folder, Tier tier,
                                                               const KernelTable* table) {
  ASSIGN_OR_RETURN(FolderEncoder loaded, load_encoder(folder, {.tier = tier, .table = table}));
  if (auto* cross_encoder = std::get_if<std::unique_ptr<CrossEncoder>>(&loaded.encoder)) return std::move(*cross_encoder);
  return Error(ErrorCode::kIllegalArgument, "the model in [{}] is a {}, not a cross-encoder", folder.string(),
               model_kind_name(kind_of(loaded.encoder)));
}

}  // namespace selene::models
