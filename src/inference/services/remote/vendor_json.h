#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "inference/types/inference_types.h"
#include "net/http_client.h"

namespace selene::inference {

/// A POST of a JSON body with `Authorization: Bearer <key>` (none if the key is empty).
net::ClientRequest json_post(std::string url, std::string_view bearer_key, std::string body);

void write_strings(base::JsonWriter& out, std::string_view key, std::span<const std::string_view> values);

/// `service`: the vendor's name for people, in messages ("Google Vertex AI"). All errors are kStatusBadRequest.
base::Result<base::JsonDocument> parse_answer(std::string_view body, std::string_view service);
base::Error missing_field(std::string_view field, std::string_view service, std::string_view task);

/// [{index_key, score_key}, ...]: indices whole numbers in [0, num_documents), none twice; scores finite.
base::Result<std::vector<RankedDoc>> read_ranked_docs(base::JsonValue array, std::string_view index_key, std::string_view score_key,
                                                      size_t num_documents, std::string_view service);
/// [1.5, ...] with finite numbers, at least one.
base::Result<std::vector<float>> read_vector(base::JsonValue array, std::string_view service);
/// [[..], ..]
base::Result<std::vector<std::vector<float>>> read_vectors(base::JsonValue array, std::string_view service);

/// The members of `under`, replaced and extended by those of `over` (top level only). A missing value counts as {}.
std::string merge_objects(base::JsonValue under, base::JsonValue over);

}  // namespace selene::inference
