#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_types.h"

namespace selene::rest {

enum class MediaFormat : uint8_t { kJson, kNdjson, kYaml, kText, kOther };

/// One media type of an Accept or Content-Type header, e.g. `application/vnd.elasticsearch+json; compatible-with=9`.
struct MediaType {
  MediaFormat format = MediaFormat::kOther;
  bool vendor = false;
  std::optional<int> compatible_with;
};
/// Empty for "no preference": no header, a list (a comma), a wildcard.
std::optional<MediaType> parse_media_type(std::string_view header);

/// What a request asks the answer to look like.
struct Negotiated {
  std::string json_content_type = "application/json";  ///< of a JSON answer
  bool wants_yaml = false;
  bool wants_json = false;  ///< JSON was named: `_cat` answers JSON too
};

/// Reads Accept and Content-Type. Errors: kMediaTypeHeader with a kStatusBadRequest cause (compatible-with other than 8 and 9, or
/// different in the two headers), kContentTypeNotSupported (a body with a type that is not read here, or with none).
base::Result<Negotiated> negotiate(const net::Headers& headers, std::string_view body);

}  // namespace selene::rest
