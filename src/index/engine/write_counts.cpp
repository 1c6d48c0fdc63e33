#include "index/engine/write_counts.h"

namespace selene::index {

void count_writes(OperationCounters& counters, std::span<const WriteOp> ops, std::span<const base::Result<WriteResult>> results,
                  std::chrono::nanoseconds took) {
  int64_t indexed = 0;
  int64_t conflicts = 0;
  int64_t deleted = 0;
  for (size_t i = 0; i < ops.size(); ++i) {
    const bool deletes = ops[i].type == OpType::kDelete;
    if (results[i]) {
      ++(deletes ? deleted : indexed);
    } else if (!deletes && results[i].error().code() == base::ErrorCode::kVersionConflict) {
      ++conflicts;
    }
  }
  const auto share = [&](int64_t count) { return took * count / static_cast<int64_t>(ops.size()); };
  if (indexed > 0) counters.add(Operation::kIndex, share(indexed), indexed);
  if (deleted > 0) counters.add(Operation::kDelete, share(deleted), deleted);
  if (conflicts > 0) counters.fail(Operation::kIndex, conflicts);
}

}  // namespace selene::index
