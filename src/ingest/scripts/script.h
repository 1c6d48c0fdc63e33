#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_tree.h"
#include "base/result.h"

namespace selene::ingest {

struct ScriptStatement;

/// A script on one document, in the part of Painless that updates use: assignments (`ctx._source.f = params.x`, `+=`, ...),
/// `ctx.op = 'none'`, `if`/`else`, `return`, local scalars, arithmetic, comparisons, `?:`, list and map literals, and calls on
/// values (`contains`, `add`, `remove`, `containsKey`, `toLowerCase`, ...). There are no loops: a run takes as long as its text.
/// Immutable, thread-safe.
class Script {
 public:
  /// `body`: {source, params, lang} or a source text. Errors: kScript `compile error` with a cause, kIllegalArgument (lang, id).
  static base::Result<std::shared_ptr<const Script>> compile(base::JsonValue body);
  ~Script();

  /// Runs on `ctx`, an object that the script reads and changes. What `return` gave, or null. Errors: kScript `runtime error` with
  /// a cause; `ctx` is then half changed.
  base::Result<base::JsonTree> run(base::JsonTree& ctx) const;

 private:
  Script();
  base::Status parse(base::JsonValue body);

  std::string source_;
  base::JsonTree params_;
  std::vector<ScriptStatement> statements_;
};

/// Whether a script's value counts as true. Errors: kScript, a value that is no boolean.
base::Result<bool> script_truth(const base::JsonTree& value);

}  // namespace selene::ingest
