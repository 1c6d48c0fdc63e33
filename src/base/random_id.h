#pragma once

#include <string>

namespace selene::base {

/// 22 URL-safe base64 characters of 128 random bits: index and cluster uuids. Thread-safe.
std::string random_uuid();

/// 20 URL-safe base64 characters, unique within and between processes, mostly ascending, so that neighbouring ids share prefixes
/// and compress well: a counter, the time in ms and a per-process random part (the idea of Elasticsearch's time-based ids).
/// Thread-safe.
std::string random_document_id();

}  // namespace selene::base
