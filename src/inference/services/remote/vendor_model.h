#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "inference/services/service.h"
#include "inference/services/validation.h"
#include "inference/types/inference_types.h"
#include "net/http_client.h"

namespace selene::inference {

/// One rerank call as a vendor gets it: the request's fields beat the call's task_settings, which beat the stored ones.
struct RerankCall {
  std::string_view query;
  std::span<const std::string_view> documents;
  std::optional<int32_t> top_n;
  std::optional<bool> return_documents;
  base::JsonValue task_settings;  ///< merged
};

struct EmbeddingCall {
  std::span<const std::string_view> inputs;
  InputType input_type = InputType::kUnspecified;
  std::optional<int32_t> dimensions;  ///< asked for by the settings
  base::JsonValue task_settings;      ///< merged
};

/// An access token that some vendors want instead of a key.
struct AccessToken {
  std::string value;
  int64_t expires_in_s = 0;
};

/// What one vendor's endpoint is: its settings, its request builders and its answer parsers. Pure functions of immutable settings;
/// RemoteEndpoint makes the calls. A member that the vendor's task types do not need keeps its default (kStatusBadRequest).
class VendorModel {
 public:
  virtual ~VendorModel() = default;

  /// Members of service_settings as GET shows them, without secrets and without what RemoteEndpoint adds (similarity, dimensions,
  /// max_input_tokens, rate_limit).
  virtual void write_settings(base::JsonWriter& out) const = 0;
  /// Members that are stored apart.
  virtual void write_secrets(base::JsonWriter& out) const = 0;
  /// Texts that no error may hold.
  virtual std::vector<std::string> secret_values() const = 0;

  virtual base::Result<net::ClientRequest> rerank_request(const RerankCall& call) const;
  /// Indices are checked: within [0, num_documents), none twice; scores are finite.
  virtual base::Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const;
  virtual size_t max_documents() const { return SIZE_MAX; }  ///< of one request

  virtual base::Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const;
  virtual base::Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const;
  virtual base::Result<std::vector<SparseEmbedding>> parse_sparse_embedding(std::string_view body) const;
  virtual size_t max_inputs() const { return 512; }
  virtual std::string_view element_type() const { return "float"; }
  virtual std::string_view default_similarity() const { return "dot_product"; }

  /// The vendor's words in the body of a failed answer.
  virtual std::string error_message(std::string_view body) const;

  /// Vendors with a token: the request that fetches one (`now_s`: seconds since 1970), and its answer. The token goes into
  /// `Authorization` of every other request.
  virtual bool needs_token() const { return false; }
  virtual base::Result<net::ClientRequest> token_request(int64_t now_s) const;
  virtual base::Result<AccessToken> parse_token(std::string_view body) const;
};

enum class TaskSettingType : uint8_t { kPositive, kBool, kString, kObject };
struct TaskSetting {
  std::string_view name;
  TaskSettingType type;
  std::span<const std::string_view> words = {};  ///< that a kString may be, lower case; empty: any text
};

/// One vendor service as a row of the registry.
struct Vendor {
  std::string_view name;
  std::string_view title;
  std::span<const TaskType> task_types;
  int32_t requests_per_minute = 0;  ///< default of rate_limit
  std::span<const SettingInfo> settings;
  std::span<const TaskSetting> rerank_task_settings;
  std::span<const TaskSetting> embedding_task_settings;
  std::string_view top_n_setting = "top_n";
  /// Takes its keys from the reader; faults go to the validation, and the model is then not used.
  std::unique_ptr<VendorModel> (*create)(TaskType task_type, DefinitionSource source, SettingsReader& settings,
                                         Validation& validation) = nullptr;
};

}  // namespace selene::inference
