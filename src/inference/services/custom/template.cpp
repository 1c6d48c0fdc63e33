#include "inference/services/custom/template.h"

#include <charconv>
#include <vector>

#include "base/format.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

/// One step of a path: a member's name, all elements, or one element.
struct Step {
  std::string_view name;
  bool every = false;
  size_t index = 0;
};

Error bad_path(std::string_view path) {
  return {ErrorCode::kIllegalArgument, "Invalid JSON path [{}]: it must look like [$.results[*].index]", path};
}

Result<std::vector<Step>> parse_path(std::string_view path) {
  std::string_view rest = path;
  if (!rest.starts_with('$')) return bad_path(path);
  rest.remove_prefix(1);
  std::vector<Step> steps;
  while (!rest.empty()) {
    Step step;
    if (rest.front() == '.') {
      rest.remove_prefix(1);
      const size_t end = std::min(rest.find_first_of(".["), rest.size());
      if (end == 0) return bad_path(path);
      step.name = rest.substr(0, end);
      rest.remove_prefix(end);
    } else {
      const size_t end = rest.find(']');
      if (rest.front() != '[' || end == std::string_view::npos) return bad_path(path);
      const std::string_view inside = rest.substr(1, end - 1);
      step.every = inside == "*";
      if (!step.every) {
        const auto [stop, fault] = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
        if (fault != std::errc() || stop != inside.data() + inside.size()) return bad_path(path);
      }
      rest.remove_prefix(end + 1);
    }
    steps.push_back(step);
  }
  return steps;
}

Status walk(JsonValue value, std::string_view path, const std::vector<Step>& steps, size_t at,
            const std::function<Status(JsonValue)>& visit) {
  if (at == steps.size()) return visit(value);
  const Step& step = steps[at];
  const Error missing(ErrorCode::kStatusBadRequest, "Failed to find the JSON path [{}] in the response", path);
  if (!step.name.empty()) {
    const JsonValue member = value[step.name];
    if (!member.exists()) return missing;
    return walk(member, path, steps, at + 1, visit);
  }
  if (!value.is_array()) return missing;
  size_t index = 0;
  for (const JsonValue element : value.as_array()) {
    const bool wanted = step.every || index == step.index;
    ++index;
    if (wanted) RETURN_IF_ERROR(walk(element, path, steps, at + 1, visit));
  }
  if (!step.every && index <= step.index) return missing;
  return {};
}

}  // namespace

Result<std::string> replace_placeholders(std::string_view text, std::string_view field,
                                         const std::function<std::optional<std::string>(std::string_view name)>& lookup) {
  std::string out;
  while (true) {
    const size_t begin = text.find("${");
    if (begin == std::string_view::npos) return out += text;
    const size_t end = text.find('}', begin);
    if (end == std::string_view::npos) return out += text;
    out += text.substr(0, begin);
    const std::string_view name = text.substr(begin + 2, end - begin - 2);
    const auto value = lookup(name);
    if (!value.has_value()) {
      return Error(ErrorCode::kStatusBadRequest,
                   "Found placeholder [${{{}}}] in field [{}] after replacement call, please check that all templates have a "
                   "corresponding field definition.",
                   name, field);
    }
    out += *value;
    text.remove_prefix(end + 1);
  }
}

Status visit_path(JsonValue root, std::string_view path, const std::function<Status(JsonValue)>& visit) {
  ASSIGN_OR_RETURN(const std::vector<Step> steps, parse_path(path));
  return walk(root, path, steps, 0, visit);
}

Status check_path(std::string_view path) {
  RETURN_IF_ERROR(parse_path(path));
  return {};
}

}  // namespace selene::inference
