#pragma once

#include <string>
#include <string_view>

#include "base/json/json_writer.h"
#include "ingest/document_service.h"

namespace selene::rest {

/// 201, 200 or 404.
int outcome_status(const ingest::DocumentOutcome& outcome);
/// Members of a write's answer, `_index` to `_primary_term` (and `get`), without the braces.
void write_outcome(base::JsonWriter& out, const ingest::DocumentOutcome& outcome, int32_t number_of_replicas);

/// `number_of_replicas` by index name, remembering the last one asked. One thread.
class ReplicaLookup {
 public:
  explicit ReplicaLookup(const index::Catalog& catalog) : catalog_(catalog) {}
  int32_t operator()(std::string_view index);

 private:
  const index::Catalog& catalog_;
  std::string name_;
  int32_t replicas_ = 1;
};

}  // namespace selene::rest
