#include "inference/services/googlevertexai/googlevertexai.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/format.h"
#include "inference/services/googlevertexai/service_account.h"
#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

constexpr std::string_view kService = "Google Vertex AI";

struct VertexSettings {
  std::string service_account_json;
  ServiceAccount account;
  std::string project_id;
  std::optional<std::string> model_id;
  std::optional<std::string> url;
};

class VertexModel final : public VendorModel {
 public:
  explicit VertexModel(VertexSettings settings) : settings_(std::move(settings)) {}

  void write_settings(base::JsonWriter& out) const override {
    out.field("project_id", settings_.project_id);
    if (settings_.model_id.has_value()) out.field("model_id", *settings_.model_id);
    if (settings_.url.has_value()) out.field("url", *settings_.url);
  }
  void write_secrets(base::JsonWriter& out) const override { out.field("service_account_json", settings_.service_account_json); }
  std::vector<std::string> secret_values() const override {
    return {settings_.service_account_json, settings_.account.private_key};
  }

  Result<net::ClientRequest> rerank_request(const RerankCall& call) const override {
    base::JsonWriter out;
    out.begin_object();
    if (settings_.model_id.has_value()) out.field("model", *settings_.model_id);
    out.field("query", call.query).key("records").begin_array();
    for (size_t i = 0; i < call.documents.size(); ++i)
      out.begin_object().field("id", std::to_string(i)).field("content", call.documents[i]).end_object();
    out.end_array();
    if (call.top_n.has_value()) out.field("topN", *call.top_n);
    if (call.return_documents.has_value()) out.field("ignoreRecordDetailsInResponse", !*call.return_documents);
    return json_post(settings_.url.value_or(base::format("https://discoveryengine.googleapis.com/v1/projects/{}/locations/global/"
                                                         "rankingConfigs/default_ranking_config:rank",
                                                         form_encode(settings_.project_id))),
                     "", out.end_object().take());
  }

  Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override {
    ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kService));
    const JsonValue records = document.root()["records"];
    if (!records.is_array()) return missing_field("records", kService, "rerank");
    // Their ids are texts: the same list with numbers is what everybody else answers.
    base::JsonWriter plain;
    plain.begin_array();
    for (const JsonValue record : records.as_array()) {
      const JsonValue id = record["id"];
      const std::string text = id.is_string() ? std::string(id.as_string()) : java_text(id);
      int32_t index = 0;
      const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), index);
      if (fault != std::errc() || end != text.data() + text.size()) {
        return Error(ErrorCode::kStatusBadRequest,
                     "Expected numeric value for record ID field in Google Vertex AI rerank response but received [{}]", text);
      }
      plain.begin_object().field("id", index);
      if (record["score"].exists()) plain.field("score", record["score"]);
      plain.end_object();
    }
    const std::string text = plain.end_array().take();
    ASSIGN_OR_RETURN(const base::JsonDocument numbered, parse_answer(text, kService));
    return read_ranked_docs(numbered.root(), "id", "score", num_documents, kService);
  }
  size_t max_documents() const override { return 200; }

  bool needs_token() const override { return true; }
  Result<net::ClientRequest> token_request(int64_t now_s) const override {
    return service_account_token_request(settings_.account, now_s);
  }
  Result<AccessToken> parse_token(std::string_view body) const override { return parse_oauth_token(body, kService); }

 private:
  const VertexSettings settings_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  VertexSettings read;
  read.service_account_json = settings.required_string("service_account_json");
  if (!read.service_account_json.empty()) {
    auto account = ServiceAccount::parse(read.service_account_json);
    if (account.has_value()) {
      read.account = *std::move(account);
    } else {
      validation.add(base::format("[service_settings] Invalid value of [service_account_json]: {}", account.error().reason()));
    }
  }
  read.project_id = settings.required_string("project_id");
  read.model_id = settings.optional_string("model_id");
  read.url = settings.optional_string("url");
  check_url(read.url, validation);
  return std::make_unique<VertexModel>(std::move(read));
}

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr std::array<SettingInfo, 5> kSettings = {
    SettingInfo{"service_account_json", "str", "The service account's key file as text.", true, true},
    SettingInfo{"project_id", "str", "The project that pays for the requests.", true, false},
    SettingInfo{"model_id", "str", "The name of the model to use.", false, false}, kUrlInfo, kRateLimitInfo};
constexpr std::array<TaskSetting, 1> kTaskSettings = {{{"top_n", TaskSettingType::kPositive}}};

}  // namespace

const Vendor kGoogleVertexAiVendor{.name = "googlevertexai",
                                   .title = "Google Vertex AI",
                                   .task_types = kTasks,
                                   .requests_per_minute = 30000,
                                   .settings = kSettings,
                                   .rerank_task_settings = kTaskSettings,
                                   .embedding_task_settings = {},
                                   .create = &create};

}  // namespace selene::inference
