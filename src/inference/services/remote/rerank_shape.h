#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// The body and the answer of one vendor's rerank call, where most differ in names only. An empty name: the vendor has no such key.
struct RerankShape {
  std::string_view service;  ///< for people: "Jina AI"
  std::string_view default_url;
  std::string_view model_key = "model";
  std::string_view documents_key = "documents";
  std::string_view top_n_key = "top_n";
  std::string_view return_documents_key = "return_documents";
  std::span<const std::string_view> passed_on = {};  ///< task settings sent under their own names
  std::string_view results_key = "results";          ///< empty: the answer itself is the array
  std::string_view index_key = "index";
  std::string_view score_key = "relevance_score";
};

/// The JSON body of a call. `model` is sent if there is one and the shape has a key for it.
std::string rerank_body(const RerankShape& shape, const std::optional<std::string>& model, const RerankCall& call);
/// Errors: kStatusBadRequest.
base::Result<std::vector<RankedDoc>> parse_rerank_answer(const RerankShape& shape, std::string_view body, size_t num_documents);

/// What nearly every vendor asks for.
struct KeyedSettings {
  std::string api_key;
  std::optional<std::string> model_id;
  std::optional<std::string> url;            ///< the whole request URL, instead of the vendor's
  std::string_view model_name = "model_id";  ///< of the setting

  void write(base::JsonWriter& out) const;  ///< without the key
};
enum class Presence : uint8_t { kRequired, kOptional };
KeyedSettings read_keyed_settings(SettingsReader& settings, Presence model_id, Presence url, Validation& validation);
/// A fault if `url` is given and is no http:// or https:// URL.
void check_url(const std::optional<std::string>& url, Validation& validation);

/// A vendor that reranks with a key, a model and a body of the usual shape.
class ShapedRerankModel final : public VendorModel {
 public:
  ShapedRerankModel(const RerankShape& shape, KeyedSettings settings) : shape_(shape), settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override { settings_.write(out); }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }
  base::Result<net::ClientRequest> rerank_request(const RerankCall& call) const override;
  base::Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override;

 private:
  const RerankShape& shape_;
  const KeyedSettings settings_;
};

/// Settings that several vendors describe in the same words.
inline constexpr SettingInfo kApiKeyInfo{"api_key", "str", "API key of the provider.", true, true};
inline constexpr SettingInfo kModelIdInfo{"model_id", "str", "The name of the model to use.", true, false};
inline constexpr SettingInfo kUrlInfo{"url", "str", "The whole URL of the request, instead of the provider's.", false, false};
inline constexpr SettingInfo kRateLimitInfo{"rate_limit", "map", "Limits the requests sent: requests_per_minute.", false, false};

}  // namespace selene::inference
