#include "index/analysis/analyzer_registry.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr size_t kMaxTokens = 10000;  // index.analyze.max_token_count
constexpr uint32_t kPositionGap = 100;

base::Result<std::vector<std::string>> texts_of(JsonValue text) {
  std::vector<std::string> texts;
  if (text.is_string()) texts.emplace_back(text.as_string());
  if (text.is_array()) {
    for (const JsonValue element : text.as_array()) {
      if (!element.is_string()) return Error(ErrorCode::kIllegalArgument, "[text] must be a string or an array of strings");
      texts.emplace_back(element.as_string());
    }
  }
  if (texts.empty()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: text is missing;");
  return texts;
}

/// An analyzer made of the body's tokenizer and filters: the same entry that an index's settings would have.
base::Result<std::shared_ptr<const index::Analyzer>> custom_analyzer(JsonValue body) {
  base::JsonWriter settings;
  settings.begin_object().key("analyzer").begin_object().key("_custom_").begin_object().field("type", "custom");
  settings.key("tokenizer");
  body["tokenizer"].exists() ? settings.value(body["tokenizer"]) : settings.value("keyword");
  for (const std::string_view part : {"filter", "char_filter"}) {
    if (body[part].exists()) settings.key(part).value(body[part]);
  }
  settings.end_object().end_object().end_object();
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(settings.text()));
  ASSIGN_OR_RETURN(const auto registry, index::AnalyzerRegistry::create(document.root()));
  return registry->find("_custom_");
}

base::Result<std::shared_ptr<const index::Analyzer>> choose_analyzer(const index::Index* index, JsonValue body) {
  if (body["tokenizer"].exists() || body["filter"].exists() || body["char_filter"].exists()) return custom_analyzer(body);
  if (body["normalizer"].exists()) return Error(ErrorCode::kIllegalArgument, "[normalizer] is not supported by this call");
  if (body["field"].is_string()) {
    const std::string_view name = body["field"].as_string();
    if (index == nullptr) return Error(ErrorCode::kIllegalArgument, "analysis based on a specific field requires an index");
    const index::MappedField* field = index->engine->mapping()->find(name);
    if (field != nullptr && field->analyzer != nullptr) return field->analyzer;
    if (field != nullptr) {
      return Error(ErrorCode::kIllegalArgument,
                   "Can't process field [{}], Analysis requests are only supported on tokenized fields", name);
    }
  }
  const std::string_view name = body["analyzer"].is_string() ? body["analyzer"].as_string() : "standard";
  std::shared_ptr<const index::AnalyzerRegistry> registry;
  if (index != nullptr) {
    registry = index->engine->mapping()->analyzers();
  } else {
    ASSIGN_OR_RETURN(registry, index::AnalyzerRegistry::create({}));
  }
  auto analyzer = registry->find(name);
  if (analyzer != nullptr) return analyzer;
  return Error(ErrorCode::kIllegalArgument, "failed to find {}analyzer [{}]", index == nullptr ? "global " : "", name);
}

base::Status write_tokens(const index::Analyzer& analyzer, const std::vector<std::string>& texts, base::JsonWriter& out) {
  index::TokenBuffer tokens;
  uint32_t first_position = 0, first_offset = 0;
  size_t count = 0;
  for (const std::string& text : texts) {
    analyzer.analyze(text, tokens);
    uint32_t last_position = first_position, last_offset = first_offset;
    for (const index::TokenBuffer::Token& token : tokens.tokens()) {
      if (++count > kMaxTokens) {
        return Error(ErrorCode::kIllegalState,
                     "The number of tokens produced by calling _analyze has exceeded the allowed maximum of [{}].", kMaxTokens);
      }
      last_position = first_position + token.position;
      last_offset = first_offset + token.end_offset;
      out.begin_object()
          .field("token", tokens.term(token))
          .field("start_offset", first_offset + token.start_offset)
          .field("end_offset", last_offset);
      out.field("type", index::token_type_name(token.type)).field("position", last_position).end_object();
    }
    first_position = last_position + kPositionGap + 1;
    first_offset = last_offset + 1;
  }
  return {};
}

}  // namespace

base::Result<RestResponse> analyze(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  std::shared_ptr<index::Index> index;
  if (!request.path_param("index").empty()) {
    ASSIGN_OR_RETURN(index, resolve_one(services.catalog, request.path_param("index")));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> texts, texts_of(body.root()["text"]));
  ASSIGN_OR_RETURN(const auto analyzer, choose_analyzer(index.get(), body.root()));
  base::JsonWriter out;
  out.begin_object().key("tokens").begin_array();
  RETURN_IF_ERROR(write_tokens(*analyzer, texts, out));
  return json_response(out.end_array().end_object().take());
}

}  // namespace selene::rest
