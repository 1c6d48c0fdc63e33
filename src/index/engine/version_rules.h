#pragma once

#include <optional>

#include "base/result.h"
#include "index/engine/index_engine.h"

namespace selene::index {

/// What the store knows of a document before a write: nothing, a version, or the version a deleted one had.
struct CurrentVersion {
  int64_t version = 0;
  int64_t seq_no = 0;
  bool deleted = false;
};
inline constexpr int64_t kPrimaryTerm = 1;

/// The version a write gets, or why it may not happen: kVersionConflict with Elasticsearch's words, kActionRequestValidation for a
/// version with internal versioning. `current`: empty if the document never was.
/// Source: Elasticsearch, VersionType and VersionConflictEngineException.
base::Result<int64_t> next_version(const WriteOp& op, const std::optional<CurrentVersion>& current);

}  // namespace selene::index
