#include "search/script/script.h"

#include <algorithm>

#include "base/format.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr size_t kMaxLength = 65535;      // script.max_size_in_bytes
constexpr size_t kMaxCharacters = 16384;  // Painless
constexpr size_t kShownBeforeAndAfter = 25;

/// The script around a place, and the place marked.
std::string script_stack(std::string_view source, size_t offset) {
  const size_t begin = offset > kShownBeforeAndAfter ? offset - kShownBeforeAndAfter : 0;
  const size_t end = std::min(source.size(), offset + kShownBeforeAndAfter);
  return base::format("{}{}^---- HERE{}{}", begin > 0 ? "... " : "", source.substr(begin, offset - begin),
                      source.substr(offset, end - offset), end < source.size() ? " ..." : "");
}

}  // namespace

Error script_error(const Script& script, std::string_view reason, size_t offset, Error cause) {
  Error error(ErrorCode::kScript, std::string(reason));
  return std::move(error)
      .with("script_stack", script_stack(script.source(), std::min(offset, script.source().size())))
      .with("script", script.source())
      .with("lang", "painless")
      .with_cause(std::move(cause));
}

Result<std::shared_ptr<const Script>> Script::parse(base::JsonValue body) {
  auto script = std::make_shared<Script>();
  bool has_source = false;
  if (body.is_string()) {
    script->source_ = body.as_string();
    has_source = true;
  } else if (body.is_object()) {
    for (const auto& [key, value] : body.as_object()) {
      if ((key == "source" || key == "inline") && value.is_string()) {
        script->source_ = value.as_string();
        has_source = true;
      } else if (key == "params" && value.is_object()) {
        script->params_ = value;
      } else if (key == "lang" && value.is_string()) {
        if (value.as_string() != "painless" && value.as_string() != "expression")
          return Error(ErrorCode::kIllegalArgument, "script_lang not supported [{}]", value.as_string());
      } else if (key == "id") {
        return Error(ErrorCode::kIllegalArgument, "stored scripts are not supported: give the [source] of the script");
      } else if (key != "options") {
        return Error(ErrorCode::kIllegalArgument, "[script] unknown field [{}]", key);
      }
    }
  }
  if (!has_source)
    return Error(ErrorCode::kIllegalArgument, "must specify either [source] for an inline script or [id] for a stored script");
  if (script->source_.size() > kMaxLength) {
    return Error(ErrorCode::kIllegalArgument,
                 "exceeded max allowed inline script size in bytes [{}] with size [{}] for script [{}]; this limit is set by "
                 "[script.max_size_in_bytes]",
                 kMaxLength, script->source_.size(), script->source_.substr(0, 100));
  }
  if (script->source_.size() > kMaxCharacters) {
    return Error(ErrorCode::kIllegalArgument,
                 "Scripts may be no longer than {} characters. The passed in script is {} characters. Consider using a plugin if a "
                 "script longer than this length is a requirement.",
                 kMaxCharacters, script->source_.size());
  }
  ScriptSyntaxError error;
  script->tree_ = parse_script(script->source_, error);
  if (script->tree_ == nullptr)
    return script_error(*script, "compile error", error.offset, Error(ErrorCode::kIllegalArgument, error.reason));
  return std::shared_ptr<const Script>(std::move(script));
}

}  // namespace selene::search
