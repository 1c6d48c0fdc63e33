#pragma once

#include <memory>

#include "base/json/json_writer.h"
#include "ingest/document_service.h"
#include "rest/rest_handler.h"

namespace selene::rest {

/// `wait_for_active_shards` and `timeout` of a write; null without the first. Errors: kIllegalArgument.
base::Result<std::shared_ptr<const ingest::WriteWait>> write_wait(const RestRequest& request);

/// Whether a write failed because too few copies are there. Its type and status are unavailable_shards_exception and 503.
bool is_unavailable(const base::Error& error);
constexpr int kUnavailableStatus = 503;
/// {"type", "reason"} of such a write.
void write_unavailable(base::JsonWriter& out, const base::Error& error);
/// The whole answer of a single document's write.
RestResponse unavailable_response(const base::Error& error);

/// `requests_per_second` of a call by query; -1: as fast as it goes, also where it is not given. Errors: kIllegalArgument.
base::Result<float> requests_per_second_of(const RestRequest& request);

}  // namespace selene::rest
