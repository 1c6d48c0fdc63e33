#pragma once

#include <memory>
#include <string>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/script/script_syntax.h"

namespace selene::search {

/// A script of a request: source and params, parsed. Immutable, thread-safe. Holds views of the request body, which must outlive
/// it.
class Script {
 public:
  /// A source alone, or {"source", "params", "lang": "painless" | "expression"}. Errors: kScript `compile error` (with script,
  /// lang, position), kIllegalArgument (stored scripts, other languages, unknown keys).
  static base::Result<std::shared_ptr<const Script>> parse(base::JsonValue body);

  const ScriptTree& tree() const { return *tree_; }
  const std::string& source() const { return source_; }
  /// A missing value if there are none.
  base::JsonValue params() const { return params_; }

 private:
  std::string source_;
  base::JsonValue params_;
  std::unique_ptr<ScriptTree> tree_;
};

/// kScript: `reason` ("compile error", "runtime error") with the script, its language and the place, caused by `cause`.
base::Error script_error(const Script& script, std::string_view reason, size_t offset, base::Error cause);

}  // namespace selene::search
