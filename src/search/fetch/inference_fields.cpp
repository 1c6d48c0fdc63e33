#include "search/fetch/inference_fields.h"

#include <algorithm>
#include <map>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "index/mapping/semantic_text.h"

namespace selene::search {
namespace {

constexpr std::string_view kInferenceFields = "_inference_fields";

void write_chunks(base::JsonValue chunks, base::JsonWriter& out) {
  std::map<std::string_view, std::vector<base::JsonValue>> by_field;
  for (const base::JsonValue chunk : chunks.as_array()) by_field[chunk["field"].as_string()].push_back(chunk);
  out.begin_object();
  for (const auto& [field, found] : by_field) {
    out.key(field).begin_array();
    for (const base::JsonValue chunk : found) {
      out.begin_object();
      for (const std::string_view key : {"start_offset", "end_offset", "embeddings"}) out.key(key).value(chunk[key]);
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
}

}  // namespace

bool asks_for_inference_fields(const std::vector<FieldRequest>& requests) {
  return std::ranges::any_of(requests, [](const FieldRequest& request) { return request.pattern == kInferenceFields; });
}

std::string with_inference_fields(std::string source, const index::StoredDocument& stored, const index::Mapping& mapping) {
  if (stored.inference.empty()) return source;
  const auto inference = base::JsonDocument::parse(stored.inference);
  if (!inference.has_value()) return source;
  base::JsonWriter out;
  out.begin_object();
  for (const base::JsonMember member : inference->root().as_object()) {
    const index::MappedField* const field = mapping.find(member.key);
    if (field == nullptr || field->semantic == nullptr) continue;
    out.key(member.key).begin_object().key("inference").begin_object();
    out.key("inference_id").value(member.value["inference_id"]);
    if (field->semantic->model_settings) out.key("model_settings").raw(field->semantic->model_settings->to_json());
    out.key("chunks");
    write_chunks(member.value["chunks"], out);
    out.end_object().end_object();
  }
  const std::string member =
      base::JsonWriter().begin_object().key(kInferenceFields).raw(out.end_object().text()).end_object().take();
  const size_t end = source.rfind('}');
  const bool is_empty = source.find_last_not_of(" \t\r\n", end - 1) == source.find('{');
  source.replace(end, std::string::npos, (is_empty ? "" : ",") + member.substr(1));
  return source;
}

}  // namespace selene::search
