#include "rest/handlers/rerank_api/rerank_api_handlers.h"

#include <algorithm>

#include "base/random_id.h"
#include "rest/error_table.h"
#include "rest/handlers/rerank_api/rerank_body.h"
#include "rest/handlers/support.h"

namespace selene::rest {

using base::Error;
using base::JsonValue;
using base::Result;

namespace {

/// Whose words an answer is in.
enum class Dialect : uint8_t { kTei, kV1, kV2 };

RestResponse tei_error(int status, std::string_view type, std::string_view reason) {
  base::JsonWriter out;
  out.begin_object().field("error", reason).field("error_type", type).end_object();
  return json_response(out.take(), status);
}

RestResponse message_error(Dialect dialect, int status, std::string_view reason) {
  base::JsonWriter out;
  out.begin_object().field("message", reason);
  if (dialect == Dialect::kV1) out.field("detail", reason);
  return json_response(out.end_object().take(), status);
}

RestResponse fault_response(Dialect dialect, const RerankBodyError& error) {
  if (dialect != Dialect::kTei) return message_error(dialect, 400, error.reason);
  if (error.fault == RerankFault::kEmpty) return tei_error(400, "Empty", error.reason);
  return tei_error(413, "Validation", error.reason);
}

RestResponse failure_response(Dialect dialect, const Error& error) {
  const int status = error_status(error);
  if (dialect != Dialect::kTei) return message_error(dialect, status, error.reason());
  if (status == 429) return tei_error(429, "Overloaded", error.reason());
  // A query that leaves texts no room is the caller's fault.
  if (error.code() == base::ErrorCode::kIllegalArgument) return tei_error(413, "Validation", error.reason());
  return tei_error(424, "Backend", error.reason());
}

struct Ranked {
  std::vector<inference::RankedDoc> docs;  ///< best first, cut to top_n
  inference::ScoreKind kind = inference::ScoreKind::kLogit;
};

Result<Ranked> run(const Services& services, const RestRequest& request, const RerankBody& body) {
  const std::string id = services.inference.rerank_endpoint_of(body.model);
  ASSIGN_OR_RETURN(const inference::RerankEndpointTraits traits, services.inference.rerank_traits(id));
  inference::RerankRequest call;
  call.query = body.query;
  call.inputs.assign(body.texts.begin(), body.texts.end());
  call.return_documents = false;
  Ranked ranked;
  ranked.kind = traits.score_kind;
  ASSIGN_OR_RETURN(ranked.docs, services.inference.rerank(id, call, request.cancellation()));
  std::stable_sort(ranked.docs.begin(), ranked.docs.end(), [](const inference::RankedDoc& a, const inference::RankedDoc& b) {
    return a.relevance_score != b.relevance_score ? a.relevance_score > b.relevance_score : a.index < b.index;
  });
  if (body.top_n.has_value()) ranked.docs.resize(std::min(ranked.docs.size(), static_cast<size_t>(*body.top_n)));
  return ranked;
}

std::string tei_answer(const RerankBody& body, const Ranked& ranked) {
  base::JsonWriter out;
  out.begin_array();
  for (const inference::RankedDoc& doc : ranked.docs) {
    out.begin_object().field("index", doc.index);
    if (body.return_documents) out.field("text", body.texts[static_cast<size_t>(doc.index)]);
    out.field("score", body.raw_scores ? doc.relevance_score : probability(doc.relevance_score, ranked.kind)).end_object();
  }
  return out.end_array().take();
}

void write_document(base::JsonWriter& out, JsonValue document) {
  if (document.is_object()) {
    out.value(document);
  } else {
    out.begin_object().field("text", document).end_object();
  }
}

/// Voyage's list, with the document as a bare string.
void write_voyage(base::JsonWriter& out, const RerankBody& body, const Ranked& ranked) {
  out.key("data").begin_array();
  for (const inference::RankedDoc& doc : ranked.docs) {
    out.begin_object().field("index", doc.index).field("relevance_score", probability(doc.relevance_score, ranked.kind));
    if (body.return_documents) out.field("document", body.texts[static_cast<size_t>(doc.index)]);
    out.end_object();
  }
  out.end_array();
}

/// Nobody here is billed: four bytes a token, as a rule of thumb.
int64_t estimated_tokens(const RerankBody& body) {
  size_t bytes = body.query.size() * body.texts.size();
  for (const std::string& text : body.texts) bytes += text.size();
  return static_cast<int64_t>((bytes + 3) / 4);
}

std::string cohere_answer(Dialect dialect, const RerankBody& body, const Ranked& ranked) {
  base::JsonWriter out;
  out.begin_object().field("id", base::random_uuid()).key("results").begin_array();
  for (const inference::RankedDoc& doc : ranked.docs) {
    out.begin_object().field("index", doc.index).field("relevance_score", probability(doc.relevance_score, ranked.kind));
    if (body.return_documents) {
      out.key("document");
      write_document(out, body.documents[static_cast<size_t>(doc.index)]);
    }
    out.end_object();
  }
  out.end_array().key("meta").begin_object().key("api_version").begin_object();
  out.field("version", dialect == Dialect::kV1 ? "1" : "2").end_object();
  out.key("billed_units").begin_object().field("search_units", 1).end_object().end_object();
  if (dialect == Dialect::kV1) {
    const int64_t tokens = estimated_tokens(body);
    out.field("model", body.model).field("object", "list");
    out.key("usage").begin_object().field("total_tokens", tokens).field("prompt_tokens", tokens).end_object();
    if (body.asks_top_k) write_voyage(out, body, ranked);
  }
  return out.end_object().take();
}

RestResponse answer(const Services& services, const RestRequest& request, Dialect dialect, JsonValue root) {
  RerankBody body;
  if (const auto fault = parse_rerank_body(root, dialect == Dialect::kTei ? "texts" : "documents", body))
    return fault_response(dialect, *fault);
  const auto ranked = run(services, request, body);
  if (!ranked.has_value()) return failure_response(dialect, ranked.error());
  return json_response(dialect == Dialect::kTei ? tei_answer(body, *ranked) : cohere_answer(dialect, body, *ranked));
}

RestResponse parsed_answer(const Services& services, const RestRequest& request, Dialect dialect) {
  const auto document = base::JsonDocument::parse(request.body());
  if (!document.has_value()) return message_error(dialect, 400, "invalid request: " + document.error().reason());
  return answer(services, request, dialect, document->root());
}

}  // namespace

Result<RestResponse> rerank_v1(const Services& services, const RestRequest& request) {
  return parsed_answer(services, request, Dialect::kV1);
}

Result<RestResponse> rerank_v2(const Services& services, const RestRequest& request) {
  return parsed_answer(services, request, Dialect::kV2);
}

Result<RestResponse> rerank_unversioned(const Services& services, const RestRequest& request) {
  const auto document = base::JsonDocument::parse(request.body());
  if (!document.has_value())
    return tei_error(422, "Tokenizer", "Failed to parse the request body as JSON: " + document.error().reason());
  const Dialect dialect = document->root()["documents"].exists() ? Dialect::kV1 : Dialect::kTei;
  return answer(services, request, dialect, document->root());
}

Result<RestResponse> rerank_info(const Services& services, const RestRequest&) {
  const std::string id = services.inference.rerank_endpoint_of("");
  ASSIGN_OR_RETURN(const inference::RerankEndpointTraits traits, services.inference.rerank_traits(id));
  base::JsonWriter out;
  out.begin_object().field("model_id", id).key("model_sha").null().field("model_dtype", "float32");
  out.key("model_type").begin_object().key("reranker").begin_object();
  out.key("id2label").begin_object().field("0", "LABEL_0").end_object();
  out.key("label2id").begin_object().field("LABEL_0", 0).end_object().end_object().end_object();
  out.field("max_input_length", traits.max_input_tokens).field("max_client_batch_size", kMaxClientBatchSize);
  out.field("auto_truncate", true).field("version", services.node.build_version);
  return json_response(out.end_object().take());
}

Result<RestResponse> rerank_health(const Services&, const RestRequest&) { return json_response({}); }

}  // namespace selene::rest
