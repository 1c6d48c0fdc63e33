#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/segments/snapshot.h"
#include "search/exec/weight.h"
#include "search/script/script.h"

namespace selene::search {

/// One entry of `script_fields`: a value of a hit that a script gives.
struct ScriptField {
  std::string name;
  std::shared_ptr<const Script> script;
  bool ignore_failure = false;  ///< a hit whose script fails has no such field
};

/// {"name": {"script", "ignore_failure"}}. Holds views of the request body. Errors: kParsing, kScript (also of a script that reads
/// `_score`, which hits no longer have).
base::Result<std::vector<ScriptField>> parse_script_fields(const base::JsonDocument* document, base::JsonValue value);

/// Writes members `"name":[values]` for one document; `out` stands inside an object. Errors: kScript `runtime error`.
base::Status write_script_fields(const std::vector<ScriptField>& fields, const index::Snapshot& snapshot,
                                 const SegmentContext& segment, DocId doc, base::JsonWriter& out);

}  // namespace selene::search
