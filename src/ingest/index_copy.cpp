#include "ingest/index_copy.h"

#include <vector>

#include "base/json/json_tree.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;

namespace {

constexpr size_t kBatch = 1000;

/// Settings that belong to one index alone.
bool is_own(std::string_view name) {
  return name == "index.uuid" || name == "index.creation_date" || name == "index.provided_name" ||
         name == "index.verified_before_close" || name.starts_with("index.version.") || name.starts_with("index.blocks.");
}

/// A list stands in the flat map as JSON text.
JsonTree setting_value(const std::string& text) {
  if (text.starts_with('[')) {
    if (const auto list = base::JsonDocument::parse(text); list && list->root().is_array()) return JsonTree::from(list->root());
  }
  return JsonTree(text);
}

void flatten(const std::string& path, const JsonTree& value, JsonTree& out) {
  if (value.is_object()) {
    for (const JsonTree::Member& member : value.as_object())
      flatten(path.empty() ? member.key : path + "." + member.key, member.value, out);
    return;
  }
  out.set(path.starts_with("index.") ? path : "index." + path, value);
}

}  // namespace

base::Result<std::shared_ptr<index::Index>> create_like(index::Catalog& catalog, const index::Index& source, std::string_view name,
                                                        base::JsonValue body, int32_t number_of_shards) {
  JsonTree settings = JsonTree::object();
  for (const auto& [setting, value] : source.settings.flat) {
    if (!is_own(setting)) settings.set(setting, setting_value(value));
  }
  settings.set("index.number_of_shards", JsonTree(std::to_string(number_of_shards)));
  if (body["settings"].is_object()) flatten("", JsonTree::from(body["settings"]), settings);
  base::JsonWriter creation;
  creation.begin_object().key("settings");
  settings.write(creation);
  creation.key("mappings");
  source.engine->mapping()->write_json(creation);
  if (body["aliases"].is_object()) creation.key("aliases").value(body["aliases"]);
  creation.end_object();
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(creation.text()));
  return catalog.create(name, document.root());
}

base::Status copy_documents(const index::Index& source, const index::Index& target, const base::Cancellation& cancellation) {
  RETURN_IF_ERROR(source.engine->refresh());
  const auto snapshot = source.engine->snapshot();
  std::vector<index::StoredDocument> documents;
  const auto write = [&]() -> base::Status {
    std::vector<index::WriteOp> ops;
    for (const index::StoredDocument& document : documents) {
      index::WriteOp op;
      op.id = document.id;
      op.source = document.source;
      op.inference = document.inference;
      op.routing = document.routing;
      op.version = document.version;
      op.version_type = index::VersionType::kExternal;
      ops.push_back(std::move(op));
    }
    for (auto& result : target.engine->apply(ops)) RETURN_IF_ERROR(result);
    documents.clear();
    return {};
  };
  for (const index::SegmentView& view : snapshot->segments()) {
    for (index::DocId doc = 0; doc < view.reader->max_doc(); ++doc) {
      if (!view.live(doc)) continue;
      ASSIGN_OR_RETURN(index::StoredDocument document, snapshot->document(view.doc_base + doc));
      documents.push_back(std::move(document));
      if (documents.size() < kBatch) continue;
      if (cancellation.should_stop()) return Error(ErrorCode::kTaskCancelled, "task cancelled");
      RETURN_IF_ERROR(write());
    }
  }
  RETURN_IF_ERROR(write());
  return target.engine->refresh();
}

}  // namespace selene::ingest
