#include "inference/transport/vendor_error.h"

#include <cstdlib>

#include "base/json/json_writer.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kLongestMessageBytes = 1000;

ErrorCode code_of(int status) {
  switch (status) {
    case 404: return ErrorCode::kStatusNotFound;
    case 408: return ErrorCode::kStatusTimeout;
    case 409: return ErrorCode::kStatusConflict;
    case 429: return ErrorCode::kStatusTooManyRequests;
    default: return ErrorCode::kStatusBadRequest;
  }
}

std::string_view lead_of(int status) {
  if (status >= 500) return "Received a server error status code";
  if (status / 100 == 3) return "Unhandled redirection";
  switch (status) {
    case 400: return "Received a bad request status code";
    case 401: return "Received an authentication error status code";
    case 403: return "Received a permission denied error status code";
    case 413: return "Received a content too large status code";
    case 429: return "Received a rate limit status code";
    default: return "Received an unsuccessful status code";
  }
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

}  // namespace

Error vendor_error(int status, std::string_view inference_id, std::string_view url, std::string_view message) {
  std::string text = status == 404 ? base::format("Resource not found at [{}]", url) : std::string(lead_of(status));
  text += base::format(" for request from inference entity id [{}] status [{}]", inference_id, status);
  if (!message.empty()) text += base::format(". Error message: [{}]", message);
  Error error(code_of(status), std::move(text));
  // Statuses that no code of ours has travel as metadata; rest/ answers with them.
  if (status >= 400 && status < 500) return std::move(error).with_number(std::string(kVendorStatus), status);
  return error;
}

int vendor_status(const Error& error) {
  for (const auto& [key, json] : error.metadata()) {
    if (key == kVendorStatus) return std::atoi(json.c_str());
  }
  return 0;
}

std::string without_secrets(std::string_view text, std::span<const std::string> secrets) {
  std::string clean(text);
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    replace_all(clean, secret, "[redacted]");
    const std::string quoted = base::quote(secret);
    replace_all(clean, std::string_view(quoted).substr(1, quoted.size() - 2), "[redacted]");
  }
  if (clean.size() > kLongestMessageBytes) {
    size_t end = kLongestMessageBytes;
    while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xC0U) == 0x80U) --end;
    clean.resize(end);
  }
  return clean;
}

}  // namespace selene::inference
