#pragma once

#include <memory>
#include <string_view>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"

namespace selene::ingest {

/// A new index with the settings and mappings of `source`, and on top of them what `body` ({settings, aliases}) says; blocks of the
/// source are left out. `number_of_shards`: unless `body` names it. Errors: those of Catalog::create.
base::Result<std::shared_ptr<index::Index>> create_like(index::Catalog& catalog, const index::Index& source, std::string_view name,
                                                        base::JsonValue body, int32_t number_of_shards);

/// All documents of one index into an empty other one, with their versions and routing. Refreshes the target. Errors: kIo,
/// kTaskCancelled, a document that the target refuses.
base::Status copy_documents(const index::Index& source, const index::Index& target, const base::Cancellation& cancellation);

}  // namespace selene::ingest
