#include "models/architectures/sentence_modules.h"

#include <array>
#include <string>
#include <string_view>
#include <system_error>

#include "models/architectures/config_reader.h"
#include "models/architectures/json_file.h"
#include "models/archives/safetensors.h"
#include "models/layers/weight_loader.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

constexpr std::string_view kSupportedModules =
    "Transformer, Pooling, Dense, LayerNorm, Normalize, MLMTransformer, SpladePooling, LogitScore";
constexpr size_t kMaxModules = 16;

/// The class of a module or an activation: what stands behind the last dot of its Python name.
std::string_view class_name(std::string_view python_name) { return python_name.substr(python_name.rfind('.') + 1); }

bool is_file(const fs::path& file) {
  std::error_code fault;
  return fs::is_regular_file(file, fault);
}

struct NamedPooling {
  std::string_view name;  // of `pooling_mode`
  std::string_view flag;  // of older files
  Pooling pooling;
};
constexpr std::array kPoolings = {
    NamedPooling{"cls", "pooling_mode_cls_token", Pooling::kFirstToken},
    NamedPooling{"mean", "pooling_mode_mean_tokens", Pooling::kMean},
    NamedPooling{"max", "pooling_mode_max_tokens", Pooling::kMax},
    NamedPooling{"lasttoken", "pooling_mode_lasttoken", Pooling::kLastToken},
};
constexpr std::string_view kPoolingNames = "one of cls, mean, max, lasttoken";

base::Result<Pooling> read_pooling(const fs::path& file) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
  const ConfigReader reader(document.root(), file);
  if (const base::JsonValue mode = reader.value("pooling_mode"); !mode.is_null()) {
    const std::string_view name = mode.is_string() ? mode.as_string() : "not a string";
    for (const NamedPooling& entry : kPoolings) {
      if (entry.name == name) return entry.pooling;
    }
    return reader.unsupported("pooling_mode", name.substr(0, 100), kPoolingNames);
  }
  for (const std::string_view flag : {"pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens"}) {
    ASSIGN_OR_RETURN(const bool set, reader.flag(flag, false));
    if (set) return reader.unsupported(flag, "true", kPoolingNames);
  }
  std::optional<Pooling> pooling;
  for (const NamedPooling& entry : kPoolings) {
    ASSIGN_OR_RETURN(const bool set, reader.flag(entry.flag, false));
    if (!set) continue;
    if (pooling.has_value()) return reader.unsupported(entry.flag, "true beside another mode", kPoolingNames);
    pooling = entry.pooling;
  }
  return pooling.value_or(Pooling::kMean);  // as sentence-transformers
}

base::Result<Activation> read_activation(const ConfigReader& reader) {
  struct Named {
    std::string_view name;
    Activation activation;
  };
  constexpr std::array kActivations = {Named{"Identity", Activation::kNone}, Named{"Tanh", Activation::kTanh},
                                       Named{"ReLU", Activation::kRelu}, Named{"GELU", Activation::kGelu},
                                       Named{"SiLU", Activation::kSilu}};
  ASSIGN_OR_RETURN(const std::string given, reader.text("activation_function", "torch.nn.modules.activation.Tanh"));
  for (const Named& entry : kActivations) {
    if (entry.name == class_name(given)) return entry.activation;
  }
  return reader.unsupported("activation_function", given.substr(0, 100), "Identity, Tanh, ReLU, GELU, SiLU of torch.nn");
}

base::Result<SentenceHeadModule> read_dense(const fs::path& folder) {
  const fs::path file = folder / "config.json";
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
  const ConfigReader reader(document.root(), file);
  SentenceHeadModule module;
  module.folder = folder;
  ASSIGN_OR_RETURN(module.in_features, reader.integer("in_features", 0, 1, 65536));
  ASSIGN_OR_RETURN(module.out_features, reader.integer("out_features", 0, 1, 65536));
  ASSIGN_OR_RETURN(module.bias, reader.flag("bias", true));
  RETURN_IF_ERROR(reader.expect_flag("use_residual", false));
  ASSIGN_OR_RETURN(module.activation, read_activation(reader));
  if (module.in_features > 0 && module.out_features > 0) return module;
  return reader.unsupported("in_features or out_features", "missing", "whole numbers from 1 to 65536");
}

