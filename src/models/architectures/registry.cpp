#include "models/architectures/registry.h"

#include <array>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "models/architectures/bert.h"
#include "models/architectures/config_reader.h"
#include "models/architectures/deberta.h"
#include "models/architectures/distilbert.h"
#include "models/architectures/electra.h"
#include "models/architectures/modernbert.h"
#include "models/architectures/mpnet.h"
#include "models/architectures/roberta.h"
#include "models/archives/mapped_file.h"
#include "models/archives/safetensors.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using EncoderResult = base::Result<std::unique_ptr<CrossEncoder>>;

constexpr size_t kMaxConfigBytes = 4 << 20;

struct LoadRequest {
  const ConfigReader& config;
  std::filesystem::path folder;
  const KernelTable& table;
  Tier tier;
};

/// Reads the config first: its faults are found without touching the weights.
template <class Config, auto kLoad>
EncoderResult load_as(const LoadRequest& request) {
  ASSIGN_OR_RETURN(const Config config, Config::parse(request.config));
  ASSIGN_OR_RETURN(TensorMap tensors, TensorMap::open_folder(request.folder));
  return kLoad(config, std::make_shared<const TensorMap>(std::move(tensors)), request.table, request.tier);
}

struct Architecture {
  std::string_view name;  // an entry of config.json's [architectures]
  EncoderResult (*load)(const LoadRequest& request);
};
constexpr std::array kArchitectures = {
    Architecture{"BertForSequenceClassification", &load_as<BertConfig, &load_bert>},
    Architecture{"CamembertForSequenceClassification", &load_as<RobertaConfig, &load_roberta>},
    Architecture{"DebertaV2ForSequenceClassification", &load_as<DebertaConfig, &load_deberta>},
    Architecture{"DistilBertForSequenceClassification", &load_as<DistilBertConfig, &load_distilbert>},
    Architecture{"ElectraForSequenceClassification", &load_as<ElectraConfig, &load_electra>},
    Architecture{"MPNetForSequenceClassification", &load_as<MpnetConfig, &load_mpnet>},
    Architecture{"ModernBertForSequenceClassification", &load_as<ModernBertConfig, &load_modernbert>},
    Architecture{"RobertaForSequenceClassification", &load_as<RobertaConfig, &load_roberta>},
    Architecture{"XLMRobertaForSequenceClassification", &load_as<RobertaConfig, &load_roberta>},
};

std::string architecture_names() {
  std::string names;
  for (const Architecture& entry : kArchitectures) {
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return names;
}

EncoderResult load_architecture(const LoadRequest& request) {
  const base::JsonValue declared = request.config.value("architectures");
  std::string given = "missing";
  if (declared.is_array()) {
    for (const base::JsonValue item : declared.as_array()) {
      if (!item.is_string()) continue;
      for (const Architecture& entry : kArchitectures) {
        if (entry.name == item.as_string()) return entry.load(request);
      }
      given = std::string(item.as_string().substr(0, 100));
    }
  }
  return request.config.unsupported("architectures", given, architecture_names());
}

}  // namespace

EncoderResult load_cross_encoder(const std::filesystem::path& folder, Tier tier, const KernelTable* table) {
  const std::filesystem::path file = folder / "config.json";
  ASSIGN_OR_RETURN(const MappedFile mapped, MappedFile::open(file));
  if (mapped.bytes().size() > kMaxConfigBytes) {
    return Error(ErrorCode::kIllegalArgument, "[{}] has {} bytes, more than the limit of {}", file.string(), mapped.bytes().size(),
                 kMaxConfigBytes);
  }
  auto document = base::JsonDocument::parse({reinterpret_cast<const char*>(mapped.bytes().data()), mapped.bytes().size()});
  if (!document || !document->root().is_object()) {
    Error error(ErrorCode::kIllegalArgument, "[{}] is not a JSON object", file.string());
    return document ? error : std::move(error).with_cause(std::move(document).error());
  }
  if (table == nullptr) {
    ASSIGN_OR_RETURN(table, active_kernels());
  }
  const ConfigReader config(document->root(), file);
  return load_architecture({config, folder, *table, tier});
}

}  // namespace selene::models
