#include "rest/media_type.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

constexpr int kCurrentVersion = 9;
constexpr int kOldestVersion = 8;
constexpr std::string_view kVendorPrefix = "application/vnd.elasticsearch+";

std::string lower_trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

MediaFormat format_of(std::string_view subtype) {
  if (subtype == "json") return MediaFormat::kJson;
  if (subtype == "x-ndjson") return MediaFormat::kNdjson;
  if (subtype == "yaml") return MediaFormat::kYaml;
  return MediaFormat::kOther;
}

std::optional<int> version_parameter(std::string_view parameters) {
  while (!parameters.empty()) {
    const size_t end = std::min(parameters.find(';'), parameters.size());
    const std::string piece = lower_trimmed(parameters.substr(0, end));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
    constexpr std::string_view kName = "compatible-with=";
    if (!piece.starts_with(kName)) continue;
    int version = -1;
    std::from_chars(piece.data() + kName.size(), piece.data() + piece.size(), version);
    return version;
  }
  return std::nullopt;
}

/// `detail`: which version was wrong; the reason itself is what clients match on.
Error media_type_error(std::string detail, std::string_view accept, std::string_view content) {
  return Error(ErrorCode::kMediaTypeHeader,
               "A compatible version is required on both Content-Type and Accept headers if either one has requested a compatible "
               "version. "
               "Accept={}, Content-Type={}",
               accept.empty() ? "null" : accept, content.empty() ? "null" : content)
      .with_cause(Error(ErrorCode::kStatusBadRequest, std::move(detail)));
}

bool supported(int version) { return version == kCurrentVersion || version == kOldestVersion; }

base::Status check_versions(const std::optional<MediaType>& accept, const std::optional<MediaType>& content,
                            std::string_view accept_text, std::string_view content_text, std::string_view body) {
  const auto refuse = [&](std::string detail) { return media_type_error(std::move(detail), accept_text, content_text); };
  const auto wrong_version = [&](std::string_view header, int version, std::string_view text) {
    return refuse(base::format("{} version must be either version {} or {}, but found {}. {}={}", header, kCurrentVersion,
                               kOldestVersion, version, header, text));
  };
  if (accept && accept->compatible_with && !supported(*accept->compatible_with)) {
    return wrong_version("Accept", *accept->compatible_with, accept_text);
  }
  if (!content || body.empty()) return {};
  if (content->compatible_with && !supported(*content->compatible_with)) {
    return wrong_version("Content-Type", *content->compatible_with, content_text);
  }
  if (!accept || accept->compatible_with == content->compatible_with) return {};
  return refuse("the compatible versions of both headers must match");
}

base::Status check_content_type(const std::optional<MediaType>& content, std::string_view text, std::string_view body) {
  if (body.empty()) return {};
  if (text.empty()) return Error(ErrorCode::kContentTypeNotSupported, "Content-Type header is missing");
  if (content && (content->format == MediaFormat::kJson || content->format == MediaFormat::kNdjson)) return {};
  return Error(ErrorCode::kContentTypeNotSupported, "Content-Type header [{}] is not supported", text);
}

}  // namespace

std::optional<MediaType> parse_media_type(std::string_view header) {
  const size_t semicolon = std::min(header.find(';'), header.size());
  const std::string name = lower_trimmed(header.substr(0, semicolon));
  if (name.empty() || header.find(',') != std::string_view::npos || name.find('*') != std::string::npos) return std::nullopt;
  MediaType type;
  if (name.starts_with(kVendorPrefix)) {
    type.vendor = true;
    type.format = format_of(std::string_view(name).substr(kVendorPrefix.size()));
    type.compatible_with = version_parameter(header.substr(semicolon));
  } else if (name.starts_with("application/")) {
    type.format = format_of(std::string_view(name).substr(12));
  } else if (name == "text/plain") {
    type.format = MediaFormat::kText;
  }
  return type;
}

base::Result<Negotiated> negotiate(const net::Headers& headers, std::string_view body) {
  const std::string_view accept_text = headers.get("Accept");
  const std::string_view content_text = headers.get("Content-Type");
  const auto accept = parse_media_type(accept_text);
  const auto content = parse_media_type(content_text);
  RETURN_IF_ERROR(check_versions(accept, content, accept_text, content_text, body));
  RETURN_IF_ERROR(check_content_type(content, content_text, body));

  Negotiated out;
  const MediaType* asked = accept ? &*accept : content ? &*content : nullptr;
  const bool vendor = asked != nullptr && asked->vendor;
  if (vendor) {
    const int version = asked->compatible_with.value_or(kCurrentVersion);
    out.json_content_type =
        base::format("application/vnd.elasticsearch+json;compatible-with={}", supported(version) ? version : kCurrentVersion);
  }
  out.wants_yaml = accept && accept->format == MediaFormat::kYaml;
  out.wants_json = accept && (accept->format == MediaFormat::kJson || accept->format == MediaFormat::kNdjson);
  return out;
}

}  // namespace selene::rest
