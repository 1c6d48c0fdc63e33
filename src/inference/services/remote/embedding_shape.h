#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// The body of one vendor's text_embedding call, where most differ in names only; the answer is that of OpenAI,
/// {"data":[{"index","embedding"}]}. An empty name: the vendor has no such key.
struct EmbeddingShape {
  std::string_view service;  ///< for people: "Jina AI"
  std::string_view default_url;
  size_t max_inputs = 128;  ///< of one request
  std::string_view model_key = "model";
  std::string_view dimensions_key = "";
  std::string_view input_type_key = "";
  /// The vendor's words for InputType; none for a type: the key is left out.
  std::span<const std::pair<InputType, std::string_view>> input_types = {};
  std::span<const std::pair<std::string_view, std::string_view>> fixed = {};  ///< keys and texts that every body has
  std::span<const std::string_view> passed_on = {};                           ///< task settings sent under their own names
  std::string_view default_similarity = "dot_product";
};

/// The JSON body of a call. `model` is sent if there is one and the shape has a key for it. Errors: kActionRequestValidation for a
/// stored input_type that is none.
base::Result<std::string> embedding_body(const EmbeddingShape& shape, const std::optional<std::string>& model,
                                         const EmbeddingCall& call);
/// {"data":[{"index":0,"embedding":[1.5]}]} in the order of the inputs: each index once, or none at all. Errors: kStatusBadRequest.
base::Result<std::vector<std::vector<float>>> parse_indexed_vectors(std::string_view body, std::string_view service);

/// A vendor that embeds with a key, a model and a body of the usual shape.
class ShapedEmbeddingModel final : public VendorModel {
 public:
  ShapedEmbeddingModel(const EmbeddingShape& shape, KeyedSettings settings) : shape_(shape), settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override { settings_.write(out); }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }
  base::Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const override;
  base::Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const override;
  size_t max_inputs() const override { return shape_.max_inputs; }
  std::string_view default_similarity() const override { return shape_.default_similarity; }

 private:
  const EmbeddingShape& shape_;
  const KeyedSettings settings_;
};

/// The task setting `input_type`, as every vendor that knows purposes takes it.
inline constexpr std::array<std::string_view, 4> kInputTypeWords = {"classification", "clustering", "ingest", "search"};

}  // namespace selene::inference
