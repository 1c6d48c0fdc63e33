#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json/json_writer.h"

namespace selene::rest {

/// The values of `WWW-Authenticate` of a 401, as its headers and its body name them.
inline constexpr std::string_view kAuthenticationSchemes[] = {R"(Basic realm="security", charset="UTF-8")", "ApiKey"};

/// Whether each error says `stack_trace` as with `?error_trace`: its type and reason, then those of its causes.
enum class ErrorTrace : uint8_t { kLeftOut, kShown };
/// The whole answer body: `{"error":{"root_cause":[..],"type":..,"reason":..,..},"status":400}`, or the plain
/// `{"error":"..","status":405}` of the codes that Elasticsearch answers so.
std::string render_error(const base::Error& error, ErrorTrace trace = ErrorTrace::kLeftOut);
/// The object under "error" of an item of `_bulk`, `_mget`, `_msearch`: type, reason, metadata, caused_by.
void write_error_object(base::JsonWriter& out, const base::Error& error);
/// The same with root_cause first, as at the top of an answer.
void write_error_with_root_cause(base::JsonWriter& out, const base::Error& error, ErrorTrace trace = ErrorTrace::kLeftOut);
/// An answer to a fault below the level of a request; `status` as it is.
std::string render_fault(int status, std::string_view reason);

}  // namespace selene::rest
