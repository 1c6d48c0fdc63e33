#include "search/request/query_calls.h"

#include <optional>

#include "base/clock.h"
#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/backends/local_backend.h"
#include "search/fetch/fetch_phase.h"
#include "search/query/parse_support.h"
#include "search/query/query_inference.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// The `query` of a body that may hold nothing else; null: none.
Result<QueryPtr> parse_body(const base::JsonDocument& body) {
  if (!body.root().exists()) return QueryPtr();
  const QueryParser at{&body, 0};
  if (!body.root().is_object())
    return parsing_error(at, body.root(), base::format("Expected [START_OBJECT] but found [{}]", token_name(body.root())));
  QueryPtr query;
  for (const auto [key, value] : body.root().as_object()) {
    if (key != "query") return parsing_error(at, value, base::format("request does not support [{}]", key));
    QueryParser parser{&body, 0};
    ASSIGN_OR_RETURN(query, parse_query(parser, value));
  }
  return query;
}

/// Where a document of this id stands in the snapshot.
std::optional<std::pair<SegmentContext, DocId>> find_document(const index::Snapshot& snapshot, std::string_view id) {
  for (size_t ordinal = 0; ordinal < snapshot.segments().size(); ++ordinal) {
    const index::SegmentView& view = snapshot.segments()[ordinal];
    const std::optional<DocId> doc = view.reader->find_id(id);
    if (doc && view.live(*doc)) return std::pair{SegmentContext{view, ordinal}, *doc};
  }
  return std::nullopt;
}

base::Status write_document(const index::Snapshot& snapshot, DocId doc, const SourceFilter& source, base::JsonWriter& out) {
  ASSIGN_OR_RETURN(const index::StoredDocument stored, snapshot.document(doc));
  out.key("get").begin_object().field("_seq_no", stored.seq_no).field("_primary_term", stored.primary_term).field("found", true);
  if (source.enabled) {
    ASSIGN_OR_RETURN(const std::string shown, filter_source(stored.source, source));
    out.key("_source").raw(shown);
  }
  out.end_object();
  return {};
}

/// An error with its causes, as `_validate/query` shows it.
std::string described(const Error& error) {
  std::string text = error.reason();
  for (const Error* cause = error.cause(); cause != nullptr; cause = cause->cause()) text += "; " + cause->reason();
  return text;
}

}  // namespace

Result<ExplainAnswer> explain_document(const index::Index& index, std::string_view id, const base::JsonDocument& body,
                                       const SourceFilter* source, QueryInference& inference) {
  ASSIGN_OR_RETURN(const QueryPtr query, parse_body(body));
  if (query == nullptr) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: query is missing;");
  const std::shared_ptr<const index::Snapshot> snapshot = index.engine->snapshot();
  base::JsonWriter out;
  out.begin_object().field("_index", index.name).field("_id", id);
  const auto found = find_document(*snapshot, id);
  if (!found) return ExplainAnswer{out.field("matched", false).end_object().take(), false};
  const BindContext context{.snapshot = *snapshot,
                            .now_ms = base::wall_clock_ms(),
                            .default_fields = &index.settings.query_default_field,
                            .inference = &inference};
  Result<WeightPtr> weight = query->weight(context, ScoreMode::kComplete, 1);
  if (std::optional<Error> failure = inference.failure()) return std::move(*failure);
  if (!weight.has_value()) return all_shards_failed({{index.name, query_creation_error(std::move(weight).error(), index)}});
  const auto& [segment, doc] = *found;
  const Explanation explanation = (*weight)->explain(segment, doc);
  out.field("matched", explanation.match).key("explanation");
  write_explanation(explanation, out);
  if (source != nullptr)
    RETURN_IF_ERROR(write_document(*snapshot, segment.view.doc_base + doc, source->for_index(index, snapshot->mapping()), out));
  return ExplainAnswer{out.end_object().take(), true};
}

std::string validate_query(const std::vector<std::shared_ptr<index::Index>>& indices, const base::JsonDocument& body,
                           ValidateDetail detail, QueryInference& inference) {
  base::JsonWriter out;
  const Result<QueryPtr> query = parse_body(body);
  if (!query.has_value()) {
    out.begin_object().field("valid", false);
    if (detail == ValidateDetail::kExplain) out.field("error", described(query.error()));
    return out.end_object().take();
  }
  bool valid = true;
  base::JsonWriter explanations;
  explanations.begin_array();
  for (const std::shared_ptr<index::Index>& index : indices) {
    const std::shared_ptr<const index::Snapshot> snapshot = index->engine->snapshot();
    const BindContext context{.snapshot = *snapshot,
                              .now_ms = base::wall_clock_ms(),
                              .default_fields = &index->settings.query_default_field,
                              .inference = &inference};
    WeightPtr all = std::make_unique<MatchAllWeight>(1.0F);
    Result<WeightPtr> weight =
        *query == nullptr ? Result<WeightPtr>(std::move(all)) : (*query)->weight(context, ScoreMode::kComplete, 1);
    explanations.begin_object().field("index", index->name).field("valid", weight.has_value());
    if (weight.has_value()) {
      explanations.field("explanation", (*weight)->description());
    } else {
      valid = false;
      const Error error = query_creation_error(std::move(weight).error(), *index);
      explanations.field("error", base::format("[{}/{}] {}", index->name, index->uuid, described(error)));
    }
    explanations.end_object();
  }
  explanations.end_array();
  out.begin_object().key("_shards").begin_object();
  out.field("total", 1).field("successful", 1).field("failed", 0).end_object().field("valid", valid);
  if (detail == ValidateDetail::kExplain) out.key("explanations").raw(explanations.text());
  return out.end_object().take();
}

}  // namespace selene::search
