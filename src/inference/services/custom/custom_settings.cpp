#include "inference/services/custom/custom_settings.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "inference/services/custom/template.h"
#include "inference/services/remote/rerank_shape.h"

namespace selene::inference {
namespace {

using base::JsonValue;

NamedTexts read_texts(std::string_view key, JsonValue object, Validation& validation) {
  NamedTexts texts;
  if (!object.is_object()) return texts;
  for (const auto [name, value] : object.as_object()) {
    if (value.is_null()) continue;
    if (value.is_object() || value.is_array()) {
      validation.add(
          base::format("Map field [{}] has an entry that is not valid, [{} => {}]. Value type of [{}] is not one of [String].", key,
                       name, java_text(value), java_text(value)));
    } else {
      texts.emplace_back(name, java_text(value));
    }
  }
  return texts;
}

/// [["key","value"], ...]
NamedTexts read_query_parameters(JsonValue value, Validation& validation) {
  NamedTexts texts;
  if (value.is_null()) return texts;
  bool fine = value.is_array();
  if (fine) {
    for (const JsonValue pair : value.as_array()) {
      std::vector<std::string> parts;
      if (pair.is_array()) {
        for (const JsonValue part : pair.as_array()) parts.push_back(part.is_string() ? std::string(part.as_string()) : "");
      }
      fine = fine && parts.size() == 2;
      if (fine) texts.emplace_back(parts[0], parts[1]);
    }
  }
  if (!fine)
    validation.add(
        "[service_settings] failed to parse tuple list for setting [query_parameters], the tuples must be of size two with a "
        "string "
        "in each place");
  return texts;
}

void read_json_parser(TaskType task_type, JsonValue object, CustomSettings& read, Validation& validation) {
  constexpr std::string_view kScope = "service_settings.response.json_parser";
  SettingsReader reader(object, kScope, validation);
  const auto take = [&](std::string_view name, Presence presence) {
    const std::string path =
        presence == Presence::kRequired ? reader.required_string(name) : reader.optional_string(name).value_or(std::string());
    if (path.empty()) return;
    if (const auto status = check_path(path); !status.has_value()) validation.add(status.error().reason());
    read.json_parser.emplace_back(name, path);
  };
  if (task_type == TaskType::kRerank) {
    take("relevance_score", Presence::kRequired);
    take("reranked_index", Presence::kOptional);
    take("document_text", Presence::kOptional);
  } else if (task_type == TaskType::kTextEmbedding) {
    take("text_embeddings", Presence::kRequired);
    read.embedding_type = reader.optional_string("embedding_type").value_or("float");
    constexpr std::array<std::string_view, 4> kTypes = {"binary", "bit", "byte", "float"};
    if (std::find(kTypes.begin(), kTypes.end(), read.embedding_type) == kTypes.end())
      validation.add(base::format("[{}] Invalid value [{}] received. [embedding_type] must be one of [binary, bit, byte, float]",
                                  kScope, read.embedding_type));
  } else {
    take("token_path", Presence::kRequired);
    take("weight_path", Presence::kRequired);
  }
  if (const std::string left = reader.leftovers(); !left.empty())
    validation.add(base::format("[{}] contains unknown settings [{}]", kScope, left));
}

void read_response(TaskType task_type, JsonValue object, CustomSettings& read, Validation& validation) {
  SettingsReader reader(object, "service_settings.response", validation);
  const JsonValue parser = reader.optional_object("json_parser");
  if (!parser.exists()) {
    validation.add("[service_settings.response] does not contain the required setting [json_parser]");
  } else {
    read_json_parser(task_type, parser, read, validation);
  }
  if (const JsonValue errors = reader.optional_object("error_parser"); errors.exists()) {
    SettingsReader error_reader(errors, "service_settings.response.error_parser", validation);
    read.error_path = error_reader.required_string("path");
    if (const auto status = check_path(*read.error_path); !read.error_path->empty() && !status.has_value())
      validation.add(status.error().reason());
  }
  if (const std::string left = reader.leftovers(); !left.empty())
    validation.add(base::format("[service_settings.response] contains unknown settings [{}]", left));
}

void read_input_type(JsonValue object, CustomSettings& read, Validation& validation) {
  SettingsReader reader(object, "service_settings.input_type", validation);
  if (const JsonValue translation = reader.optional_object("translation"); translation.exists()) {
    SettingsReader words(translation, "service_settings.input_type.translation", validation);
    read.ingest_input_type = words.optional_string("ingest").value_or("");
    read.search_input_type = words.optional_string("search").value_or("");
  }
  read.default_input_type = reader.optional_string("default").value_or("");
}

void write_texts(base::JsonWriter& out, std::string_view key, const NamedTexts& texts) {
  out.key(key).begin_object();
  for (const auto& [name, text] : texts) out.field(name, text);
  out.end_object();
}

}  // namespace

CustomSettings CustomSettings::parse(TaskType task_type, SettingsReader& settings, Validation& validation) {
  CustomSettings read;
  read.secret_parameters = read_texts("secret_parameters", settings.optional_object("secret_parameters"), validation);
  read.url = settings.required_string("url");
  read.headers = read_texts("headers", settings.optional_object("headers"), validation);
  read.query_parameters = read_query_parameters(settings.take("query_parameters"), validation);
  read.request = settings.required_string("request");
  const JsonValue response = settings.optional_object("response");
  if (!response.exists()) {
    validation.add("[service_settings] does not contain the required setting [response]");
  } else {
    read_response(task_type, response, read, validation);
  }
  if (const JsonValue input_type = settings.optional_object("input_type"); input_type.exists())
    read_input_type(input_type, read, validation);
  read.batch_size = settings.optional_positive("batch_size").value_or(10);
  return read;
}

void CustomSettings::write(base::JsonWriter& out) const {
  out.field("url", url);
  if (!headers.empty()) write_texts(out, "headers", headers);
  if (!query_parameters.empty()) {
    out.key("query_parameters").begin_array();
    for (const auto& [name, text] : query_parameters) out.begin_array().value(name).value(text).end_array();
    out.end_array();
  }
  out.field("request", request).key("response").begin_object().key("json_parser").begin_object();
  for (const auto& [name, text] : json_parser) out.field(name, text);
  if (!embedding_type.empty()) out.field("embedding_type", embedding_type);
  out.end_object();
  if (error_path.has_value()) out.key("error_parser").begin_object().field("path", *error_path).end_object();
  out.end_object();
  if (!ingest_input_type.empty() || !search_input_type.empty() || !default_input_type.empty()) {
    out.key("input_type").begin_object().key("translation").begin_object();
    if (!ingest_input_type.empty()) out.field("ingest", ingest_input_type);
    if (!search_input_type.empty()) out.field("search", search_input_type);
    out.end_object().field("default", default_input_type).end_object();
  }
  out.field("batch_size", batch_size);
}

const std::string* CustomSettings::path(std::string_view name) const {
  for (const auto& [key, text] : json_parser) {
    if (key == name) return &text;
  }
  return nullptr;
}

}  // namespace selene::inference
