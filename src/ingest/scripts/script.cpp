#include "ingest/scripts/script.h"

#include "ingest/scripts/script_run.h"
#include "ingest/scripts/script_tree.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;

namespace {

/// As Elasticsearch words it, with the text that failed.
Error script_error(std::string_view what, std::string_view source, Error cause) {
  Error error = Error(ErrorCode::kScript, std::string(what)).with_cause(std::move(cause));
  return std::move(error).with("script", source).with("lang", "painless");
}

}  // namespace

Script::Script() = default;
Script::~Script() = default;

base::Status Script::parse(base::JsonValue body) {
  params_ = JsonTree::object();
  if (body.is_string()) {
    source_ = body.as_string();
    return {};
  }
  if (!body.is_object()) return Error(ErrorCode::kIllegalArgument, "[script] must be an object or a string");
  bool has_source = false;
  for (const auto [key, value] : body.as_object()) {
    if (key == "source" || key == "inline") {
      if (!value.is_string()) return Error(ErrorCode::kIllegalArgument, "[script] [{}] must be a string", key);
      source_ = value.as_string();
      has_source = true;
    } else if (key == "params") {
      if (!value.is_object()) return Error(ErrorCode::kIllegalArgument, "[script] [params] must be an object");
      params_ = JsonTree::from(value);
    } else if (key == "lang") {
      if (!value.is_string() || value.as_string() != "painless") {
        return Error(ErrorCode::kIllegalArgument, "script_lang not supported [{}]",
                     value.is_string() ? value.as_string() : std::string_view("?"));
      }
    } else if (key == "id") {
      return Error(ErrorCode::kResourceNotFound, "unable to find script [{}] in cluster state",
                   value.is_string() ? value.as_string() : std::string_view("?"));
    } else if (key != "options") {
      return Error(ErrorCode::kXContentParse, "[script] unknown field [{}]", key);
    }
  }
  if (!has_source)
    return Error(ErrorCode::kIllegalArgument, "must specify either [source] for an inline script or [id] for a stored script");
  return {};
}

base::Result<std::shared_ptr<const Script>> Script::compile(base::JsonValue body) {
  std::shared_ptr<Script> script(new Script());
  RETURN_IF_ERROR(script->parse(body));
  auto statements = parse_script(script->source_);
  if (!statements) return script_error("compile error", script->source_, std::move(statements).error());
  script->statements_ = *std::move(statements);
  return std::shared_ptr<const Script>(std::move(script));
}

base::Result<JsonTree> Script::run(JsonTree& ctx) const {
  auto result = run_script(statements_, ctx, params_);
  if (!result) return script_error("runtime error", source_, std::move(result).error());
  return result;
}

base::Result<bool> script_truth(const JsonTree& value) {
  if (value.is_bool()) return value.as_bool();
  return Error(ErrorCode::kScript, "runtime error")
      .with_cause(Error(ErrorCode::kIllegalArgument, "Cannot cast [{}] to [boolean].", value.to_json()));
}

}  // namespace selene::ingest
