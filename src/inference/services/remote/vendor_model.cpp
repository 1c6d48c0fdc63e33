#include "inference/services/remote/vendor_model.h"

namespace selene::inference {
namespace {

base::Error not_offered() {
  return {base::ErrorCode::kStatusBadRequest, std::string("the service does not support this task type")};
}

}  // namespace

base::Result<net::ClientRequest> VendorModel::rerank_request(const RerankCall&) const { return not_offered(); }
base::Result<std::vector<RankedDoc>> VendorModel::parse_rerank(std::string_view, size_t) const { return not_offered(); }
base::Result<net::ClientRequest> VendorModel::embedding_request(const EmbeddingCall&) const { return not_offered(); }
base::Result<std::vector<std::vector<float>>> VendorModel::parse_text_embedding(std::string_view) const { return not_offered(); }
base::Result<std::vector<SparseEmbedding>> VendorModel::parse_sparse_embedding(std::string_view) const { return not_offered(); }
base::Result<net::ClientRequest> VendorModel::token_request(int64_t) const { return not_offered(); }
base::Result<AccessToken> VendorModel::parse_token(std::string_view) const { return not_offered(); }

std::string VendorModel::error_message(std::string_view body) const {
  const auto document = base::JsonDocument::parse(body, 32);
  if (!document.has_value()) return {};
  const base::JsonValue root = document->root();
  for (const std::string_view key : {"message", "detail", "error", "error_description"}) {
    const base::JsonValue value = root[key];
    if (value.is_string()) return std::string(value.as_string());
    if (value["message"].is_string()) return std::string(value["message"].as_string());
  }
  return {};
}

}  // namespace selene::inference
