#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace selene::inference {

/// Metadata of an error that passes on a vendor's status (a number in [400, 499]); the HTTP answer then has that status.
inline constexpr std::string_view kVendorStatus = "vendor_status";
/// 0 if the error has none.
int vendor_status(const base::Error& error);

/// What a vendor's answer other than 2xx means to our caller: statuses below 500 are passed on, others are 400; the texts are those
/// of Elasticsearch. `message` is what the vendor said (already free of secrets; may be empty), `url` the request's without its
/// query.
base::Error vendor_error(int status, std::string_view inference_id, std::string_view url, std::string_view message);

/// `text` with each of the secrets (and of what a JSON string would hold for it) replaced; cut to 1000 bytes at a character's end.
std::string without_secrets(std::string_view text, std::span<const std::string> secrets);

}  // namespace selene::inference
