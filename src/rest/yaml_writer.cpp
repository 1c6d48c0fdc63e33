#include "rest/yaml_writer.h"

#include "base/json/json_writer.h"

namespace selene::rest {

namespace {

bool is_empty(base::JsonValue value) {
  if (value.is_array()) return value.as_array().empty();
  return value.is_object() && value.as_object().begin() == value.as_object().end();
}

void write_block(base::JsonValue value, size_t indent, std::string& out);

/// What follows `key:` or `-`: a scalar on the same line or a block below it. A JSON string is a YAML double-quoted string.
void write_entry(base::JsonValue value, size_t indent, std::string& out) {
  if ((value.is_object() || value.is_array()) && !is_empty(value)) {
    out.push_back('\n');
    write_block(value, indent, out);
    return;
  }
  out.push_back(' ');
  if (value.is_object()) {
    out += "{}\n";
  } else if (value.is_array()) {
    out += "[]\n";
  } else {
    out += base::JsonWriter().value(value).text() + "\n";
  }
}

void write_block(base::JsonValue value, size_t indent, std::string& out) {
  const std::string blanks(indent, ' ');
  if (value.is_array()) {
    for (const base::JsonValue element : value.as_array()) {
      out += blanks + "-";
      write_entry(element, indent + 2, out);
    }
    return;
  }
  for (const auto [key, member] : value.as_object()) {
    out += blanks + base::quote(key) + ":";
    write_entry(member, indent + 2, out);
  }
}

}  // namespace

std::string to_yaml(base::JsonValue value) {
  std::string out = "---";
  if ((value.is_object() || value.is_array()) && !is_empty(value)) {
    out.push_back('\n');
    write_block(value, 0, out);
  } else {
    write_entry(value, 0, out);
  }
  return out;
}

}  // namespace selene::rest
