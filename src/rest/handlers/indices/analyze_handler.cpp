#include <cstdint>

#include "index/analysis/analyzer_registry.h"
#include "index/catalog/index_settings.h"
#include "rest/handlers/indices/analyze_checks.h"
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
  if (texts.empty()) return Error(ErrorCode::kIllegalArgument, "[text] must be a string or an array of strings");
  return texts;
}

/// How many of the body's char filters and token filters a custom analyzer takes, for looking at each stage.
struct Stages {
  bool tokenizer = true;  ///< false: none, the text comes out as one token
  size_t char_filters = SIZE_MAX;
  size_t filters = SIZE_MAX;
};

void write_first(base::JsonWriter& out, JsonValue list, size_t count) {
  out.begin_array();
  if (!list.is_array() && count > 0) out.value(list);
  if (list.is_array()) {
    for (const JsonValue element : list.as_array()) {
      if (count-- == 0) break;
      out.value(element);
    }
  }
  out.end_array();
}

/// The settings of an index that analysis depends on, each as JSON text; none for no index.
index::SettingValues analysis_of(const index::Index* index) {
  index::SettingValues values;
  if (index == nullptr) return values;
  for (const auto& [name, text] : index->settings.flat) {
    if (name.starts_with("index.analysis.") || name.starts_with("index.max_"))
      values[name] = text.starts_with('[') ? text : base::quote(text);
  }
  return values;
}

/// An analyzer made of the body's tokenizer and filters, which may be those of the index: the same entry that its settings would
/// have.
base::Result<std::shared_ptr<const index::Analyzer>> custom_analyzer(const index::Index* index, JsonValue body,
                                                                     const Stages& stages) {
  constexpr std::string_view kPrefix = "index.analysis.analyzer._custom_.";
  index::SettingValues settings = analysis_of(index);
  RETURN_IF_ERROR(check_analyze_parts(body, index == nullptr ? nullptr : &settings));
  const auto add = [&](std::string_view name, std::string json) {
    settings[std::string(kPrefix) + std::string(name)] = std::move(json);
  };
  const auto add_first = [&](std::string_view name, size_t count) {
    if (!body[name].exists()) return;
    base::JsonWriter list;
    write_first(list, body[name], count);
    add(name, list.take());
  };
  add("type", base::quote("custom"));
  add("tokenizer",
      stages.tokenizer && body["tokenizer"].exists() ? base::JsonWriter().value(body["tokenizer"]).take() : base::quote("keyword"));
  add_first("filter", stages.filters);
  add_first("char_filter", stages.char_filters);
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(index::analysis_json(settings)));
  ASSIGN_OR_RETURN(const auto registry, index::AnalyzerRegistry::create(document.root(), index::analysis_limits(settings)));
  return registry->find("_custom_");
}

base::Result<std::shared_ptr<const index::Analyzer>> choose_normalizer(const index::Index& index, std::string_view name) {
  auto normalizer = index.engine->mapping()->analyzers()->find_normalizer(name);
  if (normalizer == nullptr) return Error(ErrorCode::kIllegalArgument, "failed to find normalizer under [{}]", name);
  return normalizer;
}

base::Result<std::shared_ptr<const index::Analyzer>> choose_analyzer(const index::Index* index, JsonValue body) {
  if (has_analyze_parts(body)) return custom_analyzer(index, body, {});
  if (body["normalizer"].is_string()) return choose_normalizer(*index, body["normalizer"].as_string());
  if (body["field"].is_string()) {
    const std::string_view name = body["field"].as_string();
    if (index == nullptr) return Error(ErrorCode::kIllegalArgument, "analysis based on a specific field requires an index");
    const auto mapping = index->engine->mapping();
    const index::MappedField* field = mapping->find(name);
    if (field != nullptr && field->analyzer != nullptr) return field->analyzer;
    if (field != nullptr && field->type == index::FieldType::kKeyword) {
      if (field->normalizer != nullptr) return field->normalizer;
      return mapping->analyzers()->find("keyword");
    }
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

enum class Detail : uint8_t { kPlain, kExplained };

/// "[61 c3 a4]": the bytes of a term.
std::string bytes_text(std::string_view term) {
  std::string out = "[";
  for (const char c : term) out += base::format("{}{:x}", out.size() > 1 ? " " : "", static_cast<unsigned char>(c));
  return out + "]";
}

base::Status write_tokens(const index::Analyzer& analyzer, const std::vector<std::string>& texts, Detail detail,
                          base::JsonWriter& out) {
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
      out.field("type", index::token_type_name(token.type)).field("position", last_position);
      if (detail == Detail::kPlain && token.position_length > 1) out.field("positionLength", token.position_length);
      if (detail == Detail::kExplained) {
        out.field("bytes", bytes_text(tokens.term(token))).field("keyword", token.keyword);
        out.field("positionLength", token.position_length).field("termFrequency", 1);
      }
      out.end_object();
    }
    first_position = last_position + kPositionGap + 1;
    first_offset = last_offset + 1;
  }
  return {};
}

