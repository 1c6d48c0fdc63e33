#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/segments/snapshot.h"
#include "ingest/scripts/script.h"
#include "search/request/search_service.h"

namespace selene::ingest {

/// The body of an update: `{doc, upsert, doc_as_upsert, detect_noop, script, scripted_upsert, _source}`. Values view `document`.
struct UpdateRequest {
  base::JsonDocument document;
  base::JsonValue doc;
  base::JsonValue upsert;
  bool doc_as_upsert = false;
  bool detect_noop = true;
  std::shared_ptr<const Script> script;
  bool scripted_upsert = false;
  std::optional<search::SourceFilter> source_filter;

  /// Errors: kXContentParse (`[1:2] [UpdateRequest] unknown field [foo]`), kActionRequestValidation, those of Script::compile.
  static base::Result<UpdateRequest> parse(std::string_view body);
};

/// What an update makes of a document.
struct UpdatePlan {
  enum class Kind : uint8_t { kInsert, kReplace, kNoop, kDelete } kind = Kind::kReplace;
  std::string source;  ///< the new one; for kNoop the present one
};
/// What a script sees of the document beside its source.
struct UpdateTarget {
  std::string_view index;
  std::string_view id;
};
/// `current`: empty if there is no such document. Errors: kDocumentMissing `[1]: document missing`, kScript. Pure.
base::Result<UpdatePlan> plan_update(const UpdateRequest& request, const std::optional<index::StoredDocument>& current,
                                     const UpdateTarget& target);

/// Writes `base` with `patch` merged in: objects member by member, anything else replaced; new members stand last. True if that
/// changed something. REQUIRES: both are objects. Source: Elasticsearch's XContentHelper.update.
bool merge_objects(base::JsonValue base_value, base::JsonValue patch, base::JsonWriter& out);
/// Equal as values: numbers by type and value, objects whatever the order of their members.
bool json_equal(base::JsonValue a, base::JsonValue b);

}  // namespace selene::ingest