base::Result<SentenceHeadModule> read_layer_norm(const fs::path& folder) {
  const fs::path file = folder / "config.json";
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
  const ConfigReader reader(document.root(), file);
  SentenceHeadModule module;
  module.kind = SentenceHeadModule::Kind::kLayerNorm;
  module.folder = folder;
  ASSIGN_OR_RETURN(module.in_features, reader.integer("dimension", 0, 1, 65536));
  module.out_features = module.in_features;
  if (module.in_features > 0) return module;
  return reader.unsupported("dimension", "missing", "whole numbers from 1 to 65536");
}

base::Status check_splade_pooling(const fs::path& file) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
  const ConfigReader reader(document.root(), file);
  constexpr std::array<std::string_view, 1> kStrategies = {"max"};
  constexpr std::array<std::string_view, 1> kActivations = {"relu"};
  RETURN_IF_ERROR(reader.choice("pooling_strategy", "max", kStrategies));
  RETURN_IF_ERROR(reader.choice("activation_function", "relu", kActivations));
  return {};
}

base::Result<AnswerTokens> read_logit_score(const fs::path& file) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
  const ConfigReader reader(document.root(), file);
  ASSIGN_OR_RETURN(const int64_t yes, reader.integer("true_token_id", -1, 0, INT32_MAX));
  ASSIGN_OR_RETURN(const int64_t no, reader.integer("false_token_id", -1, 0, INT32_MAX));
  if (yes >= 0) return AnswerTokens{static_cast<int32_t>(yes), static_cast<int32_t>(no)};
  return reader.unsupported("true_token_id", "missing", "ids of the vocabulary");
}

/// sentence_bert_config.json and what it was called for other families.
base::Status read_transformer_limits(SentenceModules& modules) {
  for (const std::string_view name :
       {"sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
        "sentence_camembert_config.json", "sentence_xlm-roberta_config.json"}) {
    const fs::path file = modules.transformer / name;
    if (!is_file(file)) continue;
    ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
    const ConfigReader reader(document.root(), file);
    ASSIGN_OR_RETURN(const int64_t limit, reader.integer("max_seq_length", 0, 1, 1 << 24));
    modules.max_seq_length = static_cast<int32_t>(limit);
    return reader.expect_flag("do_lower_case", false);
  }
  return {};
}

base::Status read_model_settings(const fs::path& file, SentenceModules& modules) {
  if (modules.normalize) modules.similarity = Similarity::kDotProduct;
  if (!is_file(file)) return {};
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_object(file));
  const ConfigReader reader(document.root(), file);
  constexpr std::array<std::string_view, 3> kTypes = {"SentenceTransformer", "CrossEncoder", "SparseEncoder"};
  ASSIGN_OR_RETURN(const std::string type, reader.choice("model_type", "SentenceTransformer", kTypes));
  if (type == "CrossEncoder") modules.kind = ModelKind::kCrossEncoder;
  const base::JsonValue similarity = reader.value("similarity_fn_name");
  if (!similarity.is_string() || modules.normalize) return {};  // of vectors of length 1, all order alike
  if (similarity.as_string() == "dot") modules.similarity = Similarity::kDotProduct;
  if (similarity.as_string() == "euclidean") modules.similarity = Similarity::kL2Norm;
  return {};
}

/// One entry of modules.json behind the first.
base::Status read_module(std::string_view type, const fs::path& folder, const ConfigReader& reader, SentenceModules& modules) {
  if (type == "Pooling") {
    ASSIGN_OR_RETURN(modules.pooling, read_pooling(folder / "config.json"));
    modules.has_pooling = true;
  } else if (type == "Dense") {
    ASSIGN_OR_RETURN(SentenceHeadModule module, read_dense(folder));
    modules.head.push_back(std::move(module));
  } else if (type == "LayerNorm") {
    ASSIGN_OR_RETURN(SentenceHeadModule module, read_layer_norm(folder));
    modules.head.push_back(std::move(module));
  } else if (type == "SpladePooling") {
    modules.kind = ModelKind::kSparseEncoder;
    return check_splade_pooling(folder / "config.json");
  } else if (type == "LogitScore") {
    modules.kind = ModelKind::kCrossEncoder;
    ASSIGN_OR_RETURN(modules.answers, read_logit_score(folder / "config.json"));
  } else if (type == "Normalize") {
    modules.normalize = true;
  } else if (type != "Dropout") {
    return reader.unsupported("type", type.substr(0, 100), kSupportedModules);
  }
  return {};
}

}  // namespace