base::Status write_stage(base::JsonWriter& out, std::string_view name, const index::Analyzer& analyzer,
                         const std::vector<std::string>& texts) {
  out.begin_object().field("name", name).key("tokens").begin_array();
  RETURN_IF_ERROR(write_tokens(analyzer, texts, Detail::kExplained, out));
  out.end_array().end_object();
  return {};
}

/// A component given by name, or made on the spot.
std::string component_name(JsonValue component, std::string_view made) {
  return component.is_string() ? std::string(component.as_string()) : std::string(made);
}

std::vector<JsonValue> elements_of(JsonValue list) {
  std::vector<JsonValue> elements;
  if (list.is_array()) {
    for (const JsonValue element : list.as_array()) elements.push_back(element);
  } else if (list.exists()) {
    elements.push_back(list);
  }
  return elements;
}

/// What each char filter, the tokenizer and each token filter makes of the texts.
base::Status write_stages(const index::Index* index, JsonValue body, const std::vector<std::string>& texts, base::JsonWriter& out) {
  const std::vector<JsonValue> char_filters = elements_of(body["char_filter"]);
  const std::vector<JsonValue> filters = elements_of(body["filter"]);
  out.field("custom_analyzer", true);
  if (!char_filters.empty()) out.key("charfilters").begin_array();
  for (size_t i = 0; i < char_filters.size(); ++i) {
    ASSIGN_OR_RETURN(const auto analyzer, custom_analyzer(index, body, {false, i + 1, 0}));
    out.begin_object().field("name", component_name(char_filters[i], "__anonymous__")).key("filtered_text").begin_array();
    index::TokenBuffer tokens;
    for (const std::string& text : texts) {
      analyzer->analyze(text, tokens);
      out.value(tokens.tokens().empty() ? std::string_view() : tokens.term(tokens.tokens().front()));
    }
    out.end_array().end_object();
  }
  if (!char_filters.empty()) out.end_array();
  if (body["tokenizer"].exists()) {
    ASSIGN_OR_RETURN(const auto analyzer, custom_analyzer(index, body, {true, SIZE_MAX, 0}));
    out.key("tokenizer");
    RETURN_IF_ERROR(write_stage(out, component_name(body["tokenizer"], "__anonymous__"), *analyzer, texts));
  }
  if (filters.empty()) return {};
  out.key("tokenfilters").begin_array();
  for (size_t i = 0; i < filters.size(); ++i) {
    ASSIGN_OR_RETURN(const auto analyzer, custom_analyzer(index, body, {true, SIZE_MAX, i + 1}));
    RETURN_IF_ERROR(write_stage(out, component_name(filters[i], "__anonymous__"), *analyzer, texts));
  }
  out.end_array();
  return {};
}

}  // namespace

base::Result<RestResponse> analyze(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  std::shared_ptr<index::Index> index;
  const std::string_view name =
      request.path_param("index").empty() ? request.param("index").value_or("") : request.path_param("index");
  if (!name.empty()) {
    ASSIGN_OR_RETURN(index, resolve_one(services.catalog, name));
  }
  RETURN_IF_ERROR(check_analyze_request(body.root(), index != nullptr));
  ASSIGN_OR_RETURN(const std::vector<std::string> texts, texts_of(body.root()["text"]));
  ASSIGN_OR_RETURN(const auto analyzer, choose_analyzer(index.get(), body.root()));
  base::JsonWriter out;
  if (body.root()["explain"].is_bool() && body.root()["explain"].as_bool()) {
    out.begin_object().key("detail").begin_object();
    if (has_analyze_parts(body.root())) {
      RETURN_IF_ERROR(write_stages(index.get(), body.root(), texts, out));
    } else {
      out.field("custom_analyzer", false).key("analyzer");
      RETURN_IF_ERROR(write_stage(out, analyzer->name(), *analyzer, texts));
    }
    return json_response(out.end_object().end_object().take());
  }
  out.begin_object().key("tokens").begin_array();
  RETURN_IF_ERROR(write_tokens(*analyzer, texts, Detail::kPlain, out));
  return json_response(out.end_array().end_object().take());
}

}  // namespace selene::rest
