#pragma once

#include <string_view>

#include "base/error.h"

namespace selene::rest {

/// How one ErrorCode looks to a client.
struct ErrorEntry {
  base::ErrorCode code;
  std::string_view type;  ///< "illegal_argument_exception"; empty: rendered as a plain {"error": text}
  int status;             ///< 0: that of the cause
  bool elasticsearch;     ///< an exception type of Elasticsearch's own, not one of Java's: decides what root_cause shows
};

/// The one place that knows types and statuses. Total: every code has an entry (tested).
const ErrorEntry& error_entry(base::ErrorCode code);
/// HTTP status of an error; wrappers (search phase, inference) take that of their cause, 500 without one.
int error_status(const base::Error& error);

}  // namespace selene::rest
