#pragma once

#include <vector>

#include "base/json/json_tree.h"
#include "base/result.h"
#include "ingest/scripts/script_tree.h"

namespace selene::ingest {

/// Walks the statements once. `ctx` and `params` are what the script sees under these names. Gives what `return` said, or null.
/// Errors: kIllegalArgument, in Painless's words where it has some.
base::Result<base::JsonTree> run_script(const std::vector<ScriptStatement>& statements, base::JsonTree& ctx,
                                        const base::JsonTree& params);

}  // namespace selene::ingest
