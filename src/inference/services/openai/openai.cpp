#include "inference/services/openai/openai.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

constexpr std::string_view kService = "OpenAI";
constexpr std::string_view kUrl = "https://api.openai.com/v1/embeddings";

class OpenAiModel final : public VendorModel {
 public:
  OpenAiModel(KeyedSettings settings, std::optional<std::string> organization_id)
      : settings_(std::move(settings)), organization_id_(std::move(organization_id)) {}
  void write_settings(base::JsonWriter& out) const override {
    settings_.write(out);
    if (organization_id_.has_value()) out.field("organization_id", *organization_id_);
  }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }

  Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const override {
    base::JsonWriter out;
    out.begin_object().field("model", *settings_.model_id);
    write_strings(out, "input", call.inputs);
    if (const JsonValue user = call.task_settings["user"]; user.is_string()) out.field("user", user);
    if (call.dimensions.has_value()) out.field("dimensions", *call.dimensions);
    net::ClientRequest http = json_post(settings_.url.value_or(std::string(kUrl)), settings_.api_key, out.end_object().take());
    if (organization_id_.has_value()) http.headers.add("OpenAI-Organization", *organization_id_);
    return http;
  }

  Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const override {
    ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kService));
    const JsonValue data = document.root()["data"];
    if (!data.is_array()) return missing_field("data", kService, "embeddings");
    std::vector<std::vector<float>> vectors(data.as_array().size());
    size_t position = 0;
    for (const JsonValue element : data.as_array()) {
      const JsonValue index = element["index"];
      const int64_t at = index.type() == base::JsonType::kInt64 ? index.as_int64() : static_cast<int64_t>(position);
      ++position;
      if (at < 0 || at >= static_cast<int64_t>(vectors.size()) || !vectors[static_cast<size_t>(at)].empty())
        return Error(ErrorCode::kStatusBadRequest,
                     "Failed to parse the response of OpenAI: [index] [{}] is out of range or a repetition", at);
      ASSIGN_OR_RETURN(vectors[static_cast<size_t>(at)], read_vector(element["embedding"], kService));
    }
    return vectors;
  }
  size_t max_inputs() const override { return 2048; }

 private:
  const KeyedSettings settings_;
  const std::optional<std::string> organization_id_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  KeyedSettings keyed = read_keyed_settings(settings, Presence::kRequired, Presence::kOptional, validation);
  return std::make_unique<OpenAiModel>(std::move(keyed), settings.optional_string("organization_id"));
}

constexpr std::array<TaskType, 1> kTasks = {TaskType::kTextEmbedding};
constexpr std::array<SettingInfo, 6> kSettings = {
    kApiKeyInfo,
    kModelIdInfo,
    SettingInfo{"organization_id", "str", "The organization that pays for the requests.", false, false},
    SettingInfo{"dimensions", "int", "The size of the embeddings asked for.", false, false},
    kUrlInfo,
    kRateLimitInfo};
constexpr std::array<TaskSetting, 1> kTaskSettings = {{{"user", TaskSettingType::kString}}};

}  // namespace

const Vendor kOpenAiVendor{.name = "openai",
                           .title = "OpenAI",
                           .task_types = kTasks,
                           .requests_per_minute = 3000,
                           .settings = kSettings,
                           .rerank_task_settings = {},
                           .embedding_task_settings = kTaskSettings,
                           .create = &create};

}  // namespace selene::inference
