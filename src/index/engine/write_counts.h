#pragma once

#include <chrono>
#include <span>

#include "index/engine/index_engine.h"
#include "index/engine/operation_counters.h"

namespace selene::index {

/// Of what fails, only conflicts of documents to be indexed are counted, as in Elasticsearch: a document that cannot be parsed
/// never reaches its engine. The time of the batch is shared among its operations.
/// REQUIRES: one result for each operation.
void count_writes(OperationCounters& counters, std::span<const WriteOp> ops, std::span<const base::Result<WriteResult>> results,
                  std::chrono::nanoseconds took);

}  // namespace selene::index
