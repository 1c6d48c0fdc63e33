#include "rest/dispatcher.h"

#include <exception>
#include <new>
#include <utility>

#include "base/json/json_writer.h"
#include "base/log.h"
#include "rest/error_renderer.h"
#include "rest/error_table.h"
#include "rest/filter_path.h"
#include "rest/media_type.h"
#include "rest/parameter_check.h"
#include "rest/url.h"
#include "rest/yaml_writer.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kJson = "application/json";

/// The parameters that shape an answer, also one without a route.
struct Shape {
  std::string filter_path;
  bool pretty = false;
  bool yaml = false;
  ErrorTrace error_trace = ErrorTrace::kLeftOut;
};

Shape shape_of(const net::Request& request, const Negotiated& media) {
  Shape shape;
  shape.yaml = media.wants_yaml;
  const auto params = parse_query(split_target(request.target).query);
  if (!params) return shape;
  for (const auto& [name, value] : *params) {
    if (name == "pretty") shape.pretty = value.empty() || value == "true";
    if (name == "error_trace" && (value.empty() || value == "true")) shape.error_trace = ErrorTrace::kShown;
    if (name == "filter_path") shape.filter_path = value;
    if (name == "format" && !value.empty()) shape.yaml = value == "yaml";
  }
  return shape;
}

/// Applies filter_path, pretty and YAML to a JSON answer, and names its media type.
base::Status finish_json(const Shape& shape, const Negotiated& media, RestResponse& response) {
  if (response.content_type != kJson) return {};
  if (!shape.filter_path.empty() && !response.body.empty()) {
    ASSIGN_OR_RETURN(response.body, apply_filter_path(response.body, shape.filter_path));
  }
  response.content_type = media.json_content_type;
  if (response.body.empty()) return {};
  if (shape.yaml) {
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(response.body));
    response.body = to_yaml(document.root());
    response.content_type = "application/yaml";
  } else if (shape.pretty) {
    response.body = base::pretty_json(response.body);
  }
  return {};
}

/// The values of parameters that mean the same everywhere.
base::Status check_common(const RestRequest& request) {
  for (const std::string_view name : {"pretty", "human", "error_trace"}) RETURN_IF_ERROR(request.bool_param(name, false));
  for (const std::string_view name : {"timeout", "master_timeout"}) RETURN_IF_ERROR(request.time_param(name, {}));
  return {};
}

RestResponse error_response(const Error& error, ErrorTrace trace = ErrorTrace::kLeftOut) {
  RestResponse response;
  response.status = error_status(error);
  response.body = render_error(error, trace);
  if (error.code() == ErrorCode::kMethodNotAllowed) {
    for (const auto& [key, json] : error.metadata()) {
      if (key == "Allow") response.headers.set("Allow", json.substr(1, json.size() - 2));
    }
  }
  if (error.code() == ErrorCode::kSecurity) {
    for (const std::string_view challenge : kAuthenticationSchemes)
      response.headers.add("WWW-Authenticate", std::string(challenge));
  }
  return response;
}

net::Response to_net(RestResponse response) {
  net::Response out;
  out.status = response.status;
  out.headers = std::move(response.headers);
  out.headers.set("X-Elastic-Product", "Elasticsearch");
  if (!response.body.empty() || response.status != 204) out.headers.set("Content-Type", response.content_type);
  out.body = std::move(response.body);
  return out;
}

}  // namespace

base::Result<RestResponse> Dispatcher::run(const net::Request& request, const base::Cancellation& cancellation) const {
  Authentication authentication;
  if (authenticator_ != nullptr) {
    ASSIGN_OR_RETURN(authentication, authenticator_->authenticate(request));
  }
  ASSIGN_OR_RETURN(Router::Match match, router_.route(request, cancellation));
  if (authenticator_ != nullptr) match.request.authentication_ = &authentication;
  RETURN_IF_ERROR(check_common(match.request));
  RETURN_IF_ERROR(check_parameters(split_target(request.target).path, match.request.params(), match.handler->parameters()));
  if (!match.handler->accepts_ndjson() && !request.body.empty()) {
    const auto type = parse_media_type(request.headers.get("Content-Type"));
    if (type && type->format == MediaFormat::kNdjson) {
      return Error(ErrorCode::kContentTypeNotSupported, "Content-Type header [{}] is not supported",
                   request.headers.get("Content-Type"));
    }
  }
  return match.handler->handle(match.request);
}

net::Response Dispatcher::answer(const net::Request& request, const base::Cancellation& cancellation) const {
  Negotiated media;
  RestResponse response;
  if (request.method == "OPTIONS") {
    response.headers.set("Allow", router_.allowed_methods(split_target(request.target).path));
    response.content_type = "text/plain; charset=UTF-8";
    return to_net(std::move(response));
  }
  auto negotiated = negotiate(request.headers, request.body);
  if (negotiated) media = *negotiated;
  base::Result<RestResponse> result = negotiated ? run(request, cancellation) : base::Result<RestResponse>(negotiated.error());
  Shape shape = shape_of(request, media);
  response = result ? *std::move(result) : error_response(result.error(), shape.error_trace);
  if (!result) shape.filter_path.clear();  // an error is shown whole
  if (const base::Status finished = finish_json(shape, media, response); !finished) {
    response = error_response(finished.error(), shape.error_trace);
    response.content_type = media.json_content_type;
  }
  return to_net(std::move(response));
}

net::Response Dispatcher::handle(const net::Request& request, const base::Cancellation& cancellation) const {
  const auto start = std::chrono::steady_clock::now();
  net::Response response;
  try {
    response = answer(request, cancellation);
  } catch (const std::bad_alloc&) {
    response =
        to_net(error_response(Error(ErrorCode::kCircuitBreaking, "[request] Data too large: not enough memory for this request")));
  } catch (const std::exception& fault) {
    base::log_error("request {} {} failed: {}", request.method, request.target, fault.what());
    response = to_net(error_response(Error(ErrorCode::kInternal, "unexpected failure: {}", fault.what())));
  }
  if (const std::string_view id = request.headers.get("X-Opaque-Id"); !id.empty())
    response.headers.set("X-Opaque-Id", std::string(id));
  metrics_.record(response.status, std::chrono::steady_clock::now() - start);
  return response;
}

net::Response Dispatcher::fault(int status, std::string_view reason) const {
  RestResponse response;
  response.status = status;
  response.body = render_fault(status, reason);
  metrics_.record(status, std::chrono::nanoseconds(0));
  return to_net(std::move(response));
}

}  // namespace selene::rest