base::Result<std::optional<SentenceModules>> SentenceModules::read(const fs::path& folder) {
  const fs::path file = folder / "modules.json";
  if (!is_file(file)) return std::optional<SentenceModules>();
  ASSIGN_OR_RETURN(const base::JsonDocument document, read_json_file(file));
  const ConfigReader reader(document.root(), file);
  if (!document.root().is_array() || document.root().as_array().size() > kMaxModules) {
    return Error(ErrorCode::kIllegalArgument, "[{}] is not a list of at most {} modules", file.string(), kMaxModules);
  }
  SentenceModules modules;
  bool first = true;
  for (const base::JsonValue entry : document.root().as_array()) {
    const base::JsonValue path = entry["path"];
    const base::JsonValue type = entry["type"];
    if (!path.is_string() || !type.is_string()) {
      return Error(ErrorCode::kIllegalArgument, "[{}]: each module needs the strings [path] and [type]", file.string());
    }
    const fs::path relative = fs::path(path.as_string()).lexically_normal();
    if (relative.is_absolute() || relative.string().starts_with("..")) {
      return reader.unsupported("path", path.as_string().substr(0, 100), "folders inside the model's");
    }
    const std::string_view name = class_name(type.as_string());
    if (first) {
      if (name != "Transformer" && name != "MLMTransformer") {
        return reader.unsupported("type", name.substr(0, 100), "Transformer, MLMTransformer as the first module");
      }
      modules.transformer = relative.empty() || relative == "." ? folder : folder / relative;
    } else {
      if (modules.normalize) return reader.unsupported("type", name.substr(0, 100), "nothing behind Normalize");
      RETURN_IF_ERROR(read_module(name, folder / relative, reader, modules));
    }
    first = false;
  }
  if (first) return Error(ErrorCode::kIllegalArgument, "[{}] lists no modules", file.string());
  RETURN_IF_ERROR(read_transformer_limits(modules));
  RETURN_IF_ERROR(read_model_settings(folder / "config_sentence_transformers.json", modules));
  return std::optional<SentenceModules>(std::move(modules));
}

base::Status SentenceModules::apply(const KernelTable& table, EncoderWeights& weights) const {
  if (max_seq_length > 0) weights.row_limit = max_seq_length;
  if (!head_in_modules()) return {};
  weights.pooling = pooling;
  weights.head.layers.clear();
  int64_t width = weights.hidden_size;
  for (const SentenceHeadModule& module : head) {
    if (module.in_features != width) {
      return Error(ErrorCode::kIllegalArgument, "[{}]: the module reads [{}] values, but the one before gives [{}]",
                   (module.folder / "config.json").string(), module.in_features, width);
    }
    ASSIGN_OR_RETURN(const TensorMap tensors, TensorMap::open_folder(module.folder));
    WeightLoader loader(table, Tier::kFp32, tensors, "");
    HeadLayer layer;
    if (module.kind == SentenceHeadModule::Kind::kDense) {
      const Bias bias = module.bias ? Bias::kRequired : Bias::kNone;
      ASSIGN_OR_RETURN(layer.linear, loader.linear_f32("linear", module.out_features, module.in_features, bias));
      layer.activation = module.activation;
    } else {
      ASSIGN_OR_RETURN(layer.norm, loader.layer_norm("norm", module.in_features, 1e-5));
    }
    weights.head.layers.push_back(std::move(layer));
    width = module.out_features;
  }
  return {};
}

}  // namespace selene::models
