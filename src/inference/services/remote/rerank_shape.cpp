#include "inference/services/remote/rerank_shape.h"

#include "base/format.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {

std::string rerank_body(const RerankShape& shape, const std::optional<std::string>& model, const RerankCall& call) {
  base::JsonWriter out;
  out.begin_object();
  if (model.has_value() && !shape.model_key.empty()) out.field(shape.model_key, *model);
  out.field("query", call.query);
  write_strings(out, shape.documents_key, call.documents);
  if (call.return_documents.has_value() && !shape.return_documents_key.empty())
    out.field(shape.return_documents_key, *call.return_documents);
  if (call.top_n.has_value() && !shape.top_n_key.empty()) out.field(shape.top_n_key, *call.top_n);
  for (const std::string_view key : shape.passed_on) {
    if (const base::JsonValue value = call.task_settings[key]; !value.is_null()) out.field(key, value);
  }
  return out.end_object().take();
}

base::Result<std::vector<RankedDoc>> parse_rerank_answer(const RerankShape& shape, std::string_view body, size_t num_documents) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, shape.service));
  base::JsonValue results = document.root();
  if (!shape.results_key.empty()) {
    results = document.root()[shape.results_key];
    if (!results.exists()) return missing_field(shape.results_key, shape.service, "rerank");
  }
  return read_ranked_docs(results, shape.index_key, shape.score_key, num_documents, shape.service);
}

void KeyedSettings::write(base::JsonWriter& out) const {
  if (model_id.has_value()) out.field(model_name, *model_id);
  if (url.has_value()) out.field("url", *url);
}

void check_url(const std::optional<std::string>& url, Validation& validation) {
  if (!url.has_value() || url->starts_with("https://") || url->starts_with("http://")) return;
  validation.add(
      base::format("[service_settings] Invalid url [{}] received for field [url]. Error: it must begin with https://", *url));
}

KeyedSettings read_keyed_settings(SettingsReader& settings, Presence model_id, Presence url, Validation& validation) {
  KeyedSettings read;
  read.api_key = settings.required_string("api_key");
  read.model_id = model_id == Presence::kRequired ? settings.required_string("model_id") : settings.optional_string("model_id");
  read.url = url == Presence::kRequired ? settings.required_string("url") : settings.optional_string("url");
  if (url == Presence::kOptional || !read.url->empty()) check_url(read.url, validation);
  return read;
}

base::Result<net::ClientRequest> ShapedRerankModel::rerank_request(const RerankCall& call) const {
  return json_post(settings_.url.value_or(std::string(shape_.default_url)), settings_.api_key,
                   rerank_body(shape_, settings_.model_id, call));
}

base::Result<std::vector<RankedDoc>> ShapedRerankModel::parse_rerank(std::string_view body, size_t num_documents) const {
  return parse_rerank_answer(shape_, body, num_documents);
}

}  // namespace selene::inference
